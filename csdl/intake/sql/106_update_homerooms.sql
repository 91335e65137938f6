-- Purpose: the changed cells of homeroom assignments, and no other; the same statement puts old cells back. Input: run_id.
UPDATE years_homeroomassignment h
SET staff_id = CASE WHEN w.cells ? 'staff_name' OR w.cells ? 'staff_id'
                    THEN coalesce((w.cells ->> 'staff_id')::bigint, m.id) ELSE h.staff_id END,
    valid_to = CASE WHEN w.cells ? 'valid_to' THEN (w.cells ->> 'valid_to')::date ELSE h.valid_to END,
    state = coalesce(w.cells ->> 'state', h.state)
FROM intake_write w
LEFT JOIN LATERAL (
    SELECT m.id FROM staff_staffmember m JOIN staff_staffposting p ON p.staff_id = m.id AND p.unit_id = w.school_id
    WHERE m.full_name = w.cells ->> 'staff_name' AND m.run_id = %(run_id)s ORDER BY m.id LIMIT 1
) m ON true
WHERE w.noun = 'homeroom' AND w.cells <> '{}' AND w.state <> 'created' AND h.id = w.target_id;
