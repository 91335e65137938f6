-- Purpose: undo sends pupils back to the class and grade they came from and forgets the move. Inputs: start_year,
--          applied_at.
WITH back AS (
    SELECT (w.kept ->> 'enrolment_id')::bigint AS id, w.cells ? 'class_name' AS is_move,
           (w.kept ->> 'class_id')::bigint AS in_class, (w.kept ->> 'from_class')::bigint AS to_class,
           (w.kept ->> 'from_first')::bigint AS first_class, w.cells ->> 'grade_code' AS grade_code
    FROM intake_write w
    WHERE w.noun = 'pupils' AND w.kept ? 'enrolment_id'
), forgotten AS (
    DELETE FROM years_classmove m USING back b
    WHERE m.start_year = %(start_year)s AND m.enrolment_id = b.id AND b.is_move AND m.to_class_id = b.in_class
      AND m.created_at = %(applied_at)s
)
UPDATE years_enrolment e
SET class_id = CASE WHEN b.is_move THEN b.to_class ELSE e.class_id END,
    first_class_id = CASE WHEN b.is_move THEN b.first_class ELSE e.first_class_id END,
    grade_code = coalesce(b.grade_code, e.grade_code)
FROM back b
WHERE e.start_year = %(start_year)s AND e.id = b.id;
