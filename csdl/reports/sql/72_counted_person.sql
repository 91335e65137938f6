-- Purpose: where a person still stands by name in frozen rows, before that name is taken out of them.
-- Inputs:  student_id, staff_id (0: nobody).
-- Rows:    one per period, newest first: rows that name the person, and freezes that hold them.
SELECT p.name, count(*) AS rows, count(DISTINCT c.snapshot_id) AS freezes
FROM (
    SELECT snapshot_id FROM reports_countedpupil WHERE student_id = %(student_id)s AND full_name <> ''
    UNION ALL
    SELECT snapshot_id FROM reports_countedstaff WHERE staff_id = %(staff_id)s AND full_name <> ''
) AS c
JOIN reports_snapshot s ON s.id = c.snapshot_id
JOIN reports_reportperiod p ON p.id = s.period_id
GROUP BY p.id, p.name, p.snapshot_on
ORDER BY p.snapshot_on DESC
