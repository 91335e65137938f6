-- Purpose: a cell that only repeats what is stored, which reading would have cleaned, asks for nothing: it is taken out of
--          what the row says, with the warning that it was cleaned. Input: noun. Safe to run twice.
WITH repeated AS (
    SELECT s.seq, f.key AS name
    FROM intake_stage s
    CROSS JOIN LATERAL jsonb_each_text(s.as_found) f
    WHERE s.noun = %(noun)s AND s.as_found IS NOT NULL AND s.stands ->> f.key = f.value
),
forgotten AS (
    UPDATE intake_stage s SET said = s.said - d.names
    FROM (SELECT seq, array_agg(name) AS names FROM repeated GROUP BY seq) d
    WHERE s.seq = d.seq
)
DELETE FROM intake_found f
USING repeated r
WHERE f.seq = r.seq AND f.column_name = r.name AND f.effect = 'warn' AND (f.code LIKE 'INT-5_' OR f.code IN ('INT-38', 'INT-39'));
