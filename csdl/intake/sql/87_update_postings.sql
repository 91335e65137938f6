-- Purpose: the changed cells of postings, and no other; the same statement puts old cells back. Input: first_day.
UPDATE staff_staffposting p
SET staff_group_code = n.staff_group_code, position_code = n.position_code, contract_code = n.contract_code,
    rank_code = n.rank_code, status_code = n.status_code, valid_to = n.valid_to
FROM intake_write w
JOIN LATERAL (
    SELECT * FROM staff_staffposting o
    WHERE o.staff_id = w.target_id AND o.unit_id = w.school_id AND (o.valid_to IS NULL OR o.valid_to > %(first_day)s)
    ORDER BY o.public_id IS NOT DISTINCT FROM (w.said ->> 'record')::uuid DESC, o.valid_from DESC LIMIT 1
) o ON true
CROSS JOIN LATERAL jsonb_populate_record(o.*::staff_staffposting, w.cells) n
WHERE w.noun = 'staff' AND w.state <> 'created' AND p.id = o.id
  AND w.cells ?| ARRAY['staff_group_code', 'position_code', 'contract_code', 'rank_code', 'status_code', 'valid_to'];
