-- Purpose: copy last year's teaching along the classes as a draft (step 6); it is reviewed by 10 September.
-- Inputs:  from_year, run_ids.
INSERT INTO years_teachingassignment (class_id, subject_code, staff_id, semester, periods_per_week, state, run_id)
SELECT new.id, t.subject_code, t.staff_id, t.semester, t.periods_per_week, 'proposed', run.id
FROM rollover_rolloverrun run
JOIN years_schoolclass new ON new.school_id = run.school_id AND new.run_id = run.id
    AND new.start_year = %(from_year)s + 1
JOIN years_schoolyear target ON target.start_year = %(from_year)s + 1
JOIN years_teachingassignment t ON t.class_id = new.lineage_id
WHERE run.id = ANY (%(run_ids)s)
  AND EXISTS (
    SELECT 1 FROM staff_staffposting p
    WHERE p.staff_id = t.staff_id AND p.unit_id = run.school_id AND p.status_code IN ('01', '04', '07')
      AND (p.valid_to IS NULL OR p.valid_to > target.starts_on));
