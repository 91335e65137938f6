-- Purpose: take back sites of the new year that no class stands on. Inputs: run_ids, kept_schools.
DELETE FROM orgs_schoolsite s
WHERE s.run_id = ANY (%(run_ids)s) AND NOT s.school_id = ANY (%(kept_schools)s)
  AND NOT EXISTS (SELECT 1 FROM years_schoolclass c WHERE c.site_id = s.id);
