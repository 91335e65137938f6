-- Purpose: undo takes back the guardians the run wrote. Input: run_id.
DELETE FROM students_guardian g USING intake_write w
WHERE w.noun = 'pupils' AND g.student_id = w.target_id AND g.run_id = %(run_id)s;
