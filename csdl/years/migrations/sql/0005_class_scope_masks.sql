-- As access_scopeunit: what the grant reads and writes, and on which days.
TRUNCATE years_scopeclass;
ALTER TABLE years_scopeclass
    DROP CONSTRAINT a_scope_class_is_said_once,
    ADD COLUMN reads integer NOT NULL DEFAULT 0,
    ADD COLUMN writes integer NOT NULL DEFAULT 0,
    ADD COLUMN valid_from date NOT NULL,
    ADD COLUMN valid_to date,
    ADD CONSTRAINT a_scope_class_is_said_once
        UNIQUE NULLS NOT DISTINCT (account_id, class_id, grant_id, reads, writes, valid_from, valid_to);
