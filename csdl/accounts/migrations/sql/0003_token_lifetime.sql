-- What the acting token protects against: a filter that was forgotten, and a guessed account number in set_config.
-- What it does not: a web role that runs SQL of somebody else's choosing could ask for a token of any account (D4).
-- So that such a token is worth little later, it lives as long as one sign-in and no caller can ask for more.
DROP FUNCTION csdl_issue_acting_token(bigint, interval);
CREATE FUNCTION csdl_issue_acting_token(account bigint) RETURNS uuid
LANGUAGE sql SECURITY DEFINER
BEGIN ATOMIC
    -- Two sign-ins at once never wait for each other over the same old tokens.
    DELETE FROM accounts_actingtoken WHERE token IN (
        SELECT token FROM accounts_actingtoken WHERE expires_at < now() LIMIT 1000 FOR UPDATE SKIP LOCKED);
    INSERT INTO accounts_actingtoken (account_id, expires_at)
    SELECT id, now() + interval '12 hours' FROM accounts_account WHERE id = account AND is_active
    RETURNING token;
END;
REVOKE ALL ON FUNCTION csdl_issue_acting_token FROM PUBLIC;
CREATE INDEX acting_token_by_expiry ON accounts_actingtoken (expires_at);

-- Signing out: the token of the running transaction is worth nothing any more. Only who holds a token can end it, and
-- the account's other sessions keep theirs.
CREATE FUNCTION csdl_forget_acting_token() RETURNS void
LANGUAGE sql SECURITY DEFINER
BEGIN ATOMIC
    DELETE FROM accounts_actingtoken WHERE token = nullif(current_setting('csdl.acting', true), '')::uuid;
END;
REVOKE ALL ON FUNCTION csdl_forget_acting_token FROM PUBLIC;
