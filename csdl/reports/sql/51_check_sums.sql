-- Purpose: what of a consolidation no longer equals its parts added up again: rows, and the pupils counted one by one.
-- Inputs:  version_id, period_id; {sums} is the text of 50_sum_parts.sql.
-- Rows:    one per difference: what, where, found, wanted. None: the top equals the bottom.
WITH again AS MATERIALIZED ({sums})
SELECT 'row' AS what, coalesce(r.form_code, a.form_code) || ' ' || coalesce(r.indicator_code, a.indicator_code) AS place,
       (SELECT sum(x) FROM unnest(r.figures) AS x) AS found, (SELECT sum(x) FROM unnest(a.figures) AS x) AS wanted
FROM (SELECT * FROM reports_consolidationrow WHERE version_id = %(version_id)s) r
FULL JOIN again a ON a.form_code = r.form_code AND a.indicator_code = r.indicator_code
WHERE r.figures IS DISTINCT FROM a.figures
UNION ALL
SELECT 'pupils', '', v.pupil_count, n.pupils
FROM reports_consolidationversion v,
     LATERAL (SELECT count(*) AS pupils FROM reports_consolidationpart p
              JOIN reports_countedpupil c ON c.period_id = %(period_id)s AND c.snapshot_id = p.snapshot_id AND c.is_present
              WHERE p.version_id = v.id) n
WHERE v.id = %(version_id)s AND v.pupil_count <> n.pupils
