-- Purpose: take back levels of the new year that the school has no own class of. Inputs: run_ids, kept_schools.
DELETE FROM orgs_schoollevel l
WHERE l.run_id = ANY (%(run_ids)s) AND NOT l.school_id = ANY (%(kept_schools)s)
  AND NOT EXISTS (SELECT 1 FROM years_schoolclass c WHERE c.school_id = l.school_id AND c.start_year = l.start_year
                  AND c.level_code = l.level_code);
