-- Purpose: what would break a constraint or a rule of the record, each with its cell and what would be right.
-- Inputs:  start_year, first_day, last_day (the window of the year's stays), default_day.
INSERT INTO intake_found (seq, column_name, value, code, message, effect)
-- A class nobody knows: the row is left out, near names are said.
SELECT s.seq, 'class_name', s.said ->> 'class_name', 'INT-41',
       'Trường không có lớp ' || regexp_replace(s.said ->> 'class_name', '^\s*lớp\s+', '', 'i') || ' trong năm học này.'
       || coalesce(' Có phải: ' || near.names || '?', ' Hãy lập lớp trước hoặc ghi lớp trong trang tính Lớp học của tệp.'), 'reject'
FROM intake_stage s
LEFT JOIN intake_class c ON c.school_id = s.school_id AND c.class_key = s.class_key
LEFT JOIN LATERAL (
    SELECT string_agg(name, ', ' ORDER BY place) AS names
    -- Those of the same grade by their number, if there are any; else the most alike.
    FROM (SELECT k.name, row_number() OVER (ORDER BY similarity(k.class_key, s.class_key) DESC, k.name) AS place,
                 rank() OVER (ORDER BY substring(k.class_key FROM '[0-9]+') = substring(s.class_key FROM '[0-9]+')
                              DESC NULLS LAST) AS kin
          FROM intake_class k WHERE k.school_id = s.school_id ORDER BY kin, place LIMIT 4) k
    WHERE k.kin = 1
) near ON c.school_id IS NULL
WHERE s.noun = 'pupils' AND s.said ? 'class_name' AND c.school_id IS NULL
UNION ALL
-- The file's grade, or the grade the pupil stands in, is none that the class admits (EN-04).
SELECT s.seq, 'grade_code', coalesce(s.said ->> 'grade_code', s.stands ->> 'grade_code'), 'INT-43',
       CASE WHEN coalesce(s.said ->> 'grade_code' = ANY (c.grades), false)
            THEN 'Lớp ' || c.name || ' là lớp của ' || c.grade_names || '. '
            ELSE coalesce(g.name_vi, 'Khối này') || ' không phải khối của lớp ' || c.name || ' (' || c.grade_names || '). ' END
       || CASE WHEN NOT coalesce(s.stands ->> 'grade_code' = ANY (c.grades), true)
               THEN 'Học sinh đang học ' || coalesce(lower(g_now.name_vi), 'khối khác') || ': trong năm học chỉ chuyển được '
                    'sang lớp cùng khối; lên lớp, ở lại lớp thì sửa kết quả năm học trước rồi kết chuyển (EN-04).'
               ELSE 'Hãy sửa khối hoặc lớp (EN-04).' END, 'reject'
FROM intake_stage s
JOIN intake_class c ON c.school_id = s.school_id AND c.class_key = CASE
    WHEN s.said ? 'class_name' THEN s.class_key WHEN s.stands ->> 'class_name' IS NOT NULL
    THEN csdl_fold(s.stands ->> 'class_name') END
LEFT JOIN codes_grade g ON g.code = coalesce(s.said ->> 'grade_code', s.stands ->> 'grade_code')
LEFT JOIN codes_grade g_now ON g_now.code = s.stands ->> 'grade_code'
WHERE s.noun = 'pupils' AND (s.stands IS NOT NULL OR s.said ? 'grade_code') AND NOT (
    coalesce(s.said ->> 'grade_code', c.grades[1]) = ANY (c.grades)
    AND coalesce(s.stands ->> 'grade_code', c.grades[1]) = ANY (c.grades))
UNION ALL
SELECT s.seq, 'class_name', '', 'INT-66', 'Học sinh mới chưa ghi lớp thì hãy ghi khối (EN-03).', 'reject'
FROM intake_stage s
WHERE s.noun = 'pupils' AND s.side_id IS NULL AND NOT s.said ? 'class_name' AND NOT s.said ? 'grade_code'
UNION ALL
-- A combined class has pupils of several grades: which one a new pupil is in nobody can guess.
SELECT s.seq, 'grade_code', '', 'INT-66',
       'Lớp ' || c.name || ' có nhiều khối (' || c.grade_names || '). Hãy ghi khối của học sinh mới.', 'reject'
FROM intake_stage s
JOIN intake_class c ON c.school_id = s.school_id AND c.class_key = s.class_key
WHERE s.noun = 'pupils' AND s.side_id IS NULL AND s.said ? 'class_name' AND NOT s.said ? 'grade_code'
  AND cardinality(c.grades) > 1
UNION ALL
SELECT s.seq, 'full_name', s.label, 'INT-42',
       'Dòng này khớp với nhiều hồ sơ của trường: ' || s.candidates || '. Hãy ghi thêm mã hoặc số định danh.', 'warn'
FROM intake_stage s WHERE s.noun = 'pupils' AND s.candidates IS NOT NULL
UNION ALL
-- Who left and came back has a row for each enrolment: two rows that change one cell of the person differently say
-- nothing certain, the first is taken.
SELECT s.seq, cell.key, cell.value #>> '{}', 'INT-44',
       'Dòng ' || f.row_no || ' ghi ô này của cùng học sinh khác đi; ô này lấy theo dòng ấy.', 'leave'
FROM intake_stage s
JOIN intake_stage f ON f.noun = 'pupils' AND f.target_id = s.target_id AND f.school_id = s.school_id AND f.seq < s.seq
    AND f.side_id <> s.side_id
CROSS JOIN LATERAL jsonb_each(s.said) cell
WHERE s.noun = 'pupils' AND cell.key NOT IN ('class_name', 'grade_code', 'enrolled_on', 'admission_kind', 'status_code')
  AND f.said ? cell.key AND f.said -> cell.key <> cell.value AND s.stands ? cell.key
  AND s.stands -> cell.key NOT IN (cell.value, f.said -> cell.key)
UNION ALL
-- A number that is another's: by name where the school knows the other, else without a word of who it is.
SELECT s.seq, 'citizen_id_no', s.said ->> 'citizen_id_no', 'INT-45',
       'Số định danh này đã có ở ' || coalesce('hồ sơ của ' || other.words, 'một hồ sơ khác') || '. Hãy đối chiếu với giấy tờ; '
       || CASE WHEN own.id_state = 'verified' THEN 'hồ sơ của dòng đã xác thực nên ô này được giữ nguyên.'
               ELSE 'hồ sơ kia được giữ nguyên.' END,
       CASE WHEN own.id_state = 'verified' THEN 'leave' ELSE 'warn' END
FROM intake_stage s
LEFT JOIN students_student own ON own.id = s.target_id
LEFT JOIN LATERAL (
    SELECT t.full_name || coalesce(', lớp ' || c.name, '') AS words
    FROM students_student t
    JOIN intake_pool p ON p.school_id = s.school_id AND p.student_id = t.id
    LEFT JOIN years_enrolment e ON e.start_year = %(start_year)s AND e.student_id = t.id AND e.school_id = s.school_id
    LEFT JOIN years_schoolclass c ON c.id = e.class_id
    WHERE t.citizen_id_no <> '' AND t.citizen_id_no = s.said ->> 'citizen_id_no' AND t.id IS DISTINCT FROM s.target_id
    ORDER BY p.is_now DESC, t.id, e.left_on NULLS FIRST LIMIT 1
) other ON true
WHERE s.noun = 'pupils' AND s.said ->> 'citizen_id_no' <> ''
  AND s.said ->> 'citizen_id_no' IS DISTINCT FROM s.stands ->> 'citizen_id_no'
  AND EXISTS (SELECT 1 FROM students_student t WHERE t.citizen_id_no <> '' AND t.citizen_id_no = s.said ->> 'citizen_id_no'
              AND t.id IS DISTINCT FROM s.target_id)
UNION ALL
-- What was checked against the national database is not typed over by a file.
SELECT s.seq, cell.name, s.said ->> cell.name, 'INT-46',
       'Hồ sơ đã xác thực nên ô này được giữ nguyên ' || CASE WHEN s.stands ->> cell.name IS NULL OR s.stands ->> cell.name = '' THEN 'để trống'
            WHEN cell.name = 'birth_date' THEN 'là ' || to_char((s.stands ->> cell.name)::date, 'DD/MM/YYYY')
            WHEN cell.name = 'gender_code' THEN 'là ' || coalesce((
                SELECT k.name_vi FROM codes_codevalue k WHERE k.list_name = 'gender' AND k.code = s.stands ->> cell.name),
                s.stands ->> cell.name)
            ELSE 'là ' || (s.stands ->> cell.name) END || '.', 'leave'
FROM intake_stage s
JOIN students_student t ON t.id = s.target_id AND t.id_state = 'verified'
CROSS JOIN (VALUES ('full_name'), ('birth_date'), ('gender_code'), ('citizen_id_no')) cell (name)
WHERE s.noun = 'pupils' AND s.said ? cell.name AND s.said -> cell.name <> s.stands -> cell.name
  -- A number that is another's is said above.
  AND NOT (cell.name = 'citizen_id_no' AND EXISTS (
    SELECT 1 FROM students_student o WHERE o.citizen_id_no <> '' AND o.citizen_id_no = s.said ->> 'citizen_id_no'
      AND o.id <> t.id))
UNION ALL
SELECT s.seq, 'full_name', s.label, 'INT-47',
       'Học sinh đang có hồ sơ năm học này ở trường khác. Hãy làm thủ tục chuyển trường (EN-03).', 'reject'
FROM intake_stage s
WHERE s.noun = 'pupils' AND s.target_id IS NOT NULL AND s.side_id IS NULL
  AND EXISTS (
    SELECT 1 FROM years_enrolment e
    WHERE e.start_year = %(start_year)s AND e.student_id = s.target_id
      AND (e.left_on IS NULL OR e.left_on > coalesce((s.said ->> 'enrolled_on')::date, %(default_day)s)))
UNION ALL
SELECT s.seq, 'enrolled_on', s.said ->> 'enrolled_on', 'INT-68',
       'Ngày vào phải từ ' || to_char(%(first_day)s::date, 'DD/MM/YYYY') || ' đến '
       || to_char(%(last_day)s::date, 'DD/MM/YYYY') || '.', CASE WHEN s.side_id IS NULL THEN 'reject' ELSE 'leave' END
FROM intake_stage s
WHERE s.noun = 'pupils' AND NOT (s.said ->> 'enrolled_on')::date BETWEEN %(first_day)s AND %(last_day)s
UNION ALL
-- How a pupil came, and when, is a fact of the enrolment that a roster does not rewrite; who has left moves no more.
SELECT s.seq, cell.name, s.said ->> cell.name, 'INT-67',
       'Ô này của học sinh đã có trong năm học không sửa bằng tệp; giá trị cũ được giữ lại.', 'leave'
FROM intake_stage s
CROSS JOIN (VALUES ('enrolled_on'), ('admission_kind'), ('status_code')) cell (name)
WHERE s.noun = 'pupils' AND s.side_id IS NOT NULL AND s.said ? cell.name AND s.said -> cell.name <> s.stands -> cell.name
UNION ALL
SELECT s.seq, cell.name, s.said ->> cell.name, 'INT-67',
       'Học sinh đã rời trường từ ' || to_char(e.left_on, 'DD/MM/YYYY') || ' nên lớp, khối được giữ nguyên.', 'leave'
FROM intake_stage s
JOIN years_enrolment e ON e.start_year = %(start_year)s AND e.id = s.side_id AND e.left_on IS NOT NULL
CROSS JOIN (VALUES ('class_name'), ('grade_code')) cell (name)
WHERE s.noun = 'pupils' AND s.said ? cell.name AND s.said -> cell.name <> s.stands -> cell.name
UNION ALL
SELECT s.seq, 'status_code', s.said ->> 'status_code', 'INT-67',
       'Dòng này là học sinh đã rời trường nên không được nhập mới.', 'reject'
FROM intake_stage s
WHERE s.noun = 'pupils' AND s.side_id IS NULL AND s.said ->> 'status_code' IN ('04', '05', '08', '09', '11', '12')
UNION ALL
-- A parent without a name is no record: the other cells say nothing.
SELECT s.seq, cell.key, coalesce(cell.value #>> '{}', ''), 'INT-65',
       'Hãy ghi họ tên ' || kin.label || '; ô này chưa được ghi.', 'leave'
FROM intake_stage s
CROSS JOIN (VALUES ('father', 'cha'), ('mother', 'mẹ'), ('guardian', 'người giám hộ')) kin (relation, label)
CROSS JOIN LATERAL jsonb_each(s.said) cell
WHERE s.noun = 'pupils' AND NOT s.said ? (kin.relation || '_full_name')
  AND s.said ?| ARRAY[kin.relation || '_birth_year', kin.relation || '_occupation', kin.relation || '_workplace',
                      kin.relation || '_phone']
  AND s.stands ->> (kin.relation || '_full_name') IS NULL AND starts_with(cell.key, kin.relation || '_')
UNION ALL
SELECT s.seq, 'record', s.said ->> 'record', 'INT-60',
       'Bản ghi của dòng này không có ở trường; dòng được coi là học sinh mới.', 'warn'
FROM intake_stage s
WHERE s.noun = 'pupils' AND s.said ? 'record' AND s.target_id IS NULL AND s.candidates IS NULL;
