-- Purpose: tie new accounts to the persons they were opened for. Managing accounts writes no staff record: this column,
-- and through this function alone, for persons who have no account yet; and to accounts alone that nobody has used: no
-- password was ever chosen, no right ever given. So nobody's account, a visitor's or an operator's, becomes another's.
-- Inputs: keys of persons and of accounts, pair by pair. Answer: how many were tied.
-- In the web: whoever manages accounts (area ACCOUNTS, 1 << 18) at a unit where the person works today.
CREATE FUNCTION csdl_link_accounts(persons bigint[], accounts bigint[]) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    acting bigint := csdl_account_id();
    linked integer;
BEGIN
    IF csdl_asked_by_web() AND EXISTS (
        SELECT 1 FROM unnest(persons) AS asked (id)
        WHERE NOT EXISTS (
            SELECT 1 FROM access_scopeall s
            WHERE s.account_id = acting AND s.writes & 262144 <> 0
              AND s.valid_from <= csdl_today() AND (s.valid_to IS NULL OR s.valid_to > csdl_today()))
        AND NOT EXISTS (
            SELECT 1 FROM staff_staffposting p
            JOIN access_scopeunit s ON s.unit_id = p.unit_id AND s.account_id = acting AND s.writes & 262144 <> 0
              AND s.valid_from <= csdl_today() AND (s.valid_to IS NULL OR s.valid_to > csdl_today())
            WHERE p.staff_id = asked.id AND csdl_days_worked(p.valid_from, p.valid_to, p.status_code) @> csdl_today())) THEN
        RAISE insufficient_privilege USING MESSAGE = 'accounts are opened by whoever manages those of the unit';
    END IF;
    UPDATE staff_staffmember m SET account_id = pair.account
    FROM unnest(persons, accounts) AS pair (person, account)
    JOIN accounts_account a ON a.id = pair.account AND starts_with(a.password, '!')
    WHERE m.id = pair.person AND m.account_id IS NULL
      AND NOT EXISTS (SELECT 1 FROM access_grant g WHERE g.account_id = a.id);
    GET DIAGNOSTICS linked = ROW_COUNT;
    RETURN linked;
END $$;
REVOKE ALL ON FUNCTION csdl_link_accounts FROM PUBLIC;
