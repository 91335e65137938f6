-- Sealing: each event's hash covers its content and the hash before it, in the order of ids. Run by the worker every
-- minute; one sealer at a time, and only up to the oldest event still being written.
CREATE FUNCTION csdl_event_text(e audit_event) RETURNS text
LANGUAGE sql STABLE
RETURN concat_ws('|', e.id, extract(epoch FROM e.at), e.account_id, e.actor_label, e.kind, e.unit_id, e.data);

CREATE FUNCTION csdl_seal_events() RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER
AS $$
DECLARE
    e audit_event;
    last bytea;
    sealed integer := 0;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('csdl_seal_events'));
    SELECT sealed_hash INTO last FROM audit_event WHERE sealed_hash IS NOT NULL ORDER BY id DESC LIMIT 1;
    FOR e IN
        SELECT * FROM audit_event
        WHERE sealed_hash IS NULL
          AND xmin::text::bigint < (pg_snapshot_xmin(pg_current_snapshot())::text::bigint & 4294967295)
        ORDER BY id
    LOOP
        last := sha256(coalesce(last, ''::bytea) || convert_to(csdl_event_text(e), 'UTF8'));
        UPDATE audit_event SET sealed_hash = last WHERE id = e.id;
        sealed := sealed + 1;
    END LOOP;
    RETURN sealed;
END;
$$;
REVOKE ALL ON FUNCTION csdl_seal_events FROM PUBLIC;

-- The first event whose hash does not follow from its content and the event before it; NULL: the log is whole.
CREATE FUNCTION csdl_first_broken_event() RETURNS bigint
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT min(id) FROM (
        SELECT e.id, e.sealed_hash,
               sha256(coalesce(lag(e.sealed_hash) OVER (ORDER BY e.id), ''::bytea)
                      || convert_to(csdl_event_text(e), 'UTF8')) AS expected
        FROM audit_event e WHERE e.sealed_hash IS NOT NULL
    ) chain
    WHERE sealed_hash <> expected;
END;
