-- Purpose: keep the plan: one row for each row of the file, in exactly one state. A record to be made gets its key now, and
--          what a row is tied to is kept by key: the class and the teacher (also those that rows of the same file make),
--          the enrolment, the teacher and the site before, the site after. Rows that were left out stay so.
--          Of one cell that is empty, or was read as nothing, only one sentence is kept: the one that says more.
-- Inputs:  run_id, start_year. `is_new` of a noun: nothing ties the row to the year yet (side_id).
WITH settled AS (
    SELECT s.*, coalesce(f.problems, '[]') AS problems, s.said - coalesce(f.left_cells, '{}') AS taken,
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
                                            'code', code, 'message', message, 'effect', said_effect, 'proposal', proposal)
                         ORDER BY code, column_name, message)
                   FILTER (WHERE NOT is_empty OR (NOT has_more AND code = first_code)) AS problems
        FROM (SELECT *, bool_or(NOT is_empty) OVER cell AS has_more,
                     max(code) FILTER (WHERE is_empty) OVER cell AS first_code,
                     CASE WHEN bool_or(is_empty AND effect = 'reject') OVER cell THEN 'reject' ELSE effect END AS said_effect
              FROM (SELECT DISTINCT f.seq, sheet, row_no, column_name, value, code, message, effect, proposal,
                           value = '' AND code IN ('INT-22', 'INT-66') AS is_empty
                    FROM intake_found f JOIN intake_stage USING (seq) WHERE effect <> 'drop') found
              WINDOW cell AS (PARTITION BY seq, column_name)) found
        GROUP BY seq
    ) f USING (seq)
), maker AS MATERIALIZED (
    SELECT seq, noun, school_id, taken ->> 'code' AS code,
           coalesce(target_id, nextval(CASE noun WHEN 'staff' THEN 'staff_staffmember_id_seq'
                                                 WHEN 'classes' THEN 'years_schoolclass_id_seq'
                                                 ELSE 'orgs_schoolsite_id_seq' END)) AS id
    FROM settled WHERE noun IN ('sites', 'classes', 'staff') AND state = 'created'
), place AS MATERIALIZED (
    -- Sites by the code they will have, and by the one they had.
    SELECT x.school_id, named.code, x.id, 1 AS way
    FROM orgs_schoolsite x
    LEFT JOIN settled n ON n.noun = 'sites' AND n.target_id = x.id AND n.state <> 'rejected' AND n.taken ? 'code'
    CROSS JOIN LATERAL (VALUES (x.code), (n.taken ->> 'code')) named (code)
    WHERE x.start_year = %(start_year)s AND x.school_id IN (SELECT school_id FROM settled WHERE noun = 'classes')
    UNION ALL
    SELECT school_id, code, id, 0 FROM maker WHERE noun = 'sites'
)
INSERT INTO intake_importrow
    (run_id, noun, sheet, row_no, label, school_id, state, is_wanted, target_id, "values", changes, problems, kept)
SELECT %(run_id)s, r.noun, r.sheet, r.row_no, left(r.label, 200), r.school_id, r.state,
       r.state <> 'conflict' AND NOT r.is_left_out,
       CASE WHEN r.state <> 'created' THEN r.target_id
            WHEN m.id IS NOT NULL THEN m.id
            WHEN r.target_id IS NOT NULL THEN r.target_id
            ELSE nextval(CASE r.noun WHEN 'pupils' THEN 'students_student_id_seq'
                                     WHEN 'homeroom' THEN 'years_homeroomassignment_id_seq'
                                     ELSE 'years_teachingassignment_id_seq' END) END,
       r.taken, coalesce(r.changes, '[]'), r.problems,
       CASE WHEN r.state IN ('rejected', 'unchanged') OR r.noun IN ('sites', 'staff') THEN '{}'::jsonb
            ELSE jsonb_strip_nulls(jsonb_build_object(
                'class_id', coalesce(c.class_id, made.id), 'site_id', x.id,
                'old_site_id', CASE WHEN r.noun = 'classes' THEN r.stands -> 'site_id' END,
                'staff_id', coalesce((r.taken ->> 'staff_id')::bigint, teacher.id),
                'spell_id', CASE WHEN r.noun = 'pupils' THEN r.side_id END,
                'old_staff_id', CASE WHEN r.noun = 'homeroom' THEN r.stands -> 'staff_id' END)) END
FROM settled r
LEFT JOIN maker m ON m.seq = r.seq
LEFT JOIN intake_class c ON r.noun IN ('pupils', 'homeroom', 'teaching') AND r.taken ? 'class_name'
    AND c.school_id = r.school_id AND c.class_key = r.class_key
LEFT JOIN maker made ON made.seq = c.seq
LEFT JOIN maker teacher ON teacher.seq = r.staff_seq
LEFT JOIN LATERAL (
    SELECT p.id FROM place p
    WHERE r.noun = 'classes' AND p.school_id = r.school_id AND p.code = r.taken ->> 'site' ORDER BY p.way, p.id LIMIT 1
) x ON true
ORDER BY r.seq;
