-- Purpose: newer facts that hang on the teaching assignments a run wrote: (row_id, what). Input: run_id.
SELECT w.row_id, 'phân công đã được sửa sau khi nhập' AS what
FROM intake_write w JOIN years_teachingassignment t ON t.id = w.target_id AND t.run_id = %(run_id)s
WHERE w.noun = 'teaching' AND EXISTS (SELECT 1 FROM years_teachingassignmentevent v WHERE v.pgh_obj_id = t.id);
