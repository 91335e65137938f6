-- Purpose: every sealed event that is not what was sealed, or does not follow the one before it.
-- Inputs: chains (keys, empty: all), first, beyond (instants, half-open; NULL: without end).
-- Rows read: the events of the span and the one before each chain's first; rows answered: the faulty ones only.
-- Each event is compared with the hash that stands at the one before it: one changed event is one fault, not all after it.
WITH span AS (
    SELECT coalesce(e.unit_id, 0) AS chain, max(e.sealed_no) AS high,
           CASE WHEN %(first)s::timestamptz IS NULL THEN 0 ELSE min(e.sealed_no) - 1 END AS low
    FROM audit_event e
    WHERE e.sealed_no IS NOT NULL
      AND (%(chains)s::bigint[] = '{}' OR coalesce(e.unit_id, 0) = ANY (%(chains)s::bigint[]))
      AND (%(first)s::timestamptz IS NULL OR e.at >= %(first)s::timestamptz)
      AND (%(beyond)s::timestamptz IS NULL OR e.at < %(beyond)s::timestamptz)
    GROUP BY 1
), chained AS (
    SELECT e.id, s.chain, e.at, e.kind, e.sealed_no, e.sealed_hash, s.low,
           lag(e.sealed_no) OVER link AS before_no, lag(e.at) OVER link AS before_at,
           csdl_chain_step(lag(e.sealed_hash) OVER link, ''::bytea, csdl_event_text(e)) AS expected
    FROM span s
    JOIN audit_event e ON coalesce(e.unit_id, 0) = s.chain AND e.sealed_no BETWEEN s.low AND s.high
    WINDOW link AS (PARTITION BY s.chain ORDER BY e.sealed_no, e.id)
)
SELECT id, chain, at, kind, sealed_no, follows AS before_no,
       sealed_hash <> expected AS is_changed,
       sealed_no <= follows AS is_doubled,
       sealed_no > follows + 1 AS has_gap,
       coalesce(at < before_at - interval '1 day', false) AS is_backdated
FROM chained
-- Where the event before a span's first is not there, its number is missing.
CROSS JOIN LATERAL (SELECT coalesce(before_no, greatest(low - 1, 0)) AS follows) link
WHERE sealed_no > low
  AND (sealed_hash <> expected OR sealed_no <> follows + 1 OR at < before_at - interval '1 day')
ORDER BY chain, sealed_no, id
