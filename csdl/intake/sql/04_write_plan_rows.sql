-- Purpose: keep the plan: one row for each row of the file, in exactly one state. A record to be made gets its key now.
-- Inputs:  run_id. `is_new` of a noun: nothing ties the row to the year yet (side_id).
INSERT INTO intake_importrow
    (run_id, noun, sheet, row_no, label, school_id, state, is_wanted, target_id, "values", changes, problems)
SELECT %(run_id)s, r.noun, r.sheet, r.row_no, left(r.label, 200), r.school_id, r.state, r.state <> 'conflict',
       CASE WHEN r.state <> 'created' THEN r.target_id
            WHEN r.target_id IS NOT NULL THEN r.target_id
            ELSE nextval(CASE r.noun WHEN 'pupils' THEN 'students_student_id_seq' WHEN 'staff' THEN 'staff_staffmember_id_seq'
                                     WHEN 'classes' THEN 'years_schoolclass_id_seq' WHEN 'sites' THEN 'orgs_schoolsite_id_seq'
                                     WHEN 'homeroom' THEN 'years_homeroomassignment_id_seq'
                                     ELSE 'years_teachingassignment_id_seq' END) END,
       r.said - r.left_cells, r.changes, r.problems
FROM (
    SELECT s.seq, s.noun, s.sheet, s.row_no, s.label, s.school_id, s.target_id, s.said,
           coalesce(s.changes, '[]') AS changes, coalesce(f.problems, '[]') AS problems,
           coalesce(f.left_cells, '{}') AS left_cells,
           CASE WHEN f.is_rejected THEN 'rejected'
                WHEN s.candidates IS NOT NULL OR s.has_theirs THEN 'conflict'
                WHEN s.side_id IS NULL THEN 'created'
                WHEN s.changes IS NOT NULL THEN 'updated'
                ELSE 'unchanged' END AS state
    FROM intake_stage s
    LEFT JOIN (
        SELECT seq, bool_or(effect = 'reject') AS is_rejected,
               array_agg(column_name) FILTER (WHERE effect = 'leave') AS left_cells,
               jsonb_agg(jsonb_build_object('sheet', sheet, 'row', row_no, 'column', column_name, 'value', value,
                                            'code', code, 'message', message, 'effect', effect, 'proposal', proposal)
                         ORDER BY code, column_name, message) AS problems
        FROM (SELECT DISTINCT f.seq, sheet, row_no, column_name, value, code, message, effect, proposal
              FROM intake_found f JOIN intake_stage USING (seq) WHERE effect <> 'drop') found
        GROUP BY seq
    ) f USING (seq)
) r
ORDER BY r.seq;
