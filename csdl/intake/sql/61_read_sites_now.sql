-- Purpose: what the database holds of each matched site.
UPDATE intake_stage s
SET side_id = x.id, stands = jsonb_build_object(
    'code', x.code, 'name', x.name, 'is_main', x.is_main, 'commune_code', x.commune_code, 'address', x.address,
    'closed_on', x.closed_on)
FROM orgs_schoolsite x
WHERE s.noun = 'sites' AND x.id = s.target_id;
