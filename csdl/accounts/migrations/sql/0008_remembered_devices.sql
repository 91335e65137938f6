-- As in 0005, with two kinds more: a device remembered for the second factor, and forgotten.
-- Around signing in nobody acts yet, or no more, and the log takes events of the acting account only. So these kinds of
-- event are written here, with the owner's rights: failures as nobody's act, the rest as the account's own, and never as
-- another's than who acts. The tables are those of modules above, looked up when it runs; `unit_id` is where the person
-- works, so that the unit's own log shows what is tried on its accounts.
CREATE OR REPLACE FUNCTION csdl_note_sign_in(kind text, account bigint, label text, data jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
AS $$
DECLARE
    works_at bigint;
    acting bigint := csdl_account_id();
    is_nobodys boolean := kind IN ('sign_in:failed', 'sign_in:locked');
BEGIN
    IF NOT is_nobodys AND kind NOT IN (
        'account:activate', 'account:password', 'account:many_devices', 'device:forget', 'device:remember',
        'session:end', 'session:second', 'second_factor:add', 'second_factor:codes', 'second_factor:remove', 'sign_in:done', 'sign_in:out'
    ) THEN
        RAISE EXCEPTION 'csdl_note_sign_in does not know %', kind;
    ELSIF NOT is_nobodys AND (account IS NULL OR acting <> account) THEN
        RAISE EXCEPTION 'csdl_note_sign_in: % is not who acts', account;
    END IF;
    SELECT p.unit_id INTO works_at
    FROM staff_staffmember m JOIN staff_staffposting p ON p.staff_id = m.id
    WHERE m.account_id = account
      AND p.valid_from <= csdl_today() AND (p.valid_to IS NULL OR p.valid_to > csdl_today())
    ORDER BY p.valid_from DESC, p.id LIMIT 1;
    INSERT INTO audit_event (account_id, actor_label, kind, unit_id, data)
    VALUES (CASE WHEN NOT is_nobodys THEN account END, label, kind, works_at, data);
END;
$$;
REVOKE ALL ON FUNCTION csdl_note_sign_in FROM PUBLIC;
