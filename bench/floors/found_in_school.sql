-- Floor of a school's list with a search and a filter, as the page shows it: the rows with class and year result, the
-- count, the classes to choose from. As the owner, each statement once.
SELECT e.*, s.*, c.*
FROM (SELECT * FROM years_enrolment WHERE start_year = 2023 AND school_id = %(school_id)s OFFSET 0) e
JOIN students_student s ON s.id = e.student_id LEFT JOIN years_schoolclass c ON c.id = e.class_id
WHERE e.left_on IS NULL AND s.gender_code = '02' AND (s.search_key LIKE 'thi%%' OR s.search_key LIKE '%% thi%%')
ORDER BY s.sort_key, s.id, e.id LIMIT 50;
--;
SELECT count(*)
FROM (SELECT * FROM years_enrolment WHERE start_year = 2023 AND school_id = %(school_id)s OFFSET 0) e
JOIN students_student s ON s.id = e.student_id
WHERE e.left_on IS NULL AND s.gender_code = '02' AND (s.search_key LIKE 'thi%%' OR s.search_key LIKE '%% thi%%');
--;
SELECT public_id, name, grade_code FROM years_schoolclass
WHERE start_year = 2023 AND school_id = %(school_id)s ORDER BY sort_key;
--;
SELECT * FROM years_yearresult WHERE start_year = 2023 AND is_current AND enrolment_id = ANY (%(shown)s);
--;
SELECT list_name, code, name_vi FROM codes_codevalue
WHERE list_name IN ('gender', 'policy_category', 'student_status', 'ethnic_group') ORDER BY list_name, sort_no;
