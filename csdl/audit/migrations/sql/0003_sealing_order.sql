-- Events become visible in another order than that of their ids, so the chain has an order of its own: `sealed_no`,
-- given by the sealer. Whatever it sees and has not sealed comes next; an event that commits late is simply later in
-- the chain, and no comparison of transaction numbers (which wrap around) decides anything.
ALTER TABLE audit_event ADD COLUMN sealed_no bigint;
UPDATE audit_event e SET sealed_no = o.no
FROM (SELECT id, row_number() OVER (ORDER BY id) AS no FROM audit_event WHERE sealed_hash IS NOT NULL) o
WHERE e.id = o.id;
ALTER TABLE audit_event
    ADD CONSTRAINT a_seal_is_whole CHECK ((sealed_no IS NULL) = (sealed_hash IS NULL)),
    ADD CONSTRAINT events_are_sealed_one_by_one UNIQUE (sealed_no);

CREATE OR REPLACE FUNCTION csdl_seal_events() RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER
AS $$
DECLARE
    e audit_event;
    last bytea;
    last_no bigint;
    sealed integer := 0;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('csdl_seal_events'));
    SELECT sealed_hash, sealed_no INTO last, last_no
    FROM audit_event WHERE sealed_no IS NOT NULL ORDER BY sealed_no DESC LIMIT 1;
    FOR e IN SELECT * FROM audit_event WHERE sealed_hash IS NULL ORDER BY id LOOP
        last := sha256(coalesce(last, ''::bytea) || convert_to(csdl_event_text(e), 'UTF8'));
        last_no := coalesce(last_no, 0) + 1;
        UPDATE audit_event SET sealed_hash = last, sealed_no = last_no WHERE id = e.id;
        sealed := sealed + 1;
    END LOOP;
    RETURN sealed;
END;
$$;

-- The first event, in the order of sealing, whose hash does not follow from its content and the event before it, or
-- before which one is missing; NULL: the log is whole.
CREATE OR REPLACE FUNCTION csdl_first_broken_event() RETURNS bigint
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT id FROM (
        SELECT e.id, e.sealed_no, e.sealed_hash,
               row_number() OVER (ORDER BY e.sealed_no) AS expected_no,
               sha256(coalesce(lag(e.sealed_hash) OVER (ORDER BY e.sealed_no), ''::bytea)
                      || convert_to(csdl_event_text(e), 'UTF8')) AS expected
        FROM audit_event e WHERE e.sealed_no IS NOT NULL
    ) chain
    WHERE sealed_hash <> expected OR sealed_no <> expected_no
    ORDER BY sealed_no LIMIT 1;
END;
