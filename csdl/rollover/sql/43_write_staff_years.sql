-- Purpose: staff who go on working (status 01, 04, 07), with their duties; ratings and periods start empty (step 2).
-- Inputs:  from_year, run_ids.
INSERT INTO staff_staffyear
    (start_year, posting_id, unit_id, concurrent_duty_codes, rating_code, standard_code, is_confirmed, run_id)
SELECT y.start_year + 1, y.posting_id, y.unit_id, y.concurrent_duty_codes, '', '', false, run.id
FROM staff_staffyear y
JOIN rollover_rolloverrun run ON run.id = ANY (%(run_ids)s) AND run.school_id = y.unit_id
JOIN staff_staffposting p ON p.id = y.posting_id
JOIN years_schoolyear target ON target.start_year = %(from_year)s + 1
WHERE y.start_year = %(from_year)s
  AND p.status_code IN ('01', '04', '07')
  AND (p.valid_to IS NULL OR p.valid_to > target.starts_on)
ON CONFLICT (posting_id, start_year) DO NOTHING;
