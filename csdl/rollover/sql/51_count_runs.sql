-- Purpose: the figures of each run, summed from its classes; the same sum is held by a constraint. Input: run_ids.
UPDATE rollover_rolloverrun run
SET state = 'done', in_count = s.in_count, promoted_count = s.promoted, retained_count = s.retained,
    completed_count = s.completed, pending_count = s.pending, left_count = s.has_left, created_count = s.created,
    exception_count = s.pending
FROM (
    SELECT run_id, sum(in_count) AS in_count, sum(promoted_count) AS promoted, sum(retained_count) AS retained,
           sum(completed_count) AS completed, sum(pending_count) AS pending, sum(left_count) AS has_left,
           sum(created_count) AS created
    FROM rollover_classsum WHERE run_id = ANY (%(run_ids)s) GROUP BY run_id
) s
WHERE run.id = s.run_id AND run.id = ANY (%(run_ids)s);
