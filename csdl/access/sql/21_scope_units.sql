-- Purpose: every unit below the unit of a grant, today. Inputs: unit_roles, account_ids (NULL: all).
-- The root is left out: "sees everything" is one row of access_scopeall instead of two thousand here.
INSERT INTO access_scopeunit (grant_id, account_id, unit_id)
SELECT g.id, g.account_id, below.unit_id
FROM access_grant g
JOIN orgs_orgunit u ON u.id = g.unit_id
CROSS JOIN LATERAL csdl_subtree(g.unit_id, csdl_today()) below
WHERE u.parent_id IS NOT NULL
  AND g.role_code = ANY (%(unit_roles)s)
  AND g.state = 'active' AND g.valid_from <= csdl_today() AND (g.valid_to IS NULL OR g.valid_to > csdl_today())
  AND (%(account_ids)s::bigint[] IS NULL OR g.account_id = ANY (%(account_ids)s));
