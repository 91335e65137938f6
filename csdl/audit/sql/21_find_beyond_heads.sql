-- Purpose: events that carry a seal which the sealer never gave: beyond the head of their chain.
-- Inputs: chains (keys, empty: all).
SELECT e.id, coalesce(e.unit_id, 0) AS chain, e.at, e.kind, e.sealed_no
FROM audit_event e
LEFT JOIN audit_chainhead h ON h.chain = coalesce(e.unit_id, 0)
WHERE e.sealed_no > coalesce(h.last_no, 0)
  AND (%(chains)s::bigint[] = '{}' OR coalesce(e.unit_id, 0) = ANY (%(chains)s::bigint[]))
ORDER BY 2, e.sealed_no
