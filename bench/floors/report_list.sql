-- Floor of the list of sums: every office and level with what it owes, took and sent, for the department every level; and
-- the sums that were made.
WITH owed AS MATERIALIZED (
    SELECT v.parent_id, up.name AS parent_name, l.level_code, b.state
    FROM orgs_orgunit u
    JOIN orgs_unitversion v ON v.unit_id = u.id
        AND v.valid_from <= '2023-09-30' AND (v.valid_to IS NULL OR v.valid_to > '2023-09-30')
    JOIN orgs_schoolprofile p ON p.school_id = u.id AND p.start_year = 2023 AND p.is_active
    JOIN orgs_schoollevel l ON l.school_id = u.id AND l.start_year = 2023
    LEFT JOIN orgs_orgunit up ON up.id = v.parent_id
    LEFT JOIN reports_submission b ON b.period_id = %(period)s AND b.unit_id = u.id AND b.level_code = l.level_code
    WHERE (u.opened_on IS NULL OR u.opened_on <= '2023-09-30') AND (u.closed_on IS NULL OR u.closed_on > '2023-09-30')
)
SELECT parent_id, parent_name, level_code, count(*) AS owed,
       count(*) FILTER (WHERE state IN ('approved_l1', 'forwarded', 'approved_l2', 'finalised')) AS taken,
       count(*) FILTER (WHERE state IN ('submitted', 'approved_l1', 'forwarded', 'approved_l2', 'finalised')) AS sent
FROM owed GROUP BY GROUPING SETS ((parent_id, parent_name, level_code), (level_code));
--;
SELECT * FROM reports_consolidation c JOIN reports_consolidationversion v ON v.id = c.current_id
JOIN orgs_orgunit u ON u.id = c.unit_id WHERE c.period_id = %(period)s;
