-- Purpose: one line per school: how many came in, what becomes of them, and a fingerprint of the plan's rows.
-- Inputs:  from_year, school_ids.
-- `planned_at` is the clock's time, not the transaction's: the run that follows in the same transaction is later.
-- The number who came in is counted from the enrolments, not from the plan: a check constraint then holds the sum.
WITH came_in AS (
    SELECT e.school_id, count(*) AS in_count
    FROM years_enrolment e JOIN years_schoolyear y ON y.start_year = e.start_year
    WHERE e.start_year = %(from_year)s AND e.school_id = ANY (%(school_ids)s)
      AND e.enrolled_on <= y.ends_on AND (e.left_on IS NULL OR e.left_on > y.ends_on)
    GROUP BY e.school_id
), planned AS (
    SELECT school_id,
           count(*) FILTER (WHERE act = 'promote') AS promoted,
           count(*) FILTER (WHERE act = 'retain') AS retained,
           count(*) FILTER (WHERE act = 'complete') AS completed,
           count(*) FILTER (WHERE act = 'pending') AS pending,
           count(*) FILTER (WHERE act = 'left') AS has_left,
           count(*) FILTER (WHERE 
               act = 'pending' OR act IN ('promote', 'retain') AND plan_class_id IS NULL AND rule_code <> 'D1') AS exceptions,
           bit_xor(hashtextextended(concat_ws(':', enrolment_id, act, target_grade_code, plan_class_id), 0)) AS print
    FROM rollover_planrow
    WHERE from_year = %(from_year)s AND school_id = ANY (%(school_ids)s)
    GROUP BY school_id
), named AS (
    SELECT school_id, bit_xor(hashtextextended(concat_ws(':', id, name), 0)) AS print
    FROM rollover_planclass
    WHERE from_year = %(from_year)s AND school_id = ANY (%(school_ids)s)
    GROUP BY school_id
)
INSERT INTO rollover_schoolrollover
    (from_year, school_id, state, in_count, promoted_count, retained_count, completed_count, pending_count, left_count,
     created_count, exception_count, blocked_reason, fingerprint, planned_at)
SELECT %(from_year)s, s.id, 'planned', coalesce(i.in_count, 0), coalesce(p.promoted, 0), coalesce(p.retained, 0),
       coalesce(p.completed, 0), coalesce(p.pending, 0), coalesce(p.has_left, 0), 0, coalesce(p.exceptions, 0), '',
       to_hex(coalesce(p.print, 0)) || to_hex(coalesce(n.print, 0)), clock_timestamp()
FROM unnest(%(school_ids)s) AS s (id)
LEFT JOIN came_in i ON i.school_id = s.id
LEFT JOIN planned p ON p.school_id = s.id
LEFT JOIN named n ON n.school_id = s.id
ON CONFLICT (school_id, from_year) DO UPDATE
SET in_count = excluded.in_count, promoted_count = excluded.promoted_count, retained_count = excluded.retained_count,
    completed_count = excluded.completed_count, pending_count = excluded.pending_count,
    left_count = excluded.left_count, exception_count = excluded.exception_count, blocked_reason = '',
    fingerprint = excluded.fingerprint, planned_at = excluded.planned_at,
    state = CASE WHEN rollover_schoolrollover.state IN ('done', 'confirmed')
                 THEN rollover_schoolrollover.state ELSE 'planned' END;
