-- What was said of a whole check before becomes what was said of each row that broke it then: at the newest freeze that
-- was there when the words were last written. One that no freeze bears out is left as it is and explains no row.
WITH written AS (
    SELECT e.id, e.submission_id, e.form_code, e.check_code, s.id AS snapshot_id,
           coalesce(a.full_name || ' (' || a.username || ')', '') AS label
    FROM reports_checkexplanation e
    LEFT JOIN accounts_account a ON a.id = e.explained_by
    CROSS JOIN LATERAL (
        SELECT o.id FROM reports_snapshot o
        WHERE o.submission_id = e.submission_id
          AND o.known_at <= greatest(e.explained_at, (
              SELECT max(h.pgh_created_at) FROM reports_checkexplanationevent h WHERE h.pgh_obj_id = e.id))
        ORDER BY o.version DESC LIMIT 1
    ) s
    WHERE e.indicator_code = ''
), broken AS (
    SELECT w.id, w.snapshot_id, w.label, f.indicator_code, row_number() OVER (PARTITION BY w.id ORDER BY min(f.id)) AS place
    FROM written w
    JOIN reports_failedcheck f
        ON f.snapshot_id = w.snapshot_id AND f.form_code = w.form_code AND f.check_code = w.check_code
    GROUP BY w.id, w.snapshot_id, w.label, f.indicator_code
), others AS (
    INSERT INTO reports_checkexplanation
        (submission_id, unit_id, snapshot_id, form_code, check_code, indicator_code, text, explained_by, explained_by_label,
         explained_at)
    SELECT e.submission_id, e.unit_id, b.snapshot_id, e.form_code, e.check_code, b.indicator_code, e.text, e.explained_by,
           b.label, e.explained_at
    FROM broken b JOIN reports_checkexplanation e ON e.id = b.id
    WHERE b.place > 1
)
UPDATE reports_checkexplanation e
SET snapshot_id = b.snapshot_id, indicator_code = b.indicator_code, explained_by_label = b.label
FROM broken b WHERE b.id = e.id AND b.place = 1;
