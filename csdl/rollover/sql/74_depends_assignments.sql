-- Homeroom and teaching assignments confirmed or added since in classes these runs made. Inputs: from_year, run_ids.
SELECT c.school_id, NULL::bigint AS enrolment_id, NULL::bigint AS student_id, c.id AS class_id
FROM years_schoolclass c
WHERE c.start_year = %(from_year)s + 1 AND c.run_id = ANY (%(run_ids)s)
  AND (EXISTS (SELECT 1 FROM years_homeroomassignment h WHERE h.class_id = c.id
               AND (h.state = 'confirmed' OR h.run_id IS DISTINCT FROM c.run_id))
    OR EXISTS (SELECT 1 FROM years_teachingassignment t WHERE t.class_id = c.id
               AND (t.state = 'confirmed' OR t.run_id IS DISTINCT FROM c.run_id)));
