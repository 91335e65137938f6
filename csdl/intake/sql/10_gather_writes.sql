-- Purpose: the rows of a plan that are to be written (or, with `column` "old", taken back): what the file says of each and
--          the cells to write; a homeroom's teacher and a class's site always by key. Inputs: run_id, column.
DROP TABLE IF EXISTS pg_temp.intake_write;
CREATE TEMP TABLE intake_write ON COMMIT DROP AS
SELECT r.id AS row_id, r.noun, r.state, r.label, r.school_id, r.target_id, r."values" AS said, r.changes,
       r.kept, CASE WHEN r.changes = '[]' THEN '{}'::jsonb
            ELSE (SELECT jsonb_object_agg(change ->> 'column', change -> %(column)s)
                  FROM jsonb_array_elements(r.changes) change)
                 || CASE WHEN r.noun = 'homeroom' AND r.changes @> '[{"column": "staff_name"}]'
                         THEN jsonb_build_object('staff_id', r.kept -> CASE %(column)s WHEN 'old' THEN 'old_staff_id'
                                                                            ELSE 'staff_id' END)
                        WHEN r.noun = 'classes' AND r.kept ? 'site_id' AND r.changes @> '[{"column": "site"}]'
                         THEN jsonb_build_object('site_id', r.kept -> CASE %(column)s WHEN 'old' THEN 'old_site_id'
                                                                           ELSE 'site_id' END)
                         ELSE '{}' END END AS cells
FROM intake_importrow r
WHERE r.run_id = %(run_id)s AND r.is_wanted AND r.target_id IS NOT NULL
  AND r.state IN ('created', 'updated', 'conflict');
CREATE INDEX ON intake_write (noun, target_id);
ANALYZE intake_write;
