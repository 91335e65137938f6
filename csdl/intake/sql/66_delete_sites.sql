-- Purpose: undo takes back the sites the run wrote. Input: run_id.
DELETE FROM orgs_schoolsite x USING intake_write w WHERE w.noun = 'sites' AND x.id = w.target_id AND x.run_id = %(run_id)s;
