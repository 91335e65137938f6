-- Purpose: the figures of each run, summed from its classes; the same sum is held by a constraint. Input: run_ids.
-- A school without pupils has no class to sum: its run is done all the same.
UPDATE rollover_rolloverrun run
SET state = 'done', in_count = s.in_count, promoted_count = s.promoted, retained_count = s.retained,
    completed_count = s.completed, pending_count = s.pending, left_count = s.has_left, created_count = s.created,
    exception_count = s.pending
FROM (
    SELECT r.id, coalesce(sum(c.in_count), 0) AS in_count, coalesce(sum(c.promoted_count), 0) AS promoted,
           coalesce(sum(c.retained_count), 0) AS retained, coalesce(sum(c.completed_count), 0) AS completed,
           coalesce(sum(c.pending_count), 0) AS pending, coalesce(sum(c.left_count), 0) AS has_left,
           coalesce(sum(c.created_count), 0) AS created
    FROM rollover_rolloverrun r LEFT JOIN rollover_classsum c ON c.run_id = r.id
    WHERE r.id = ANY (%(run_ids)s)
    GROUP BY r.id
) s
WHERE run.id = s.id;
