-- Purpose: who has no class yet gets one of the grade at the own school.
-- Inputs:  start_year.
UPDATE years_enrolment e
SET class_id = c.id, first_class_id = coalesce(e.first_class_id, c.id)
FROM (
    SELECT DISTINCT ON (school_id, grade_code) school_id, grade_code, id
    FROM years_schoolclass WHERE start_year = %(start_year)s ORDER BY school_id, grade_code, sort_key, id
) c
WHERE e.start_year = %(start_year)s AND e.class_id IS NULL AND e.left_on IS NULL
  AND c.school_id = e.school_id AND c.grade_code = e.grade_code
