-- Purpose: newer facts that hang on the homeroom assignments a run wrote: (row_id, what). Inputs: run_id, start_year.
SELECT w.row_id, 'phân công đã được sửa sau khi nhập' AS what
FROM intake_write w JOIN years_homeroomassignment h ON h.id = w.target_id AND h.run_id = %(run_id)s
WHERE w.noun = 'homeroom' AND EXISTS (SELECT 1 FROM years_homeroomassignmentevent v WHERE v.pgh_obj_id = h.id)
UNION
SELECT w.row_id, 'lớp đã có người chủ nhiệm khác sau đó'
FROM intake_write w
JOIN years_schoolclass c ON c.start_year = %(start_year)s AND c.school_id = w.school_id AND c.name = w.said ->> 'class_name'
JOIN years_homeroomassignment h ON h.class_id = c.id AND h.valid_from > (w.said ->> 'valid_from')::date
WHERE w.noun = 'homeroom' AND w.state = 'created' AND h.run_id IS DISTINCT FROM %(run_id)s;
