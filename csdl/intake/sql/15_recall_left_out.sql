-- Purpose: rows of the file that somebody left out of the plan before this one are left out of this one too. Input: run_id.
UPDATE intake_stage s SET is_left_out = true
FROM intake_importrow r
WHERE r.run_id = %(run_id)s AND NOT r.is_wanted AND r.state IN ('created', 'updated')
  AND r.noun = s.noun AND r.sheet = s.sheet AND r.row_no = s.row_no;
