-- Purpose: runs of which nothing remains are undone, and their schools stand at their plan again; a run that keeps pupils
--          or classes (newer facts depend on them) stands on, so that it can be undone later. Inputs: from_year, run_ids.
WITH kept AS (
    SELECT r.id, r.school_id,
           (SELECT count(*) FROM years_enrolment e WHERE e.start_year = %(from_year)s + 1 AND e.school_id = r.school_id
            AND e.run_id = r.id) AS enrolments,
           EXISTS (SELECT 1 FROM years_schoolclass c WHERE c.start_year = %(from_year)s + 1
                   AND c.school_id = r.school_id AND c.run_id = r.id) AS has_classes
    FROM rollover_rolloverrun r WHERE r.id = ANY (%(run_ids)s)
), undone AS (
    UPDATE rollover_rolloverrun r
    SET state = CASE WHEN k.enrolments = 0 AND NOT k.has_classes THEN 'undone' ELSE r.state END,
        undone_at = CASE WHEN k.enrolments = 0 AND NOT k.has_classes THEN clock_timestamp() ELSE r.undone_at END,
        created_count = k.enrolments
    FROM kept k WHERE k.id = r.id
), by_school AS (
    SELECT school_id, sum(enrolments) AS enrolments,
           max(id) FILTER (WHERE enrolments > 0 OR has_classes) AS standing
    FROM kept GROUP BY school_id
)
UPDATE rollover_schoolrollover line
SET last_run_id = s.standing, state = CASE WHEN s.standing IS NULL THEN 'planned' ELSE 'done' END,
    created_count = s.enrolments
FROM by_school s
WHERE line.from_year = %(from_year)s AND line.school_id = s.school_id;
