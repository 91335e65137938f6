-- Purpose: propose the same homeroom teacher for the class that continues (step 3); the school confirms.
-- Inputs:  from_year, run_ids. Only for classes these runs made, and teachers who go on working at the school.
INSERT INTO years_homeroomassignment (class_id, staff_id, valid_from, state, run_id)
SELECT new.id, h.staff_id, target.starts_on, 'proposed', run.id
FROM rollover_rolloverrun run
JOIN years_schoolclass new ON new.school_id = run.school_id AND new.run_id = run.id
    AND new.start_year = %(from_year)s + 1
JOIN years_schoolyear source ON source.start_year = %(from_year)s
JOIN years_schoolyear target ON target.start_year = %(from_year)s + 1
JOIN years_homeroomassignment h ON h.class_id = new.lineage_id
    AND h.valid_from <= source.ends_on AND (h.valid_to IS NULL OR h.valid_to > source.ends_on)
WHERE run.id = ANY (%(run_ids)s)
  AND EXISTS (
    SELECT 1 FROM staff_staffposting p
    WHERE p.staff_id = h.staff_id AND p.unit_id = run.school_id AND p.status_code IN ('01', '04', '07')
      AND (p.valid_to IS NULL OR p.valid_to > target.starts_on));
