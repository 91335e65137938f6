-- Purpose: the year's enrolment of new pupils and of those who were here in an earlier year.
-- Inputs:  run_id, account_id, applied_at, start_year, default_day, admission_kind (empty: who was here before was promoted, others
--          came by review).
INSERT INTO years_enrolment
    (start_year, student_id, school_id, grade_code, class_id, first_class_id, enrolled_on, status_code, status_on,
     admission_kind, created_by, run_id, changed_at)
SELECT %(start_year)s, w.target_id, w.school_id, coalesce(w.said ->> 'grade_code', c.grade_code), c.id, c.id,
       day."on", coalesce(w.said ->> 'status_code', '01'),
       CASE WHEN w.said ->> 'status_code' <> '01' THEN day."on" END,
       coalesce(w.said ->> 'admission_kind', nullif(%(admission_kind)s, ''),
                CASE WHEN t.run_id = %(run_id)s THEN '2' ELSE '4' END),
       %(account_id)s, %(run_id)s, %(applied_at)s
FROM intake_write w
JOIN students_student t ON t.id = w.target_id
CROSS JOIN LATERAL (SELECT coalesce((w.said ->> 'enrolled_on')::date, %(default_day)s) AS "on") day
LEFT JOIN years_schoolclass c ON c.start_year = %(start_year)s AND c.id = (w.kept ->> 'class_id')::bigint
WHERE w.noun = 'pupils' AND (w.state = 'created' OR (w.state = 'conflict' AND NOT EXISTS (
    SELECT 1 FROM years_enrolment e WHERE e.start_year = %(start_year)s AND e.student_id = w.target_id
    AND e.school_id = w.school_id)))
ORDER BY w.row_id;
