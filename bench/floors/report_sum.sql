-- Floor of a sum's page: the sum with its unit, a page of its parts with where their reports stand and how many there are,
-- its figures, whether a part was given back, who signed, what happened to it.
SELECT * FROM reports_consolidation c JOIN reports_consolidationversion v ON v.id = c.current_id
JOIN orgs_orgunit u ON u.id = c.unit_id WHERE v.id = %(version)s;
--;
SELECT u.public_id, s.unit_name, s.version, s.pupil_count, b.sent_at, b.late_minutes, count(*) OVER ()
FROM reports_consolidationpart p
JOIN orgs_orgunit u ON u.id = p.of_unit_id
JOIN reports_snapshot s ON s.id = p.snapshot_id
JOIN reports_submission b ON b.id = p.submission_id
WHERE p.version_id = %(version)s ORDER BY u.sort_key, u.id LIMIT 50;
--;
SELECT form_code, indicator_code, figures FROM reports_consolidationrow WHERE version_id = %(version)s;
--;
SELECT 1 FROM reports_consolidationpart p JOIN reports_submission b ON b.id = p.submission_id
WHERE p.version_id = %(version)s
  AND (b.state NOT IN ('approved_l2', 'finalised') OR b.snapshot_id IS DISTINCT FROM p.snapshot_id) LIMIT 1;
--;
SELECT * FROM reports_signature WHERE version_id = %(version)s LIMIT 1;
--;
SELECT * FROM reports_statemove m JOIN reports_consolidation c ON c.id = m.consolidation_id
WHERE c.current_id = %(version)s ORDER BY m.id DESC;
