-- Purpose: what the school is in the new year (rollover.md section 3, step 1): the old profile, to be confirmed.
-- Inputs:  from_year, run_ids. Writes: orgs_schoolprofile where the year has none yet.
INSERT INTO orgs_schoolprofile
    (school_id, start_year, level_group_code, ownership_code, school_type_code, national_standard_code, area_code,
     region_code, province_code, district_code, commune_code, address, phone, email, website, is_active, is_confirmed,
     extra, run_id)
SELECT p.school_id, p.start_year + 1, level_group_code, ownership_code, school_type_code, national_standard_code,
       area_code, region_code, province_code, district_code, commune_code, address, phone, email, website, is_active,
       false, extra, run.id
FROM orgs_schoolprofile p
JOIN rollover_rolloverrun run ON run.id = ANY (%(run_ids)s) AND run.school_id = p.school_id
WHERE p.start_year = %(from_year)s
ON CONFLICT (school_id, start_year) DO NOTHING;
