-- Purpose: undo takes back the homeroom assignments the run wrote. Input: run_id.
DELETE FROM years_homeroomassignment h USING intake_write w
WHERE w.noun = 'homeroom' AND h.id = w.target_id AND h.run_id = %(run_id)s;
