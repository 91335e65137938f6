-- Floor of a sent form: the report and its freeze, the figures of the form, what is marked on its cells, its versions.
SELECT b.*, s.*, p.*, u.*, up.*
FROM reports_submission b
JOIN reports_snapshot s ON s.id = b.snapshot_id
JOIN reports_reportperiod p ON p.id = b.period_id
JOIN orgs_orgunit u ON u.id = b.unit_id
LEFT JOIN orgs_orgunit up ON up.id = u.parent_id
WHERE u.public_id = %(unit)s AND p.code = %(period_code)s AND b.level_code = %(level)s;
--;
SELECT due_at FROM reports_deadline WHERE period_id = %(period)s AND sender = 'school' AND level_code IN ('', %(level)s);
--;
SELECT indicator_code, figures FROM reports_cellrow WHERE snapshot_id = %(snapshot)s AND form_code = %(form)s;
--;
SELECT * FROM reports_cellremark WHERE submission_id = %(report)s;
--;
SELECT DISTINCT indicator_code FROM reports_failedcheck WHERE snapshot_id = %(snapshot)s AND form_code = %(form)s;
--;
SELECT version FROM reports_snapshot WHERE submission_id = %(report)s ORDER BY version DESC;
