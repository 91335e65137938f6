-- Purpose: sites of some snapshots' units in use at the end of the day.
-- Inputs:  snapshot_ids, start_year, day.
SELECT s.id AS snapshot_id, s.unit_id, o.id AS site_id, o.code, o.name, o.is_main
FROM reports_snapshot s
JOIN orgs_schoolsite o ON o.school_id = s.unit_id AND o.start_year = %(start_year)s
WHERE s.id = ANY (%(snapshot_ids)s) AND (o.closed_on IS NULL OR o.closed_on > %(day)s)
