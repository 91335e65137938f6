-- Purpose: heads kept by the sealer, now (root_id NULL) and in every root, that the log no longer has.
-- Inputs: chains (keys, empty: all). Rows answered: one for each head that is not met, with what stands there now.
WITH kept AS (
    SELECT NULL::bigint AS root_id, NULL::date AS day, h.chain, h.last_no, h.last_hash, h.last_event_id
    FROM audit_chainhead h
    UNION ALL
    SELECT r.root_id, o.day, r.chain, r.last_no, r.last_hash, r.last_event_id
    FROM audit_roothead r JOIN audit_logroot o ON o.id = r.root_id
)
SELECT k.root_id, k.day, k.chain, k.last_no, k.last_event_id, e.id AS found_id, e.at, m.sealed_no AS moved_to
FROM kept k
LEFT JOIN audit_event e ON coalesce(e.unit_id, 0) = k.chain AND e.sealed_no = k.last_no
LEFT JOIN audit_event m ON m.id = k.last_event_id
WHERE (%(chains)s::bigint[] = '{}' OR k.chain = ANY (%(chains)s::bigint[]))
  AND (e.id IS DISTINCT FROM k.last_event_id OR e.sealed_hash <> k.last_hash)
ORDER BY k.day NULLS LAST, k.chain
