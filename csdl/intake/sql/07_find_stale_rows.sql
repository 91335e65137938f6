-- Purpose: rows of the kept plan that are to be written and would be planned otherwise now, or whose school is no longer
--          reached. Inputs: run_id, school_ids.
SELECT r.sheet, r.row_no, r.label
FROM intake_importrow r
JOIN intake_stage s ON s.seq = r.id - (SELECT min(id) FROM intake_importrow WHERE run_id = %(run_id)s)
LEFT JOIN (SELECT seq, bool_or(effect = 'reject') AS is_rejected FROM intake_found GROUP BY seq) f USING (seq)
LEFT JOIN intake_class c ON r.kept ? 'class_id' AND c.school_id = s.school_id AND c.class_key = s.class_key
WHERE r.run_id = %(run_id)s AND r.is_wanted
  AND (coalesce(f.is_rejected, false)
    OR r.school_id <> ALL (%(school_ids)s::bigint[])
    OR r.changes <> coalesce(s.changes, '[]')
    -- The same names, but of another class, enrolment or person.
    OR c.class_id <> (r.kept ->> 'class_id')::bigint
    OR s.side_id <> (r.kept ->> 'spell_id')::bigint
    OR (s.said ->> 'staff_id')::bigint <> (r.kept ->> 'staff_id')::bigint
    OR (r.noun IN ('pupils', 'homeroom', 'teaching') AND r.state <> 'unchanged' AND r."values" ? 'class_name'
        AND NOT r.kept ? 'class_id')
    OR (r.noun = 'classes' AND r.state <> 'unchanged' AND r."values" ? 'site' AND NOT r.kept ? 'site_id')
    OR r.state <> CASE WHEN s.candidates IS NOT NULL OR s.has_theirs THEN 'conflict' WHEN s.side_id IS NULL THEN 'created'
                       WHEN s.changes IS NOT NULL THEN 'updated' ELSE 'unchanged' END
    OR (s.target_id IS NOT NULL AND s.target_id IS DISTINCT FROM r.target_id)
    OR (s.target_id IS NULL AND r.state IN ('updated', 'unchanged')))
ORDER BY r.id;
