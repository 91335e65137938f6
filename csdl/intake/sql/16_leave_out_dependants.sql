-- Purpose: what a row of the plan would make and is left out leaves out the rows that need it: a class its pupils, its site
--          the class. Input: run_id. The rows that go along are counted. Safe to run twice.
WITH RECURSIVE made AS MATERIALIZED (
    SELECT id, noun, target_id FROM intake_importrow
    WHERE run_id = %(run_id)s AND noun IN ('sites', 'classes', 'staff') AND state = 'created'
), needs AS MATERIALIZED (
    SELECT r.id AS row_id, m.id AS needed_id
    FROM intake_importrow r
    CROSS JOIN LATERAL (VALUES ('sites', 'site_id'), ('classes', 'class_id'), ('staff', 'staff_id')) tie (noun, key)
    JOIN made m ON m.noun = tie.noun AND m.target_id = (r.kept ->> tie.key)::bigint
    WHERE r.run_id = %(run_id)s AND r.kept <> '{}' AND r.state IN ('created', 'updated', 'conflict')
), gone (id) AS (
    SELECT m.id FROM made m JOIN intake_importrow r ON r.id = m.id WHERE NOT r.is_wanted
    UNION
    SELECT n.row_id FROM gone g JOIN needs n ON n.needed_id = g.id
)
UPDATE intake_importrow r SET is_wanted = false FROM gone g WHERE r.id = g.id AND r.is_wanted;
