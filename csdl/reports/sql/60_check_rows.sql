-- Purpose: identities between rows that the frozen forms break (data/identities.csv), all forms of all snapshots at once.
-- Inputs:  snapshot_ids; per check, as arrays: numbers, codes, ops, severities, check_forms, heads (code of its first row),
--          sets (column set); per term of a check: terms (its number), forms, places, is_left, signs, widths (columns that
--          are checked: the totals over ownership; within one school the groups say the same); the columns of the sets.
-- Writes:  one row per check and column that does not hold. Grouped by numbers alone: words come in at the end.
WITH side AS (
    SELECT c.snapshot_id, c.unit_id, t.number, f.place,
           coalesce(sum(f.figure * t.sign) FILTER (WHERE t.is_left), 0) AS found,
           coalesce(sum(f.figure * t.sign) FILTER (WHERE NOT t.is_left), 0) AS expected
    FROM reports_cellrow c
    JOIN unnest(%(terms)s::int[], %(forms)s::text[], %(places)s::int[], %(is_left)s::bool[], %(signs)s::int[],
        %(widths)s::int[]) AS t (number, form_code, place, is_left, sign, width)
        ON t.form_code = c.form_code AND t.place = c.place
    CROSS JOIN LATERAL unnest(c.figures[1:t.width]) WITH ORDINALITY AS f (figure, place)
    WHERE c.snapshot_id = ANY (%(snapshot_ids)s)
    GROUP BY c.snapshot_id, c.unit_id, t.number, f.place
)
INSERT INTO reports_failedcheck
    (snapshot_id, unit_id, form_code, check_code, severity, indicator_code, column_code, found, expected)
SELECT s.snapshot_id, s.unit_id, k.form_code, k.code, k.severity, k.head, n.column_code, s.found, s.expected
FROM side s
JOIN unnest(%(numbers)s::int[], %(codes)s::text[], %(ops)s::text[], %(severities)s::text[], %(check_forms)s::text[],
    %(heads)s::text[], %(sets)s::text[]) AS k (number, code, op, severity, form_code, head, column_set)
    ON k.number = s.number
JOIN unnest(%(column_sets)s::text[], %(column_places)s::int[], %(column_codes)s::text[])
    AS n (column_set, place, column_code) ON n.column_set = k.column_set AND n.place = s.place
WHERE CASE k.op WHEN '=' THEN s.found <> s.expected ELSE s.found > s.expected END
