-- Purpose: how many of the reports that units owe stand where, by the unit above and by level.
-- Inputs:  period_id; those of 10_expected_reports.sql, whose text stands in the place of {expected}.
-- Rows:    one per unit above, level, kind of unit and state; kinds that owe no form are among them, what is not the
--          asking unit's own is not. In the order of the fields of a count, the kind last.
SELECT coalesce(x.parent_id, 0), x.parent_name, up.public_id, up.parent_id IS NULL, x.level_code,
       coalesce(b.state, 'not_started'), count(*), x.unit_kind
FROM ({expected}) x
LEFT JOIN orgs_orgunit up ON up.id = x.parent_id
LEFT JOIN reports_submission b ON b.period_id = %(period_id)s AND b.unit_id = x.unit_id AND b.level_code = x.level_code
WHERE x.is_own
GROUP BY x.parent_id, x.parent_name, up.public_id, up.parent_id, x.level_code, coalesce(b.state, 'not_started'), x.unit_kind
