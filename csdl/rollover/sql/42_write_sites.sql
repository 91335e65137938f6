-- Purpose: the school's sites of the new year; one that ended stays behind. Inputs: from_year, run_ids.
INSERT INTO orgs_schoolsite (school_id, start_year, code, name, is_main, commune_code, address, extra, run_id)
SELECT s.school_id, s.start_year + 1, s.code, s.name, s.is_main, s.commune_code, s.address, s.extra, run.id
FROM orgs_schoolsite s
JOIN rollover_rolloverrun run ON run.id = ANY (%(run_ids)s) AND run.school_id = s.school_id
WHERE s.start_year = %(from_year)s AND s.closed_on IS NULL
ON CONFLICT DO NOTHING;
