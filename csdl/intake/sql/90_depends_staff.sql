-- Purpose: newer facts that hang on the staff a run wrote: (row_id, what). Assignments of the same run that are about to go
--          do not count. Input: run_id.
WITH made AS (
    SELECT w.row_id, m.id, m.account_id, m.run_id IS NOT DISTINCT FROM %(run_id)s AS is_new, p.id AS posting_id
    FROM intake_write w
    JOIN staff_staffmember m ON m.id = w.target_id
    JOIN staff_staffposting p ON p.staff_id = m.id AND p.unit_id = w.school_id AND p.run_id = %(run_id)s
    WHERE w.noun = 'staff'
)
SELECT m.row_id, 'hồ sơ đã được sửa sau khi nhập' AS what
FROM made m
WHERE (m.is_new AND EXISTS (SELECT 1 FROM staff_staffmemberevent v WHERE v.pgh_obj_id = m.id))
   OR EXISTS (SELECT 1 FROM staff_staffpostingevent v WHERE v.pgh_obj_id = m.posting_id)
UNION
SELECT m.row_id, 'đã gắn với tài khoản' FROM made m WHERE m.is_new AND m.account_id IS NOT NULL
UNION
SELECT m.row_id, 'đã được phân công chủ nhiệm'
FROM made m JOIN years_homeroomassignment h ON h.staff_id = m.id
WHERE m.is_new AND NOT EXISTS (SELECT 1 FROM intake_write k WHERE k.noun = 'homeroom' AND k.target_id = h.id
                               AND (h.run_id = %(run_id)s OR k.cells ? 'staff_id'))
UNION
SELECT m.row_id, 'đã được phân công giảng dạy'
FROM made m JOIN years_teachingassignment t ON t.staff_id = m.id
WHERE m.is_new
  AND NOT EXISTS (SELECT 1 FROM intake_write k WHERE k.noun = 'teaching' AND k.target_id = t.id AND t.run_id = %(run_id)s)
UNION
SELECT m.row_id, 'đã có nơi công tác khác'
FROM made m JOIN staff_staffposting p ON p.staff_id = m.id WHERE m.is_new AND p.run_id IS DISTINCT FROM %(run_id)s
UNION
SELECT m.row_id, 'là thủ trưởng đơn vị' FROM made m JOIN staff_unithead h ON h.staff_id = m.id WHERE m.is_new
UNION
SELECT m.row_id, 'đã có số liệu năm học' FROM made m JOIN staff_staffyear y ON y.posting_id = m.posting_id;
