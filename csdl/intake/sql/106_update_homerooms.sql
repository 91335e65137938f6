-- Purpose: the changed cells of homeroom assignments, and no other; the same statement puts old cells back.
UPDATE years_homeroomassignment h
SET staff_id = coalesce((w.cells ->> 'staff_id')::bigint, h.staff_id),
    valid_to = CASE WHEN w.cells ? 'valid_to' THEN (w.cells ->> 'valid_to')::date ELSE h.valid_to END,
    state = coalesce(w.cells ->> 'state', h.state)
FROM intake_write w
WHERE w.noun = 'homeroom' AND w.cells <> '{}' AND w.state <> 'created' AND h.id = w.target_id;
