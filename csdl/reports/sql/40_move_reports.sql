-- Purpose: move reports from some states to another, and log each move.
-- Inputs:  submission_ids, sources, target, move, reason, account_id, actor_label, moved_at.
-- Rows:    the moves written; a report that another transaction moved meanwhile is left out, for it is locked and looked at again.
-- Safe to run twice: the second time nothing stands in the sources.
WITH held AS MATERIALIZED (
    SELECT id, state FROM reports_submission
    WHERE id = ANY (%(submission_ids)s) AND state = ANY (%(sources)s)
    ORDER BY id FOR UPDATE
), moved AS (
    UPDATE reports_submission b SET state = %(target)s
    FROM held WHERE b.id = held.id
    RETURNING b.id, b.period_id, b.unit_id, b.level_code, b.snapshot_id, held.state AS from_state
)
INSERT INTO reports_statemove
    (period_id, unit_id, level_code, submission_id, name, from_state, to_state, snapshot_id, reason, account_id, actor_label, moved_at)
SELECT period_id, unit_id, level_code, id, %(move)s, from_state, %(target)s, snapshot_id, %(reason)s, %(account_id)s,
       %(actor_label)s, %(moved_at)s
FROM moved
RETURNING submission_id, unit_id
