-- Purpose: undo sends pupils back to the class and grade they came from and forgets the move. Inputs: start_year,
--          applied_at.
WITH back AS (
    SELECT e.id, e.class_id AS in_class, c.id AS to_class, w.cells ? 'class_name' AS is_move,
           coalesce(w.cells ->> 'grade_code', e.grade_code) AS grade_code
    FROM intake_write w
    JOIN years_enrolment e ON e.start_year = %(start_year)s AND e.student_id = w.target_id AND e.school_id = w.school_id
        AND e.left_on IS NULL
    LEFT JOIN years_schoolclass c ON c.start_year = %(start_year)s AND c.school_id = w.school_id
        AND c.name = w.cells ->> 'class_name'
    WHERE w.noun = 'pupils' AND w.cells ?| ARRAY['class_name', 'grade_code'] AND w.state <> 'created'
), forgotten AS (
    DELETE FROM years_classmove m USING back b
    WHERE m.start_year = %(start_year)s AND m.enrolment_id = b.id AND b.is_move AND m.to_class_id = b.in_class
      AND m.created_at = %(applied_at)s
)
UPDATE years_enrolment e
SET class_id = CASE WHEN b.is_move THEN b.to_class ELSE e.class_id END,
    first_class_id = CASE WHEN b.is_move AND b.to_class IS NULL THEN NULL ELSE e.first_class_id END,
    grade_code = b.grade_code
FROM back b
WHERE e.start_year = %(start_year)s AND e.id = b.id;
