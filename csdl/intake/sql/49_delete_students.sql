-- Purpose: undo takes back the persons the run wrote. Input: run_id.
DELETE FROM students_student t USING intake_write w
WHERE w.noun = 'pupils' AND t.id = w.target_id AND t.run_id = %(run_id)s;
