-- Purpose: the changed cells of teaching assignments, and no other; the same statement puts old cells back.
UPDATE years_teachingassignment t
SET periods_per_week = n.periods_per_week, state = n.state
FROM intake_write w
JOIN years_teachingassignment o ON o.id = w.target_id
CROSS JOIN LATERAL jsonb_populate_record(o, w.cells) n
WHERE w.noun = 'teaching' AND w.cells <> '{}' AND w.state <> 'created' AND t.id = o.id;
