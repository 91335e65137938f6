-- Purpose: the changed cells of sites, and no other; the same statement puts old cells back.
UPDATE orgs_schoolsite x
SET code = n.code, name = n.name, is_main = n.is_main, commune_code = n.commune_code, address = n.address,
    closed_on = n.closed_on
FROM intake_write w
JOIN orgs_schoolsite o ON o.id = w.target_id
CROSS JOIN LATERAL jsonb_populate_record(o, w.cells) n
WHERE w.noun = 'sites' AND w.cells <> '{}' AND x.id = o.id;
