-- Purpose: the pupils of the new year (step 4): grade and class as planned, status 01 from the year's first day.
-- Inputs:  from_year, run_ids; {enrolments} is the year table or the one being filled for the whole province.
-- Who is in the new year already is left out: running again writes only who was missing.
-- Policy, disability and support are carried to be confirmed; marks, absences and leaving data are not carried.
INSERT INTO {enrolments}
    (start_year, student_id, school_id, class_id, first_class_id, grade_code, enrolled_on, status_on, admission_kind,
     repeat_count, needs_confirmation, previous_id, extra, run_id)
SELECT %(from_year)s + 1, p.student_id, p.school_id, new.id, new.id, p.target_grade_code, target.starts_on,
       target.starts_on, CASE p.act WHEN 'retain' THEN '3' ELSE '4' END,
       e.repeat_count + CASE p.act WHEN 'retain' THEN 1 ELSE 0 END,
       e.needs_confirmation OR s.policy_code <> '' OR s.is_disabled OR e.extra <> '{}', e.id, e.extra, run.id
FROM rollover_planrow p
JOIN rollover_rolloverrun run ON run.id = ANY (%(run_ids)s) AND run.school_id = p.school_id
JOIN years_schoolyear target ON target.start_year = %(from_year)s + 1
JOIN years_enrolment e ON e.start_year = %(from_year)s AND e.id = p.enrolment_id
JOIN students_student s ON s.id = p.student_id
LEFT JOIN rollover_planclass c ON c.id = p.plan_class_id
LEFT JOIN years_schoolclass new ON new.start_year = %(from_year)s + 1 AND new.school_id = p.school_id AND new.name = c.name
WHERE p.from_year = %(from_year)s AND p.act IN ('promote', 'retain')
  AND NOT EXISTS (
    SELECT 1 FROM years_enrolment there
    WHERE there.start_year = %(from_year)s + 1 AND there.student_id = p.student_id AND there.left_on IS NULL);
