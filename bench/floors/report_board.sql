-- Floor of the department's board: the first fifty of the reports that are owed, and the sums by office and by level. Each
-- report is judged late, missing or taken by the hours of the period and by what a unit was given.
WITH owed AS MATERIALIZED (
    SELECT u.id, u.public_id, u.code, v.name, u.sort_key, l.level_code, v.parent_id, up.name AS parent_name,
           up.sort_key AS parent_sort_key, b.state, b.sent_at, b.late_minutes, b.open_until, s.version, s.pupil_count,
           s.error_count, s.warning_count
    FROM orgs_orgunit u
    JOIN orgs_unitversion v ON v.unit_id = u.id
        AND v.valid_from <= '2023-09-30' AND (v.valid_to IS NULL OR v.valid_to > '2023-09-30')
    JOIN orgs_schoolprofile p ON p.school_id = u.id AND p.start_year = 2023 AND p.is_active
    JOIN orgs_schoollevel l ON l.school_id = u.id AND l.start_year = 2023
    LEFT JOIN orgs_orgunit up ON up.id = v.parent_id
    LEFT JOIN reports_submission b ON b.period_id = %(period)s AND b.unit_id = u.id AND b.level_code = l.level_code
    LEFT JOIN reports_snapshot s ON s.id = b.snapshot_id
    WHERE (u.opened_on IS NULL OR u.opened_on <= '2023-09-30') AND (u.closed_on IS NULL OR u.closed_on > '2023-09-30')
), judged AS MATERIALIZED (
    SELECT o.*, coalesce(x.due_at, d.due_at) AS due_at,
           coalesce(o.state IN ('submitted', 'approved_l1', 'forwarded', 'approved_l2', 'finalised'), false) AS is_sent
    FROM owed o
    LEFT JOIN reports_deadline d ON d.period_id = %(period)s AND d.sender = 'school' AND d.level_code = ''
    LEFT JOIN LATERAL (SELECT due_at FROM reports_deadlineextension e
                       WHERE e.period_id = %(period)s AND e.unit_id = o.id ORDER BY e.id DESC LIMIT 1) x ON true
), shown AS (
    SELECT to_jsonb(j) AS line FROM judged j ORDER BY parent_sort_key, sort_key, id, level_code LIMIT 50
)
SELECT 'line' AS what, line FROM shown
UNION ALL
SELECT 'sums', to_jsonb(g) FROM (
    SELECT parent_name, level_code, count(*) AS owed, count(*) FILTER (WHERE is_sent) AS sent,
           count(*) FILTER (WHERE is_sent AND late_minutes IS NOT NULL) AS late,
           count(*) FILTER (WHERE state = 'returned') AS returned,
           count(*) FILTER (WHERE NOT is_sent AND due_at <= csdl_now()) AS overdue,
           count(*) FILTER (WHERE state = 'submitted') AS waiting
    FROM judged GROUP BY GROUPING SETS ((parent_name), (level_code), ())
) g;
