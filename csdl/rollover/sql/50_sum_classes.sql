-- Purpose: conservation per class: who came in = promoted + retained + completed + pending + left. A check
--          constraint on the table aborts the run on a mismatch of one (acceptance test 7).
-- Inputs:  from_year, run_ids; {enrolments} as in 47.
-- The three sources are independent: enrolments of the old year, rows written into the new one, rows of the plan.
WITH run AS (
    SELECT id, school_id FROM rollover_rolloverrun WHERE id = ANY (%(run_ids)s)
), came_in AS (
    SELECT e.school_id, coalesce(e.class_id, 0) AS class_id, count(*) AS n
    FROM years_enrolment e
    JOIN run ON run.school_id = e.school_id
    JOIN years_schoolyear y ON y.start_year = e.start_year
    WHERE e.start_year = %(from_year)s
      AND e.enrolled_on <= y.ends_on AND (e.left_on IS NULL OR e.left_on > y.ends_on)
    GROUP BY 1, 2
), moved AS (
    SELECT e.school_id, coalesce(e.class_id, 0) AS class_id,
           count(*) FILTER (WHERE n.admission_kind = '4') AS promoted,
           count(*) FILTER (WHERE n.admission_kind = '3') AS retained,
           count(*) FILTER (WHERE n.run_id = run.id) AS created
    FROM {enrolments} n
    JOIN run ON run.school_id = n.school_id
    JOIN years_enrolment e ON e.start_year = %(from_year)s AND e.id = n.previous_id
    WHERE n.start_year = %(from_year)s + 1
    GROUP BY 1, 2
), rest AS (
    SELECT p.school_id, coalesce(p.source_class_id, 0) AS class_id,
           count(*) FILTER (WHERE act = 'complete') AS completed,
           count(*) FILTER (WHERE act = 'pending') AS pending,
           count(*) FILTER (WHERE act = 'left') AS has_left
    FROM rollover_planrow p
    JOIN run ON run.school_id = p.school_id
    WHERE p.from_year = %(from_year)s AND p.act NOT IN ('promote', 'retain')
    GROUP BY 1, 2
)
INSERT INTO rollover_classsum
    (run_id, source_class_id, in_count, promoted_count, retained_count, completed_count, pending_count, left_count,
     created_count)
SELECT run.id, nullif(class_id, 0), coalesce(i.n, 0), coalesce(m.promoted, 0), coalesce(m.retained, 0),
       coalesce(r.completed, 0), coalesce(r.pending, 0), coalesce(r.has_left, 0), coalesce(m.created, 0)
FROM came_in i
FULL JOIN moved m USING (school_id, class_id)
FULL JOIN rest r USING (school_id, class_id)
JOIN run USING (school_id);
