-- Purpose: the classes that rows may name: those of the schools' year, and those that the same file makes. Who
--          writes a class another way, '6 A', 'Lớp 6A', '6-1' for 6/1, means it where only one class is so written; twin
--          of `class_key` in `sheets/nouns/classes.py`. Inputs: start_year, noun.
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
UPDATE intake_stage s SET class_key = c.class_key
FROM (
    SELECT k.school_id, k.written, min(k.class_key) AS class_key
    FROM (SELECT school_id, class_key, regexp_replace(regexp_replace(regexp_replace(class_key, '^(lop|nhom) +', ''),
           '(?<=[0-9])[^a-z0-9]+(?=[0-9])', '#', 'g'), '[^a-z0-9#]+', '', 'g') AS written FROM intake_class) k
    GROUP BY k.school_id, k.written HAVING count(*) = 1
) c
WHERE s.noun = %(noun)s AND s.noun <> 'classes' AND s.class_key <> '' AND c.school_id = s.school_id
  AND NOT EXISTS (SELECT 1 FROM intake_class k WHERE k.school_id = s.school_id AND k.class_key = s.class_key)
  AND c.written = regexp_replace(regexp_replace(regexp_replace(s.class_key, '^(lop|nhom) +', ''),
           '(?<=[0-9])[^a-z0-9]+(?=[0-9])', '#', 'g'), '[^a-z0-9#]+', '', 'g');
