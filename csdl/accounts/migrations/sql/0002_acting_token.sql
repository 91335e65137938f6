-- Who acts, as the database knows it (D4). A request names a random token; only this table says whose it is, and the
-- web role can neither read nor write it: a guessed account number is worth nothing.
CREATE TABLE accounts_actingtoken (
    token uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    account_id bigint NOT NULL REFERENCES accounts_account (id) ON DELETE CASCADE,
    issued_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL
);
CREATE INDEX acting_token_by_account ON accounts_actingtoken (account_id);

CREATE FUNCTION csdl_issue_acting_token(account bigint, lifetime interval) RETURNS uuid
LANGUAGE sql SECURITY DEFINER
BEGIN ATOMIC
    INSERT INTO accounts_actingtoken (account_id, expires_at)
    SELECT id, now() + lifetime FROM accounts_account WHERE id = account AND is_active
    RETURNING token;
END;
REVOKE ALL ON FUNCTION csdl_issue_acting_token FROM PUBLIC;

CREATE FUNCTION csdl_account_id() RETURNS bigint
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER
BEGIN ATOMIC
    SELECT t.account_id
    FROM accounts_actingtoken t JOIN accounts_account a ON a.id = t.account_id
    WHERE t.token = nullif(current_setting('csdl.acting', true), '')::uuid
      AND t.expires_at > now() AND a.is_active;
END;
