-- Floor of a class's list: first page in the order of given names; OFFSET 0 as in the school's.
SELECT e.*, s.*
FROM (
    SELECT * FROM years_enrolment
    WHERE start_year = 2023 AND school_id = %(school_id)s AND class_id = %(class_id)s OFFSET 0
) e
JOIN students_student s ON s.id = e.student_id
ORDER BY s.sort_key, e.id LIMIT 50;
