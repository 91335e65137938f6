-- Pupils these runs brought who have moved class since. Inputs: from_year, run_ids.
SELECT e.school_id, e.id AS enrolment_id, e.student_id, e.class_id
FROM years_classmove m
JOIN years_enrolment e ON e.start_year = m.start_year AND e.id = m.enrolment_id
WHERE m.start_year = %(from_year)s + 1 AND e.run_id = ANY (%(run_ids)s);
