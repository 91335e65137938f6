-- Purpose: take back sites of the new year. Inputs: run_ids, kept_schools (schools that keep pupils or classes).
DELETE FROM orgs_schoolsite WHERE run_id = ANY (%(run_ids)s) AND NOT school_id = ANY (%(kept_schools)s);
