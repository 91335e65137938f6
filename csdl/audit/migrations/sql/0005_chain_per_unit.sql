-- Each unit's events are a chain of their own (chain 0: events of no unit), so that one unit's log can be handed to an
-- inspector and checked without anybody else's. What was sealed in the one old chain is sealed anew below.

-- No two events share a text: as JSON no sign inside one value can be taken for the border to the next.
CREATE OR REPLACE FUNCTION csdl_event_text(e audit_event) RETURNS text
LANGUAGE sql STABLE
RETURN jsonb_build_array(e.id, extract(epoch FROM e.at), e.account_id, e.actor_label, e.kind, e.unit_id, e.data)::text;

CREATE FUNCTION csdl_chain_step(state bytea, before bytea, content text) RETURNS bytea
LANGUAGE sql IMMUTABLE
RETURN sha256(coalesce(state, before, ''::bytea) || convert_to(content, 'UTF8'));

-- The hash of an event from its content and the hash before it; as a window over a chain, that of every event at once.
CREATE AGGREGATE csdl_chain_hash(bytea, text) (SFUNC = csdl_chain_step, STYPE = bytea);

DROP FUNCTION csdl_first_broken_event();
ALTER TABLE audit_event DROP CONSTRAINT events_are_sealed_one_by_one;
CREATE UNIQUE INDEX events_of_a_chain_are_sealed_one_by_one ON audit_event (coalesce(unit_id, 0), sealed_no);
-- Events still to seal are found without reading the others.
DROP INDEX IF EXISTS event_unsealed;
CREATE INDEX event_unsealed ON audit_event (id) WHERE sealed_no IS NULL;

-- All events that are visible and not sealed yet, in one statement: each gets the next number of its chain and a hash
-- over its content and the hash before it. One sealer at a time. An event that commits late is simply later in its chain.
-- Before that the day that has ended gets its root: over the heads of all chains as they were sealed until then.
CREATE OR REPLACE FUNCTION csdl_seal_events() RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER
AS $$
DECLARE
    ended date := (clock_timestamp() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date - 1;
    sealed integer;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('csdl_seal_events'));
    IF EXISTS (SELECT 1 FROM audit_chainhead)
       AND NOT EXISTS (SELECT 1 FROM audit_logroot WHERE day >= ended) THEN
        PERFORM csdl_make_log_root(ended);
    END IF;
    WITH fresh AS MATERIALIZED (
        SELECT e.id, coalesce(e.unit_id, 0) AS chain,
               coalesce(h.last_no, 0) + row_number() OVER chain AS no,
               csdl_chain_hash(h.last_hash, csdl_event_text(e)) OVER chain AS hash
        FROM audit_event e
        LEFT JOIN audit_chainhead h ON h.chain = coalesce(e.unit_id, 0)
        WHERE e.sealed_no IS NULL
        WINDOW chain AS (PARTITION BY coalesce(e.unit_id, 0) ORDER BY e.id ROWS UNBOUNDED PRECEDING)
    ), written AS (
        UPDATE audit_event e SET sealed_no = f.no, sealed_hash = f.hash FROM fresh f WHERE e.id = f.id
    ), heads AS (
        INSERT INTO audit_chainhead (chain, last_no, last_hash, last_event_id)
        SELECT DISTINCT ON (chain) chain, no, hash, id FROM fresh ORDER BY chain, no DESC
        ON CONFLICT (chain) DO UPDATE
        SET last_no = excluded.last_no, last_hash = excluded.last_hash, last_event_id = excluded.last_event_id
    )
    SELECT count(*) INTO sealed FROM fresh;
    RETURN sealed;
END;
$$;

-- The root of a day: over the root before it and the heads of all chains, in the order of chains. Kept with it are the
-- heads that moved since the root before it; the others are those of earlier roots.
CREATE FUNCTION csdl_make_log_root(p_day date) RETURNS bytea
LANGUAGE plpgsql
AS $$
DECLARE
    before audit_logroot;
    made audit_logroot;
BEGIN
    SELECT * INTO before FROM audit_logroot ORDER BY day DESC LIMIT 1;
    INSERT INTO audit_logroot (day, made_at, root_hash, chain_count, event_count)
    SELECT p_day, clock_timestamp(),
           sha256(coalesce(before.root_hash, ''::bytea) || convert_to(coalesce(string_agg(
               h.chain || ':' || h.last_no || ':' || encode(h.last_hash, 'hex'), '|' ORDER BY h.chain), ''), 'UTF8')),
           count(*), coalesce(sum(h.last_no), 0)
    FROM audit_chainhead h
    RETURNING * INTO made;
    INSERT INTO audit_roothead (root_id, chain, last_no, last_hash, last_event_id)
    SELECT made.id, h.chain, h.last_no, h.last_hash, h.last_event_id
    FROM audit_chainhead h
    WHERE NOT EXISTS (
        SELECT 1 FROM audit_roothead r WHERE r.chain = h.chain AND r.last_no = h.last_no AND r.last_hash = h.last_hash);
    RETURN made.root_hash;
END;
$$;
REVOKE ALL ON FUNCTION csdl_make_log_root FROM PUBLIC;

UPDATE audit_event SET sealed_no = NULL, sealed_hash = NULL WHERE sealed_no IS NOT NULL;
SELECT csdl_seal_events();
