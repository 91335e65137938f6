-- Purpose: newer facts that hang on the homeroom assignments a run wrote: (row_id, what). Input: run_id.
SELECT w.row_id, 'phân công đã được sửa sau khi nhập' AS what
FROM intake_write w JOIN years_homeroomassignment h ON h.id = w.target_id AND h.run_id = %(run_id)s
WHERE w.noun = 'homeroom' AND EXISTS (SELECT 1 FROM years_homeroomassignmentevent v WHERE v.pgh_obj_id = h.id)
UNION
SELECT w.row_id, 'phân công đã có người khác sau khi nhập'
FROM intake_write w JOIN years_homeroomassignment h ON h.id = w.target_id
WHERE w.noun = 'homeroom' AND w.state <> 'created' AND w.cells ? 'staff_id' AND h.staff_id <> (w.kept ->> 'staff_id')::bigint
UNION
SELECT w.row_id, 'lớp đã có người chủ nhiệm khác sau đó'
FROM intake_write w
JOIN years_homeroomassignment h ON h.class_id = (w.kept ->> 'class_id')::bigint AND h.valid_from > (w.said ->> 'valid_from')::date
WHERE w.noun = 'homeroom' AND w.state = 'created' AND h.run_id IS DISTINCT FROM %(run_id)s;
