CALL csdl_add_touch('{access_grant}');

-- Every unit above one that the acting account reaches.
CREATE FUNCTION csdl_units_above() RETURNS SETOF bigint
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    WITH RECURSIVE above (id) AS (
        SELECT u.parent_id
        FROM access_scopeunit s JOIN orgs_orgunit u ON u.id = s.unit_id
        WHERE s.account_id = (SELECT csdl_account_id())
        UNION
        SELECT u.parent_id FROM above JOIN orgs_orgunit u ON u.id = above.id
    )
    SELECT id FROM above WHERE id IS NOT NULL;
END;
