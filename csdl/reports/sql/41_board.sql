-- Purpose: where every expected report of a period stands, missing ones too, in one reading.
-- Inputs:  period_id; those of 10_expected_reports.sql, whose text stands in the place of {expected}.
-- Rows:    one per unit and level of the tree on the snapshot day; who owes no form is among them. In the order of the
--          fields of a board's line, which a department's page makes by the thousand; sort key and kind come last.
SELECT x.unit_id, u.public_id, u.code, x.unit_name, x.level_code, coalesce(x.parent_id, 0), up.public_id, x.parent_name,
       up.parent_id IS NULL, b.id, coalesce(b.state, 'not_started'), b.sent_at, b.late_minutes, b.open_until,
       coalesce(s.version, 0), coalesce(s.pupil_count, 0), coalesce(s.error_count, 0), coalesce(s.warning_count, 0),
       q.id IS NOT NULL, x.is_own, u.sort_key, x.unit_kind
FROM ({expected}) x
JOIN orgs_orgunit u ON u.id = x.unit_id
LEFT JOIN orgs_orgunit up ON up.id = x.parent_id
LEFT JOIN reports_submission b ON b.period_id = %(period_id)s AND b.unit_id = x.unit_id AND b.level_code = x.level_code
LEFT JOIN reports_snapshot s ON s.id = b.snapshot_id
LEFT JOIN reports_unlockrequest q ON q.submission_id = b.id AND q.decision = ''
ORDER BY coalesce(up.sort_key, ''), u.sort_key, x.unit_id, x.level_code
