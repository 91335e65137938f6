-- Purpose: take back levels of the new year. Inputs: run_ids, kept_schools (schools that keep pupils or classes).
DELETE FROM orgs_schoollevel WHERE run_id = ANY (%(run_ids)s) AND NOT school_id = ANY (%(kept_schools)s);
