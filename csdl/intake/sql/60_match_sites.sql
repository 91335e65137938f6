-- Purpose: which site of the school's year a row is about: by our record, by code, by name. Input: start_year.
WITH hit AS (
    SELECT s.seq, x.id, CASE WHEN x.public_id = (s.said ->> 'record')::uuid THEN 1
                             WHEN x.code = s.said ->> 'code' THEN 2 ELSE 3 END AS way
    FROM intake_stage s
    JOIN orgs_schoolsite x ON x.school_id = s.school_id AND x.start_year = %(start_year)s
        AND (x.public_id = (s.said ->> 'record')::uuid OR x.code = s.said ->> 'code'
             OR (NOT s.said ? 'code' AND csdl_fold(x.name) = s.name_key))
    WHERE s.noun = 'sites'
), chosen AS (
    SELECT DISTINCT ON (seq) seq, id FROM hit ORDER BY seq, way, id
)
UPDATE intake_stage s SET target_id = c.id, side_id = c.id FROM chosen c WHERE s.seq = c.seq;
