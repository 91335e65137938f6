-- Purpose: which person a row is about: by our record, ministry code, identity number, local code, then name and birth, without a birth date name and class;
--          of one way, whoever is enrolled this year goes first. Two left: a choice for a person. Input: start_year.
WITH person AS MATERIALIZED (
    SELECT p.school_id, p.is_now, t.id, t.public_id, t.moet_code, t.citizen_id_no, t.local_code, t.search_key,
           t.birth_date, t.gender_code
    FROM intake_pool p JOIN students_student t ON t.id = p.student_id
), hit AS (
    SELECT s.seq, 1 AS way, p.id, p.is_now FROM intake_stage s
    JOIN person p ON p.school_id = s.school_id AND p.public_id = (s.said ->> 'record')::uuid
    WHERE s.noun = 'pupils' AND s.said ? 'record'
    UNION ALL
    SELECT s.seq, 1, p.id, p.is_now FROM intake_stage s
    JOIN years_enrolment e ON e.public_id = (s.said ->> 'record')::uuid AND e.start_year = %(start_year)s
    JOIN person p ON p.school_id = s.school_id AND p.school_id = e.school_id AND p.id = e.student_id
    WHERE s.noun = 'pupils' AND s.said ? 'record'
    UNION ALL
    SELECT s.seq, 2, p.id, p.is_now FROM intake_stage s
    JOIN person p ON p.school_id = s.school_id AND p.moet_code = s.said ->> 'moet_code'
    WHERE s.noun = 'pupils' AND s.said ->> 'moet_code' <> ''
    UNION ALL
    SELECT s.seq, 3, p.id, p.is_now FROM intake_stage s
    JOIN person p ON p.school_id = s.school_id AND p.citizen_id_no = s.said ->> 'citizen_id_no'
    WHERE s.noun = 'pupils' AND s.said ->> 'citizen_id_no' <> ''
    UNION ALL
    SELECT s.seq, 4, p.id, p.is_now FROM intake_stage s
    JOIN person p ON p.school_id = s.school_id AND p.local_code = s.said ->> 'local_code'
    WHERE s.noun = 'pupils' AND s.said ->> 'local_code' <> ''
    UNION ALL
    SELECT s.seq, 5, p.id, p.is_now FROM intake_stage s
    JOIN person p ON p.school_id = s.school_id AND p.search_key = s.name_key
        AND p.birth_date = (s.said ->> 'birth_date')::date
        AND (NOT s.said ? 'gender_code' OR p.gender_code IN ('', s.said ->> 'gender_code'))
    WHERE s.noun = 'pupils'
    UNION ALL
    -- A list of names alone speaks of the pupils of its class.
    SELECT s.seq, 6, p.id, p.is_now FROM intake_stage s
    JOIN person p ON p.school_id = s.school_id AND p.search_key = s.name_key
        AND (NOT s.said ? 'gender_code' OR p.gender_code IN ('', s.said ->> 'gender_code'))
    JOIN years_enrolment e ON e.start_year = %(start_year)s AND e.student_id = p.id AND e.school_id = s.school_id
    JOIN years_schoolclass c ON c.id = e.class_id AND csdl_fold(c.name) = s.class_key
    WHERE s.noun = 'pupils' AND NOT s.said ? 'birth_date'
), ranked AS (
    SELECT seq, id, 2 * way + CASE WHEN is_now THEN 0 ELSE 1 END AS place,
           min(2 * way + CASE WHEN is_now THEN 0 ELSE 1 END) OVER (PARTITION BY seq) AS best
    FROM hit
), chosen AS (
    SELECT seq, array_agg(DISTINCT id) AS ids FROM ranked WHERE place = best GROUP BY seq
)
UPDATE intake_stage s
SET target_id = CASE WHEN cardinality(c.ids) = 1 THEN c.ids[1] END,
    candidates = CASE WHEN cardinality(c.ids) > 1 THEN (
        SELECT string_agg(t.full_name || coalesce(' (' || to_char(t.birth_date, 'DD/MM/YYYY') || ')', '')
                          || coalesce(', mã ' || nullif(t.local_code, ''), ''), '; ' ORDER BY t.sort_key, t.id)
        FROM students_student t WHERE t.id = ANY (c.ids)) END
FROM chosen c
WHERE s.seq = c.seq;
