-- Classes these runs made from which the year after is planned already. Inputs: from_year, run_ids.
SELECT c.school_id, NULL::bigint AS enrolment_id, NULL::bigint AS student_id, c.id AS class_id
FROM years_schoolclass c
WHERE c.start_year = %(from_year)s + 1 AND c.run_id = ANY (%(run_ids)s)
  AND EXISTS (SELECT 1 FROM rollover_planclass p WHERE p.from_year = %(from_year)s + 1 AND p.source_class_id = c.id);
