-- Purpose: which person a row is about, among those who are or were posted at the school: by our record, ministry code,
--          identity number, then name and birth. Two left, or somebody who left by name alone: a choice for a person.
-- Inputs:  first_day, last_day.
WITH person AS MATERIALIZED (
    SELECT p.unit_id, p.id AS posting_id, p.public_id AS posting_key, m.id, m.public_id, m.moet_code, m.citizen_id_no,
           csdl_fold(m.full_name) AS name_key, m.birth_date,
           bool_or(p.valid_from <= %(last_day)s AND (p.valid_to IS NULL OR p.valid_to > %(first_day)s))
               OVER (PARTITION BY p.unit_id, p.staff_id) AS is_now
    FROM staff_staffposting p JOIN staff_staffmember m ON m.id = p.staff_id
    WHERE p.unit_id IN (SELECT school_id FROM intake_stage WHERE noun = 'staff')
), hit AS (
    SELECT s.seq, p.id, CASE
        WHEN (s.said ->> 'record')::uuid IN (p.posting_key, p.public_id) THEN 1
        WHEN p.moet_code <> '' AND p.moet_code = s.said ->> 'moet_code' THEN 2
        WHEN p.citizen_id_no <> '' AND p.citizen_id_no = s.said ->> 'citizen_id_no' THEN 3
        WHEN p.is_now OR p.birth_date = (s.said ->> 'birth_date')::date THEN 4
        ELSE 5 END AS way
    FROM intake_stage s
    JOIN person p ON p.unit_id = s.school_id AND (
        (s.said ->> 'record')::uuid IN (p.posting_key, p.public_id)
        OR (p.moet_code <> '' AND p.moet_code = s.said ->> 'moet_code')
        OR (p.citizen_id_no <> '' AND p.citizen_id_no = s.said ->> 'citizen_id_no')
        OR (p.name_key = s.name_key AND (p.birth_date IS NULL OR NOT s.said ? 'birth_date'
            OR p.birth_date = (s.said ->> 'birth_date')::date)))
    WHERE s.noun = 'staff'
), ranked AS (
    SELECT seq, id, way, min(way) OVER (PARTITION BY seq) AS best FROM hit
), chosen AS (
    SELECT seq, min(best) AS best, array_agg(DISTINCT id) AS ids FROM ranked WHERE way = best GROUP BY seq
)
UPDATE intake_stage s
SET target_id = CASE WHEN cardinality(c.ids) = 1 AND c.best < 5 THEN c.ids[1] END,
    candidates = CASE WHEN cardinality(c.ids) > 1 OR c.best = 5 THEN (
        SELECT string_agg(m.full_name || coalesce(' (' || to_char(m.birth_date, 'DD/MM/YYYY') || ')', ''), '; '
                          ORDER BY m.sort_key, m.id)
        FROM staff_staffmember m WHERE m.id = ANY (c.ids)) END
FROM chosen c
WHERE s.seq = c.seq;
