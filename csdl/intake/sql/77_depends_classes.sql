-- Purpose: newer facts that hang on the classes a run wrote: (row_id, what). Rows of the same run that are about to go do
--          not count. Inputs: run_id, start_year.
WITH made AS (
    SELECT w.row_id, c.id FROM intake_write w
    JOIN years_schoolclass c ON c.id = w.target_id AND c.run_id = %(run_id)s WHERE w.noun = 'classes'
)
SELECT m.row_id, 'lớp đã được sửa sau khi nhập' AS what
FROM made m WHERE EXISTS (SELECT 1 FROM years_schoolclassevent v WHERE v.pgh_obj_id = m.id)
UNION
SELECT m.row_id, 'lớp có học sinh'
FROM made m
JOIN years_enrolment e ON e.start_year = %(start_year)s AND m.id IN (e.class_id, e.first_class_id)
WHERE NOT EXISTS (SELECT 1 FROM intake_write k WHERE k.noun = 'pupils' AND k.target_id = e.student_id
                  AND k.school_id = e.school_id AND (e.run_id = %(run_id)s OR k.cells ? 'class_name'))
UNION
SELECT m.row_id, 'đã có lần chuyển lớp'
FROM made m JOIN years_classmove v ON v.start_year = %(start_year)s AND m.id IN (v.from_class_id, v.to_class_id)
WHERE NOT EXISTS (
    SELECT 1 FROM years_enrolment e
    JOIN intake_write k ON k.noun = 'pupils' AND k.target_id = e.student_id AND k.school_id = e.school_id
    WHERE e.start_year = %(start_year)s AND e.id = v.enrolment_id AND (e.run_id = %(run_id)s OR k.cells ? 'class_name'))
UNION
SELECT m.row_id, 'lớp có phân công chủ nhiệm'
FROM made m JOIN years_homeroomassignment h ON h.class_id = m.id
WHERE NOT EXISTS (SELECT 1 FROM intake_write k WHERE k.noun = 'homeroom' AND k.target_id = h.id AND h.run_id = %(run_id)s)
UNION
SELECT m.row_id, 'lớp có phân công giảng dạy'
FROM made m JOIN years_teachingassignment t ON t.class_id = m.id
WHERE NOT EXISTS (SELECT 1 FROM intake_write k WHERE k.noun = 'teaching' AND k.target_id = t.id AND t.run_id = %(run_id)s)
UNION
SELECT m.row_id, 'đã có lớp năm học sau' FROM made m JOIN years_schoolclass c ON c.lineage_id = m.id
UNION
SELECT m.row_id, 'lớp gắn với phân quyền của giáo viên' FROM made m JOIN years_classscope s ON s.class_id = m.id;
