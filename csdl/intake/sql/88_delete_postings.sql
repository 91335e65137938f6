-- Purpose: undo takes back the postings the run wrote. Input: run_id.
DELETE FROM staff_staffposting p USING intake_write w
WHERE w.noun = 'staff' AND p.staff_id = w.target_id AND p.unit_id = w.school_id AND p.run_id = %(run_id)s;
