-- Purpose: the levels the school goes on teaching. Inputs: from_year, run_ids.
INSERT INTO orgs_schoollevel (school_id, start_year, level_code, run_id)
SELECT l.school_id, l.start_year + 1, l.level_code, run.id
FROM orgs_schoollevel l
JOIN rollover_rolloverrun run ON run.id = ANY (%(run_ids)s) AND run.school_id = l.school_id
WHERE l.start_year = %(from_year)s
ON CONFLICT (school_id, start_year, level_code) DO NOTHING;
