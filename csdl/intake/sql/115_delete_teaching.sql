-- Purpose: undo takes back the teaching assignments the run wrote. Input: run_id.
DELETE FROM years_teachingassignment t USING intake_write w
WHERE w.noun = 'teaching' AND t.id = w.target_id AND t.run_id = %(run_id)s;
