-- Purpose: the assignment of the class on the row's day, from which the row would go on, or which it would end. Without a
--          day: the year's first, or today where the class is led by somebody already. Inputs: default_day, moved_on.
UPDATE intake_stage s
SET said = CASE WHEN s.said ? 'valid_from' OR h.staff_id IS NOT DISTINCT FROM (s.said ->> 'staff_id')::bigint
                     AND h.id IS NOT NULL THEN s.said
                ELSE s.said || jsonb_build_object('valid_from', CASE
                    WHEN h.id IS NULL THEN %(default_day)s::date WHEN h.state = 'proposed' THEN h.valid_from
                    ELSE greatest(%(moved_on)s::date, h.valid_from) END) END,
    target_id = h.id, side_id = h.id
FROM intake_stage r
LEFT JOIN LATERAL (
    SELECT h.id, h.staff_id, h.state, h.valid_from FROM years_homeroomassignment h
    WHERE h.class_id = r.class_id
      AND CASE WHEN r.said ? 'valid_from' THEN h.valid_to IS NULL OR h.valid_to > (r.said ->> 'valid_from')::date
               ELSE true END
    ORDER BY h.staff_id IS DISTINCT FROM (r.said ->> 'staff_id')::bigint,
             h.valid_from IS DISTINCT FROM (r.said ->> 'valid_from')::date, h.valid_to DESC NULLS FIRST
    LIMIT 1
) h ON true
WHERE r.seq = s.seq AND s.noun = 'homeroom';
