-- Purpose: undo takes back the enrolments the run wrote. Inputs: run_id, start_year.
DELETE FROM years_enrolment e USING intake_write w
WHERE w.noun = 'pupils' AND e.start_year = %(start_year)s AND e.student_id = w.target_id AND e.school_id = w.school_id
  AND e.run_id = %(run_id)s;
