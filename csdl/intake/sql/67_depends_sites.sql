-- Purpose: newer facts that hang on the sites a run wrote: (row_id, what). Input: run_id.
SELECT w.row_id, 'điểm trường đã được sửa sau khi nhập' AS what
FROM intake_write w JOIN orgs_schoolsite x ON x.id = w.target_id AND x.run_id = %(run_id)s
WHERE w.noun = 'sites' AND EXISTS (SELECT 1 FROM orgs_schoolsiteevent v WHERE v.pgh_obj_id = x.id)
UNION
SELECT w.row_id, 'đã có lớp ở điểm trường'
FROM intake_write w
JOIN orgs_schoolsite x ON x.id = w.target_id AND x.run_id = %(run_id)s
JOIN years_schoolclass c ON c.site_id = x.id
WHERE w.noun = 'sites'
  AND NOT EXISTS (SELECT 1 FROM intake_write k WHERE k.noun = 'classes' AND k.target_id = c.id
                  AND (c.run_id = %(run_id)s OR k.cells ? 'site'));
