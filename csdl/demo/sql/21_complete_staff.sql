-- Purpose: contracts and subjects that files of staff lack.
-- Inputs:  unit_ids that are left as they are.
WITH contract AS (
    UPDATE staff_staffposting SET contract_code = '07'
    WHERE contract_code = '' AND NOT unit_id = ANY (%(unit_ids)s)
), taught AS (
    SELECT DISTINCT ON (t.staff_id) t.staff_id, c.level_code
    FROM years_teachingassignment t JOIN years_schoolclass c ON c.id = t.class_id ORDER BY t.staff_id, t.id
)
UPDATE staff_staffmember p
SET teacher_subject_code = CASE t.level_code WHEN '02' THEN '09' ELSE '20' END
FROM taught t, staff_staffposting o
WHERE t.staff_id = p.id AND o.staff_id = p.id AND p.teacher_subject_code = '' AND NOT o.unit_id = ANY (%(unit_ids)s)
