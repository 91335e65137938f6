-- Purpose: the classes that rows may name: those of the schools' year, and those that the same file makes. Input:
--          start_year.
DELETE FROM intake_class;
INSERT INTO intake_class
SELECT DISTINCT ON (c.school_id, csdl_fold(c.name)) c.school_id, csdl_fold(c.name), c.id, c.name,
       (SELECT array_agg(g.grade_code ORDER BY g.grade_code) FROM years_classgrade g WHERE g.class_id = c.id)
FROM years_schoolclass c
WHERE c.start_year = %(start_year)s AND c.school_id IN (SELECT DISTINCT school_id FROM intake_stage)
ORDER BY c.school_id, csdl_fold(c.name), c.id;
INSERT INTO intake_class
SELECT s.school_id, s.class_key, NULL, s.said ->> 'name', ARRAY[s.said ->> 'grade_code'], s.seq
FROM intake_stage s
WHERE s.noun = 'classes' AND s.side_id IS NULL AND s.candidates IS NULL
  AND NOT EXISTS (SELECT 1 FROM intake_found f WHERE f.seq = s.seq AND f.effect = 'reject');
ANALYZE intake_class;
