-- Purpose: rooms of some snapshots' units and levels, a row for each way they are built.
-- Inputs:  snapshot_ids, start_year. Rooms are facts of the school year; they have no days.
SELECT s.id AS snapshot_id, s.unit_id, r.id AS rooms_id, r.room_code, b.build, b.amount
FROM reports_snapshot s
JOIN orgs_schoolrooms r ON r.school_id = s.unit_id AND r.start_year = %(start_year)s AND r.level_code = s.level_code
CROSS JOIN LATERAL (VALUES ('permanent', r.permanent_count), ('semi', r.semi_permanent_count),
    ('temporary', r.temporary_count)) AS b (build, amount)
WHERE s.id = ANY (%(snapshot_ids)s) AND b.amount > 0
