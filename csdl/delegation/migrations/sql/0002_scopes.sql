-- Purpose: derive again what accounts reach, asked by the web, which cannot write the scope tables.
-- Inputs: keys of accounts (never all of them), codes of the roles of unit kind.
CREATE FUNCTION csdl_refresh_scopes_of(account_ids bigint[], unit_roles text[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('csdl.access.scopes'));
    DELETE FROM access_scopeall WHERE account_id = ANY (account_ids);
    DELETE FROM access_scopeunit WHERE account_id = ANY (account_ids);
    DELETE FROM years_scopeclass WHERE account_id = ANY (account_ids);
    INSERT INTO access_scopeall (grant_id, account_id)
    SELECT g.id, g.account_id
    FROM access_grant g JOIN orgs_orgunit u ON u.id = g.unit_id
    WHERE u.parent_id IS NULL AND g.role_code = ANY (unit_roles) AND g.account_id = ANY (account_ids)
      AND g.state = 'active' AND g.valid_from <= csdl_today() AND (g.valid_to IS NULL OR g.valid_to > csdl_today());
    INSERT INTO access_scopeunit (grant_id, account_id, unit_id)
    SELECT g.id, g.account_id, below.unit_id
    FROM access_grant g JOIN orgs_orgunit u ON u.id = g.unit_id
    CROSS JOIN LATERAL csdl_subtree(g.unit_id, csdl_today()) below
    WHERE u.parent_id IS NOT NULL AND g.role_code = ANY (unit_roles) AND g.account_id = ANY (account_ids)
      AND g.state = 'active' AND g.valid_from <= csdl_today() AND (g.valid_to IS NULL OR g.valid_to > csdl_today());
    INSERT INTO years_scopeclass (grant_id, account_id, class_id)
    SELECT g.id, g.account_id, s.class_id
    FROM years_classscope s JOIN access_grant g ON g.id = s.grant_id
    WHERE g.account_id = ANY (account_ids)
      AND g.state = 'active' AND g.valid_from <= csdl_today() AND (g.valid_to IS NULL OR g.valid_to > csdl_today());
END $$;
REVOKE ALL ON FUNCTION csdl_refresh_scopes_of FROM PUBLIC;
