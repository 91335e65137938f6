-- Floor of the department's sums: every level's accepted reports as parts, their cells added and kept. Nothing is asked of
-- rights, owed reports or earlier sums, nothing re-added.
BEGIN;
WITH root AS (SELECT id FROM orgs_orgunit WHERE parent_id IS NULL),
made AS (
    INSERT INTO reports_consolidation (period_id, unit_id, level_code, state)
    SELECT DISTINCT b.period_id, root.id, b.level_code, 'made' FROM reports_submission b, root WHERE b.state = 'approved_l2'
    RETURNING id, period_id, unit_id, level_code
)
INSERT INTO reports_consolidationversion
    (consolidation_id, unit_id, version, basis, made_at, made_by_label, expected_count, included_count, pupil_count, missing,
     digest)
SELECT m.id, m.unit_id, 1, 'tt24', clock_timestamp(), 'bench', count(*), count(*), sum(s.pupil_count), '[]', repeat('0', 64)
FROM made m
JOIN reports_submission b ON b.period_id = m.period_id AND b.level_code = m.level_code AND b.state = 'approved_l2'
JOIN reports_snapshot s ON s.id = b.snapshot_id GROUP BY m.id, m.unit_id;
UPDATE reports_consolidation c SET current_id = v.id
FROM reports_consolidationversion v WHERE v.consolidation_id = c.id AND c.current_id IS NULL;
INSERT INTO reports_consolidationpart (version_id, unit_id, of_unit_id, submission_id, snapshot_id)
SELECT c.current_id, c.unit_id, b.unit_id, b.id, b.snapshot_id
FROM reports_consolidation c
JOIN orgs_orgunit u ON u.id = c.unit_id AND u.parent_id IS NULL
JOIN reports_submission b ON b.period_id = c.period_id AND b.level_code = c.level_code AND b.state = 'approved_l2';
INSERT INTO reports_consolidationrow (version_id, unit_id, form_code, place, indicator_code, figures)
SELECT p.version_id, p.unit_id, c.form_code, c.place, c.indicator_code, (ARRAY[
               sum(c.figures[1]), sum(c.figures[2]), sum(c.figures[3]), sum(c.figures[4]), sum(c.figures[5]), sum(c.figures[6]),
               sum(c.figures[7]), sum(c.figures[8]), sum(c.figures[9]), sum(c.figures[10]), sum(c.figures[11]), sum(c.figures[12]),
               sum(c.figures[13]), sum(c.figures[14]), sum(c.figures[15]), sum(c.figures[16]), sum(c.figures[17]), sum(c.figures[18]), sum(c.figures[19])])[1:max(cardinality(c.figures))]
FROM reports_consolidationpart p
JOIN orgs_orgunit u ON u.id = p.unit_id AND u.parent_id IS NULL
JOIN reports_cellrow c ON c.snapshot_id = p.snapshot_id
GROUP BY 1, 2, 3, 4, 5;
COMMIT;
