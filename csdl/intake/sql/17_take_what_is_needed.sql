-- Purpose: rows that are taken after all take along what they need of the same file: a pupil the new class, the class its
--          site. Inputs: run_id, row_ids. The rows that come along are counted. Safe to run twice.
WITH RECURSIVE made AS MATERIALIZED (
    SELECT id, noun, target_id FROM intake_importrow
    WHERE run_id = %(run_id)s AND noun IN ('sites', 'classes', 'staff') AND state = 'created'
), needs AS MATERIALIZED (
    SELECT r.id AS row_id, m.id AS needed_id
    FROM intake_importrow r
    CROSS JOIN LATERAL (VALUES ('sites', 'site_id'), ('classes', 'class_id'), ('staff', 'staff_id')) tie (noun, key)
    JOIN made m ON m.noun = tie.noun AND m.target_id = (r.kept ->> tie.key)::bigint
    WHERE r.run_id = %(run_id)s AND r.kept <> '{}' AND r.state IN ('created', 'updated', 'conflict')
), come (id) AS (
    SELECT unnest(%(row_ids)s::bigint[])
    UNION
    SELECT n.needed_id FROM come c JOIN needs n ON n.row_id = c.id
)
UPDATE intake_importrow r SET is_wanted = true FROM come c
WHERE r.id = c.id AND NOT r.is_wanted AND r.id <> ALL (%(row_ids)s::bigint[]);
