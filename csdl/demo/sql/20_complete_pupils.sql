-- Purpose: what a September of cleaning brings to the files of pupils: birth dates, kinds of disability, and what the
--          forms ask beside: boarding by day, support, nutrition in preschool.
-- Inputs:  start_year, unit_ids that are left as they are.
UPDATE students_student p
SET birth_date = coalesce(p.birth_date, make_date(%(start_year)s - 5 - coalesce(g.number, 0), 5, 1 + (p.id %% 28)::int)),
    disability_code = CASE WHEN p.is_disabled AND p.disability_code IN ('', '06') THEN '05' ELSE p.disability_code END,
    extra = p.extra || jsonb_strip_nulls(jsonb_build_object(
        'KiemTraSucKhoeDinhDuong', CASE WHEN g.level_code = '01' THEN 1 END,
        'TinhTrangDinhDuong', CASE WHEN g.level_code = '01' THEN CASE p.id %% 25 WHEN 0 THEN '01' WHEN 1 THEN '02'
            WHEN 2 THEN '04' ELSE '00' END END,
        'IsHoTroAnTrua', CASE WHEN g.level_code = '01' AND p.policy_code IN ('08', '09') THEN 1 END,
        'HtHoTro', CASE WHEN p.policy_code IN ('01', '05', '08') THEN 2 WHEN p.policy_code = '09' THEN 3 END,
        'IsHoTroChiPhiHocTap', CASE WHEN p.policy_code IN ('05', '08') THEN 1 END))
FROM years_enrolment e
JOIN codes_grade g ON g.code = e.grade_code
WHERE e.start_year = %(start_year)s AND e.student_id = p.id AND NOT e.school_id = ANY (%(unit_ids)s)
  AND (p.birth_date IS NULL OR (p.is_disabled AND p.disability_code IN ('', '06')) OR g.level_code = '01' OR p.policy_code <> '')
