-- Purpose: which class of the school's year a row is about: by our record or by name. Input: start_year.
WITH hit AS (
    SELECT s.seq, c.id, CASE WHEN c.public_id = (s.said ->> 'record')::uuid THEN 1 ELSE 2 END AS way
    FROM intake_stage s
    JOIN years_schoolclass c ON c.school_id = s.school_id AND c.start_year = %(start_year)s
        AND (c.public_id = (s.said ->> 'record')::uuid OR csdl_fold(c.name) = s.class_key)
    WHERE s.noun = 'classes'
), chosen AS (
    SELECT DISTINCT ON (seq) seq, id FROM hit ORDER BY seq, way, id
)
UPDATE intake_stage s SET target_id = c.id, side_id = c.id FROM chosen c WHERE s.seq = c.seq;
