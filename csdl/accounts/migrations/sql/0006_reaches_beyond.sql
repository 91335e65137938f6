-- Whoever prints a letter for an account can sign in with it. So nobody manages an account that heads a unit, or holds
-- rights at one, outside their own reach; and reach is exactly what a caller cannot see beyond: hence the owner's rights.
-- Answers which of these accounts today head a unit that is not among these, or hold a grant at one that is not over.
-- The tables are those of modules above, looked up when it runs.
CREATE FUNCTION csdl_accounts_reaching_beyond(accounts bigint[], units bigint[])
RETURNS SETOF bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER
AS $$
BEGIN
    RETURN QUERY
    SELECT DISTINCT m.account_id FROM staff_staffmember m JOIN staff_unithead h ON h.staff_id = m.id
    WHERE m.account_id = ANY (accounts)
      AND h.valid_from <= csdl_today() AND (h.valid_to IS NULL OR h.valid_to > csdl_today())
      AND h.unit_id <> ALL (units)
    UNION
    SELECT DISTINCT g.account_id FROM access_grant g
    WHERE g.account_id = ANY (accounts)
      AND g.state <> 'ended' AND (g.valid_to IS NULL OR g.valid_to > csdl_today())
      AND g.unit_id <> ALL (units);
END;
$$;
REVOKE ALL ON FUNCTION csdl_accounts_reaching_beyond FROM PUBLIC;
