-- Purpose: where every expected report of a period stands, missing ones too, in one reading.
-- Inputs:  period_id; those of 10_expected_reports.sql, whose text stands in the place of {expected}.
-- Rows:    one per unit and level of the tree on the snapshot day; who owes no form is among them.
SELECT x.unit_id, u.public_id, u.code, x.unit_name, u.sort_key, x.level_code, x.unit_kind, x.parent_id, x.parent_name,
       up.public_id AS parent_public_id, coalesce(up.sort_key, '') AS parent_sort_key, up.parent_id IS NULL AS is_direct,
       b.id AS report_id, coalesce(b.state, 'not_started') AS state, b.sent_at, b.late_minutes, b.open_until,
       s.version, s.pupil_count, s.error_count, s.warning_count,
       q.id IS NOT NULL AS asks_unlock
FROM ({expected}) x
JOIN orgs_orgunit u ON u.id = x.unit_id
LEFT JOIN orgs_orgunit up ON up.id = x.parent_id
LEFT JOIN reports_submission b ON b.period_id = %(period_id)s AND b.unit_id = x.unit_id AND b.level_code = x.level_code
LEFT JOIN reports_snapshot s ON s.id = b.snapshot_id
LEFT JOIN reports_unlockrequest q ON q.submission_id = b.id AND q.decision = ''
ORDER BY parent_sort_key, u.sort_key, x.unit_id, x.level_code
