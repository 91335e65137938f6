-- Purpose: identities between rows that the frozen forms break (data/identities.csv), all forms of all snapshots at once.
-- Inputs:  snapshot_ids; per term of a check, as arrays: forms, checks, lines (parts of one check), ops, severities,
--          heads (code of its first row), is_left, signs, places, sets (column set), widths (columns that are checked: the
--          totals over ownership; within one school the groups say the same).
-- Writes:  one row per check and column that does not hold.
WITH term AS (
    SELECT * FROM unnest(%(forms)s::text[], %(checks)s::text[], %(lines)s::int[], %(ops)s::text[], %(severities)s::text[],
        %(heads)s::text[], %(is_left)s::bool[], %(signs)s::int[], %(places)s::int[], %(sets)s::text[], %(widths)s::int[])
        AS t (form_code, check_code, line, op, severity, head, is_left, sign, place, column_set, width)
), side AS (
    SELECT c.snapshot_id, c.unit_id, t.form_code, t.check_code, t.line, t.op, t.severity, t.head, t.column_set, f.place,
           coalesce(sum(f.figure * t.sign) FILTER (WHERE t.is_left), 0) AS found,
           coalesce(sum(f.figure * t.sign) FILTER (WHERE NOT t.is_left), 0) AS expected
    FROM reports_cellrow c
    JOIN term t ON t.form_code = c.form_code AND t.place = c.place
    CROSS JOIN LATERAL unnest(c.figures[1:t.width]) WITH ORDINALITY AS f (figure, place)
    WHERE c.snapshot_id = ANY (%(snapshot_ids)s)
    GROUP BY c.snapshot_id, c.unit_id, t.form_code, t.check_code, t.line, t.op, t.severity, t.head, t.column_set, f.place
)
INSERT INTO reports_failedcheck
    (snapshot_id, unit_id, form_code, check_code, severity, indicator_code, column_code, found, expected)
SELECT s.snapshot_id, s.unit_id, s.form_code, s.check_code, s.severity, s.head, k.column_code, s.found, s.expected
FROM side s
JOIN unnest(%(column_sets)s::text[], %(column_places)s::int[], %(column_codes)s::text[])
    AS k (column_set, place, column_code) ON k.column_set = s.column_set AND k.place = s.place
WHERE CASE s.op WHEN '=' THEN s.found <> s.expected ELSE s.found > s.expected END
