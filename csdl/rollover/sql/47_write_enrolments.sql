-- Purpose: the pupils of the new year (step 4): grade and class as planned, status 01 from the year's first day.
-- Inputs:  from_year, run_ids; {enrolments} is the year table or the one being filled for the whole province.
-- Who is in the new year already is left out: running again writes only who was missing.
-- Policy, disability and support are carried to be confirmed; marks, absences and leaving data are not carried.
-- The plan's rows, the classes and who is there already are looked up one by one (LATERAL with LIMIT or OFFSET 0): these
-- tables fill while the work goes on, and their statistics say "empty", or, taken when one school was done, "all rows
-- are of one school". A join planned by those walked the whole province's plan again for every school.
WITH placed AS MATERIALIZED (
    SELECT c.id AS plan_class_id, new.id AS class_id
    FROM rollover_rolloverrun run
    JOIN rollover_planclass c ON c.from_year = %(from_year)s AND c.school_id = run.school_id
    CROSS JOIN LATERAL (
        SELECT k.id FROM years_schoolclass k
        WHERE k.start_year = %(from_year)s + 1 AND k.school_id = c.school_id AND k.name = c.name
        LIMIT 1
    ) new
    WHERE run.id = ANY (%(run_ids)s)
)
INSERT INTO {enrolments}
    (start_year, student_id, school_id, class_id, first_class_id, grade_code, enrolled_on, status_on, admission_kind,
     repeat_count, needs_confirmation, previous_id, extra, run_id)
SELECT %(from_year)s + 1, p.student_id, run.school_id, new.class_id, new.class_id, p.target_grade_code, target.starts_on,
       target.starts_on, CASE p.act WHEN 'retain' THEN '3' ELSE '4' END,
       e.repeat_count + CASE p.act WHEN 'retain' THEN 1 ELSE 0 END,
       e.needs_confirmation OR s.policy_code <> '' OR s.is_disabled OR e.extra <> '{}', e.id, e.extra, run.id
FROM rollover_rolloverrun run
CROSS JOIN LATERAL (
    SELECT planned.enrolment_id, planned.student_id, planned.act, planned.target_grade_code, planned.plan_class_id
    FROM rollover_planrow planned
    WHERE planned.from_year = %(from_year)s AND planned.school_id = run.school_id
      AND planned.act IN ('promote', 'retain')
    OFFSET 0
) p
JOIN years_schoolyear target ON target.start_year = %(from_year)s + 1
JOIN years_enrolment e ON e.start_year = %(from_year)s AND e.id = p.enrolment_id
JOIN students_student s ON s.id = p.student_id
LEFT JOIN placed new ON new.plan_class_id = p.plan_class_id
WHERE run.id = ANY (%(run_ids)s)
  AND NOT EXISTS (
    SELECT 1 FROM years_enrolment there
    WHERE there.start_year = %(from_year)s + 1 AND there.student_id = p.student_id
    OFFSET 0);
