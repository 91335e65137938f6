-- Pupils who came by another way into classes these runs made. Inputs: from_year, run_ids.
SELECT e.school_id, NULL::bigint AS enrolment_id, e.student_id, e.class_id
FROM years_schoolclass c
JOIN years_enrolment e ON e.start_year = c.start_year AND c.id IN (e.class_id, e.first_class_id)
WHERE c.start_year = %(from_year)s + 1 AND c.run_id = ANY (%(run_ids)s)
  AND (e.run_id IS NULL OR NOT e.run_id = ANY (%(run_ids)s));
