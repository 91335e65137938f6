-- Floor of a school's list: first page in the order of given names. OFFSET 0 begins at the school's rows: some samples of
-- the statistics let the planner walk the whole province's names instead, twenty times slower.
SELECT e.*, s.*
FROM (SELECT * FROM years_enrolment WHERE start_year = 2023 AND school_id = %(school_id)s OFFSET 0) e
JOIN students_student s ON s.id = e.student_id
ORDER BY s.sort_key, e.id LIMIT 50;
