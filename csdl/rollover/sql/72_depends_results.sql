-- Pupils these runs brought who have a result in the new year. Inputs: from_year, run_ids.
SELECT e.school_id, e.id AS enrolment_id, e.student_id, e.class_id
FROM years_yearresult y
JOIN years_enrolment e ON e.start_year = y.start_year AND e.id = y.enrolment_id
WHERE y.start_year = %(from_year)s + 1 AND e.run_id = ANY (%(run_ids)s);
