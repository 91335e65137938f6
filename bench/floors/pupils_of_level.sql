-- Floor of the list of one level of a school: first page in the order of given names; OFFSET 0 as in the school's.
SELECT e.*, s.*
FROM (
    SELECT * FROM years_enrolment
    WHERE start_year = 2023 AND school_id = %(school_id)s
      AND grade_code IN (SELECT code FROM codes_grade WHERE level_code = ANY (%(levels)s)) OFFSET 0
) e
JOIN students_student s ON s.id = e.student_id
ORDER BY s.sort_key, e.id LIMIT 50;
