-- Persons who worked at one of these units and whose account is open though they work nowhere any more: the rule by which
-- such accounts are locked (`leavers_with_account`). Whoever begins elsewhere within a month is in between, an inspector
-- is let in until the last day.
-- With the owner's rights, because a head or an office reads no posting of others: whoever works elsewhere is simply not
-- answered, and of who works nowhere there is nothing to tell but that. In the web it answers for the units alone at which
-- the acting account manages accounts (area ACCOUNTS, 1 << 18) today, so anybody may call it.
CREATE FUNCTION csdl_open_leavers(units bigint[]) RETURNS SETOF bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER AS $$
DECLARE
    acting bigint := csdl_account_id();
    told bigint[] := units;
BEGIN
    IF csdl_asked_by_web() AND NOT EXISTS (
        SELECT 1 FROM access_scopeall s
        WHERE s.account_id = acting AND s.writes & 262144 <> 0
          AND s.valid_from <= csdl_today() AND (s.valid_to IS NULL OR s.valid_to > csdl_today())) THEN
        told := ARRAY(
            SELECT s.unit_id FROM access_scopeunit s
            WHERE s.account_id = acting AND s.unit_id = ANY (units) AND s.writes & 262144 <> 0
              AND s.valid_from <= csdl_today() AND (s.valid_to IS NULL OR s.valid_to > csdl_today()));
    END IF;
    RETURN QUERY
    SELECT m.id
    FROM staff_staffmember m
    JOIN accounts_account a ON a.id = m.account_id AND a.is_active
    WHERE m.id IN (SELECT p.staff_id FROM staff_staffposting p
                   WHERE p.unit_id = ANY (told) AND p.valid_from <= csdl_today())
      AND NOT EXISTS (
          SELECT 1 FROM staff_staffposting p
          WHERE p.staff_id = m.id
            AND csdl_days_worked(p.valid_from, p.valid_to, p.status_code) && daterange(csdl_today(), csdl_today() + 31))
      AND NOT EXISTS (
          SELECT 1 FROM delegation_inspection i
          WHERE i.account_id = m.account_id AND i.ended_on IS NULL AND i.valid_to > csdl_today());
END $$;
REVOKE ALL ON FUNCTION csdl_open_leavers FROM PUBLIC;
