-- Purpose: rows of the kept plan that would be planned otherwise now, or whose school is no longer reached. Inputs: run_id,
--          school_ids.
SELECT r.sheet, r.row_no, r.label
FROM intake_importrow r
JOIN intake_stage s ON s.seq = r.id - (SELECT min(id) FROM intake_importrow WHERE run_id = %(run_id)s)
LEFT JOIN (SELECT seq, bool_or(effect = 'reject') AS is_rejected FROM intake_found GROUP BY seq) f USING (seq)
WHERE r.run_id = %(run_id)s
  AND (coalesce(f.is_rejected, false)
    OR r.school_id <> ALL (%(school_ids)s::bigint[])
    OR r.changes <> coalesce(s.changes, '[]')
    OR r.state <> CASE WHEN s.candidates IS NOT NULL OR s.has_theirs THEN 'conflict' WHEN s.side_id IS NULL THEN 'created'
                       WHEN s.changes IS NOT NULL THEN 'updated' ELSE 'unchanged' END
    OR (s.target_id IS NOT NULL AND s.target_id IS DISTINCT FROM r.target_id)
    OR (s.target_id IS NULL AND r.state IN ('updated', 'unchanged')))
ORDER BY r.id;
