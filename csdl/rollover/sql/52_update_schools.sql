-- Purpose: the school's line shows the state now; a confirmed school stays so where nobody new was moved. Input: run_ids.
UPDATE rollover_schoolrollover line
SET state = CASE WHEN line.state = 'confirmed' AND run.created_count = 0 THEN 'confirmed' ELSE 'done' END,
    in_count = run.in_count, promoted_count = run.promoted_count, retained_count = run.retained_count,
    completed_count = run.completed_count, pending_count = run.pending_count, left_count = run.left_count,
    created_count = line.created_count + run.created_count, last_run_id = run.id
FROM rollover_rolloverrun run
WHERE run.id = ANY (%(run_ids)s) AND run.school_id = line.school_id AND run.from_year = line.from_year;
