-- Purpose: undo takes back the enrolments that these runs wrote, and nothing else. Inputs: from_year, run_ids, kept
--          (enrolments that stay because newer facts depend on them; usually none).
DELETE FROM years_enrolment
WHERE start_year = %(from_year)s + 1 AND run_id = ANY (%(run_ids)s) AND NOT id = ANY (%(kept)s);
