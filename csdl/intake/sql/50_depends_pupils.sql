-- Purpose: newer facts that hang on what the run wrote of pupils: (row_id, what). Inputs: run_id, start_year.
WITH made AS (
    SELECT w.row_id, e.id, e.student_id FROM intake_write w
    JOIN years_enrolment e ON e.start_year = %(start_year)s AND e.student_id = w.target_id AND e.school_id = w.school_id
        AND e.run_id = %(run_id)s
    WHERE w.noun = 'pupils'
)
SELECT w.row_id, 'hồ sơ đã được sửa sau khi nhập' AS what
FROM intake_write w JOIN students_student t ON t.id = w.target_id AND t.run_id = %(run_id)s
WHERE w.noun = 'pupils' AND EXISTS (SELECT 1 FROM students_studentevent v WHERE v.pgh_obj_id = t.id)
UNION
SELECT w.row_id, 'cha mẹ, người giám hộ đã được thêm hoặc sửa sau khi nhập'
FROM intake_write w
JOIN students_guardian g ON g.student_id = w.target_id
LEFT JOIN students_student t ON t.id = w.target_id AND t.run_id = %(run_id)s
WHERE w.noun = 'pupils' AND CASE WHEN g.run_id = %(run_id)s
    THEN EXISTS (SELECT 1 FROM students_guardianevent v WHERE v.pgh_obj_id = g.id) ELSE t.id IS NOT NULL END
UNION
SELECT m.row_id, 'đã chuyển lớp, chuyển đi hoặc đổi trạng thái sau khi nhập'
FROM made m WHERE EXISTS (SELECT 1 FROM years_enrolmentevent v WHERE v.pgh_obj_id = m.id)
UNION
SELECT m.row_id, 'đã có kết quả năm học'
FROM made m JOIN years_yearresult y ON y.start_year = %(start_year)s AND y.enrolment_id = m.id
UNION
SELECT m.row_id, 'đã có hồ sơ năm học sau'
FROM made m JOIN years_enrolment e ON e.student_id = m.student_id AND e.start_year > %(start_year)s
UNION
SELECT w.row_id, 'đã có hồ sơ năm học khác hoặc ở trường khác'
FROM intake_write w
JOIN students_student t ON t.id = w.target_id AND t.run_id = %(run_id)s
JOIN years_enrolment e ON e.student_id = t.id AND e.run_id IS DISTINCT FROM %(run_id)s
WHERE w.noun = 'pupils'
UNION
SELECT w.row_id, CASE WHEN e.left_on IS NOT NULL THEN 'đã rời trường sau khi nhập' ELSE 'đã chuyển lớp sau khi nhập' END
FROM intake_write w
LEFT JOIN years_enrolment e ON e.start_year = %(start_year)s AND e.id = (w.kept ->> 'enrolment_id')::bigint
WHERE w.noun = 'pupils' AND w.state <> 'created' AND w.cells ?| ARRAY['class_name', 'grade_code']
  AND (e.id IS NULL OR e.left_on IS NOT NULL
       OR (w.cells ? 'class_name' AND e.class_id IS DISTINCT FROM (w.kept ->> 'class_id')::bigint));
