-- Purpose: the rows of a plan that are to be written (or, with `column` "old", taken back): what the file says of each and
--          the cells to write. Inputs: run_id, column.
DROP TABLE IF EXISTS pg_temp.intake_write;
CREATE TEMP TABLE intake_write ON COMMIT DROP AS
SELECT r.id AS row_id, r.noun, r.state, r.label, r.school_id, r.target_id, r."values" AS said, r.changes,
       CASE WHEN r.changes = '[]' THEN '{}'::jsonb
            ELSE (SELECT jsonb_object_agg(change ->> 'column', change -> %(column)s)
                  FROM jsonb_array_elements(r.changes) change) END AS cells
FROM intake_importrow r
WHERE r.run_id = %(run_id)s AND r.is_wanted AND r.target_id IS NOT NULL
  AND r.state IN ('created', 'updated', 'conflict');
CREATE INDEX ON intake_write (noun, target_id);
ANALYZE intake_write;
