-- Purpose: the classes that rows may name: those of the schools' year, and those that the same file makes. Input:
--          start_year.
DELETE FROM intake_class;
INSERT INTO intake_class
SELECT DISTINCT ON (c.school_id, csdl_fold(c.name)) c.school_id, csdl_fold(c.name), c.id, c.name,
       held.grades, held.names
FROM years_schoolclass c
CROSS JOIN LATERAL (
    SELECT array_agg(g.grade_code ORDER BY g.grade_code) AS grades,
           string_agg(lower(k.name_vi), ', ' ORDER BY g.grade_code) AS names
    FROM years_classgrade g JOIN codes_grade k ON k.code = g.grade_code WHERE g.class_id = c.id
) held
WHERE c.start_year = %(start_year)s AND c.school_id IN (SELECT DISTINCT school_id FROM intake_stage)
ORDER BY c.school_id, csdl_fold(c.name), c.id;
INSERT INTO intake_class
SELECT s.school_id, s.class_key, NULL, s.said ->> 'name', ARRAY[s.said ->> 'grade_code'], lower(k.name_vi), s.seq
FROM intake_stage s
LEFT JOIN codes_grade k ON k.code = s.said ->> 'grade_code'
WHERE s.noun = 'classes' AND s.side_id IS NULL AND s.candidates IS NULL
  AND NOT EXISTS (SELECT 1 FROM intake_found f WHERE f.seq = s.seq AND f.effect = 'reject');
ANALYZE intake_class;
