-- Purpose: take back profiles of the new year that nothing of the school's own stands on: a pupil who came by admission,
--          a class the school opened itself. Inputs: run_ids, kept_schools.
DELETE FROM orgs_schoolprofile p
WHERE p.run_id = ANY (%(run_ids)s) AND NOT p.school_id = ANY (%(kept_schools)s)
  AND NOT EXISTS (SELECT 1 FROM orgs_schoollevel l WHERE l.school_id = p.school_id AND l.start_year = p.start_year)
  AND NOT EXISTS (SELECT 1 FROM orgs_schoolsite s WHERE s.school_id = p.school_id AND s.start_year = p.start_year)
  AND NOT EXISTS (SELECT 1 FROM years_enrolment e WHERE e.school_id = p.school_id AND e.start_year = p.start_year);
