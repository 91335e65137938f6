-- Purpose: rooms of every school and level: a classroom for each class, a few of every other kind.
-- Inputs:  start_year.
INSERT INTO orgs_schoolrooms
    (school_id, start_year, level_code, room_code, permanent_count, semi_permanent_count, temporary_count)
SELECT l.school_id, l.start_year, l.level_code, k.code,
       CASE WHEN k.code IN ('01', 'M1', 'N1') THEN greatest(n.classes - l.school_id %% 3, 1)
            WHEN k.code IN ('02', 'M2', 'N2') THEN 0 ELSE 1 END,
       CASE WHEN k.code IN ('01', 'M1', 'N1') AND n.classes > 2 THEN l.school_id %% 3 ELSE 0 END, 0
FROM orgs_schoollevel l
JOIN codes_codevalue k ON k.list_name = 'room_kind' AND l.level_code = ANY (string_to_array(k.extra ->> 'level_codes', ' '))
CROSS JOIN LATERAL (
    SELECT count(*) AS classes FROM years_schoolclass c
    WHERE c.school_id = l.school_id AND c.start_year = l.start_year AND c.level_code = l.level_code
      AND (left(k.code, 1) NOT IN ('M', 'N') OR c.grade_code = CASE left(k.code, 1) WHEN 'N' THEN '16' ELSE '17' END)
) n
WHERE l.start_year = %(start_year)s AND n.classes > 0
ON CONFLICT DO NOTHING
