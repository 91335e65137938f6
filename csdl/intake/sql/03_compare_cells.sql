-- Purpose: what each known row would change, cell by cell. A cell that the file left as it was when it was written says
--          nothing; one that both the file and a colleague changed since is marked as theirs. Input: noun.
UPDATE intake_stage s SET changes = d.changes, has_theirs = d.has_theirs
FROM (
    SELECT c.seq, bool_or(c.is_theirs) AS has_theirs,
           jsonb_agg(jsonb_build_object('column', c.name, 'old', c.old, 'new', c.new)
                     || CASE WHEN c.is_theirs THEN '{"their": true}'::jsonb ELSE '{}'::jsonb END
                     ORDER BY c.name) AS changes
    FROM (
        SELECT r.seq, cell.key AS name, r.stands -> cell.key AS old, cell.value AS new,
               coalesce(r.base ? cell.key AND r.base -> cell.key <> r.stands -> cell.key, false) AS is_theirs
        FROM intake_stage r
        CROSS JOIN LATERAL jsonb_each(r.said) cell
        WHERE r.noun = %(noun)s AND r.stands IS NOT NULL AND r.stands ? cell.key AND cell.value <> r.stands -> cell.key
          AND NOT coalesce(r.base -> cell.key = cell.value, false)
          AND NOT EXISTS (SELECT 1 FROM intake_found f
                          WHERE f.seq = r.seq AND f.column_name = cell.key AND f.effect = 'leave' OFFSET 0)
    ) c
    GROUP BY c.seq
) d
WHERE s.seq = d.seq;
