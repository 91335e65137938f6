-- Floor of a cell's list: the report and its freeze, the cell's figure, the first hundred pupils and how many there are.
SELECT b.*, s.*, p.*, u.*, up.*
FROM reports_submission b
JOIN reports_snapshot s ON s.id = b.snapshot_id
JOIN reports_reportperiod p ON p.id = b.period_id
JOIN orgs_orgunit u ON u.id = b.unit_id
LEFT JOIN orgs_orgunit up ON up.id = u.parent_id
WHERE u.public_id = %(unit)s AND p.code = %(period_code)s AND b.level_code = %(level)s;
--;
SELECT figures FROM reports_cellrow
WHERE snapshot_id = %(snapshot)s AND form_code = %(form)s AND place = %(place)s;
--;
SELECT * FROM reports_cellremark WHERE submission_id = %(report)s;
--;
SELECT full_name, birth_date, class_name, local_code FROM reports_countedpupil
WHERE period_id = %(period)s AND snapshot_id = %(snapshot)s AND is_present
ORDER BY csdl_name_key(full_name) COLLATE "C", full_name, birth_date, class_name, local_code, enrolment_id LIMIT 100;
--;
SELECT count(*) FROM reports_countedpupil WHERE period_id = %(period)s AND snapshot_id = %(snapshot)s AND is_present;
