-- Purpose: pupils whose row names another class go there from a day on, the move is kept; a pupil not yet placed gets a
--          first class, or another grade. What stood before is kept with the row, by key. Inputs: start_year, account_id, moved_on, applied_at.
WITH going AS (
    SELECT e.id, w.row_id, e.class_id AS from_class, e.first_class_id AS from_first, c.id AS to_class, greatest(%(moved_on)s::date, e.enrolled_on) AS moved_on,
           coalesce(w.cells ->> 'grade_code', e.grade_code) AS grade_code
    FROM intake_write w
    JOIN LATERAL (
        SELECT e.id, e.class_id, e.first_class_id, e.grade_code, e.enrolled_on FROM years_enrolment e
        WHERE e.start_year = %(start_year)s AND e.student_id = w.target_id AND e.school_id = w.school_id
          AND e.left_on IS NULL AND e.id = coalesce((w.kept ->> 'spell_id')::bigint, e.id)
    ) e ON true
    LEFT JOIN years_schoolclass c ON c.start_year = %(start_year)s AND w.cells ? 'class_name'
        AND c.id = (w.kept ->> 'class_id')::bigint
    WHERE w.noun = 'pupils' AND w.state <> 'created' AND w.cells ?| ARRAY['class_name', 'grade_code']
), noted AS (
    INSERT INTO years_classmove (start_year, enrolment_id, from_class_id, to_class_id, moved_on, created_by,
                                 created_at)
    SELECT %(start_year)s, id, from_class, to_class, moved_on, %(account_id)s, %(applied_at)s
    FROM going WHERE from_class IS NOT NULL AND to_class IS NOT NULL
), kept AS (
    UPDATE intake_importrow r
    SET kept = r.kept || jsonb_build_object('enrolment_id', g.id, 'from_class', g.from_class, 'from_first', g.from_first)
    FROM going g WHERE r.id = g.row_id
)
UPDATE years_enrolment e
SET class_id = coalesce(g.to_class, e.class_id), first_class_id = coalesce(e.first_class_id, g.to_class),
    grade_code = g.grade_code
FROM going g
WHERE e.start_year = %(start_year)s AND e.id = g.id;
