-- Purpose: take back staff rows of the new year. Inputs: run_ids, kept_schools (schools that keep pupils or classes).
DELETE FROM staff_staffyear WHERE run_id = ANY (%(run_ids)s) AND NOT unit_id = ANY (%(kept_schools)s);
