-- Purpose: undo takes back the persons the run wrote. Input: run_id.
DELETE FROM staff_staffmember m USING intake_write w
WHERE w.noun = 'staff' AND m.id = w.target_id AND m.run_id = %(run_id)s;
