-- Purpose: the runs are undone, their schools stand at their plan again. Inputs: from_year, run_ids.
WITH runs AS (
    UPDATE rollover_rolloverrun SET state = 'undone', undone_at = now()
    WHERE id = ANY (%(run_ids)s) RETURNING school_id
)
UPDATE rollover_schoolrollover line
SET last_run_id = NULL,
    state = CASE WHEN EXISTS (SELECT 1 FROM years_enrolment e WHERE e.start_year = %(from_year)s + 1
                              AND e.school_id = line.school_id AND e.run_id = ANY (%(run_ids)s))
                 THEN 'done' ELSE 'planned' END,
    created_count = (SELECT count(*) FROM years_enrolment e WHERE e.start_year = %(from_year)s + 1
                     AND e.school_id = line.school_id AND e.run_id = ANY (%(run_ids)s))
WHERE line.from_year = %(from_year)s AND line.school_id IN (SELECT school_id FROM runs);
