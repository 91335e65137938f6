-- Purpose: how many events a verification looks at. Inputs: chains (keys, empty: all), first, beyond (instants or NULL).
SELECT count(*) FILTER (WHERE sealed_no IS NOT NULL) AS sealed,
       count(*) FILTER (WHERE sealed_no IS NULL) AS unsealed,
       count(DISTINCT coalesce(unit_id, 0)) AS chains
FROM audit_event
WHERE (%(chains)s::bigint[] = '{}' OR coalesce(unit_id, 0) = ANY (%(chains)s::bigint[]))
  AND (%(first)s::timestamptz IS NULL OR at >= %(first)s::timestamptz)
  AND (%(beyond)s::timestamptz IS NULL OR at < %(beyond)s::timestamptz)
