-- Purpose: what stands of each matched assignment. A confirmed one of another teacher that began before the row's day is
--          no record of the row: it will end that day, the row is a new one.
UPDATE intake_stage s
SET side_id = CASE WHEN n.is_same THEN s.target_id END, target_id = CASE WHEN n.is_same THEN s.target_id END,
    stands = CASE WHEN n.is_same THEN n.stands END
FROM (
    SELECT r.seq, h.staff_id = (r.said ->> 'staff_id')::bigint OR h.state = 'proposed'
                  OR h.valid_from >= (r.said ->> 'valid_from')::date OR r.sheet = '' AS is_same,
           jsonb_build_object('staff_name', m.full_name, 'staff_id', h.staff_id, 'valid_from', h.valid_from,
                              'valid_to', h.valid_to, 'state', h.state) AS stands
    FROM intake_stage r
    JOIN years_homeroomassignment h ON h.id = r.target_id
    JOIN staff_staffmember m ON m.id = h.staff_id
    WHERE r.noun = 'homeroom'
) n
WHERE s.seq = n.seq;
UPDATE intake_stage s SET said = s.said || '{"state": "confirmed"}' WHERE s.noun = 'homeroom' AND s.sheet <> '';
