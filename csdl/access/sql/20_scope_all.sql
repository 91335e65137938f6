-- Purpose: accounts with a role at the root of the tree see everything. Inputs: unit_roles, account_ids (NULL: all).
INSERT INTO access_scopeall (grant_id, account_id)
SELECT g.id, g.account_id
FROM access_grant g JOIN orgs_orgunit u ON u.id = g.unit_id
WHERE u.parent_id IS NULL
  AND g.role_code = ANY (%(unit_roles)s)
  AND g.state = 'active' AND g.valid_from <= csdl_today() AND (g.valid_to IS NULL OR g.valid_to > csdl_today())
  AND (%(account_ids)s::bigint[] IS NULL OR g.account_id = ANY (%(account_ids)s));
