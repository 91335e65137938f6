-- Purpose: cells that are carried: what was typed in the report of the last period of the kind, where nothing is typed yet.
-- Inputs:  snapshot_ids, forms and codes of the carried rows.
-- Safe to run again: what was typed meanwhile stays.
WITH carried AS (
    SELECT * FROM unnest(%(forms)s::text[], %(codes)s::text[]) AS c (form_code, indicator_code)
), last_report AS (
    SELECT DISTINCT ON (s.submission_id) s.submission_id, s.unit_id, b.id AS before_id
    FROM reports_snapshot s
    JOIN reports_reportperiod p ON p.id = s.period_id
    JOIN reports_submission b ON b.unit_id = s.unit_id AND b.level_code = s.level_code
    JOIN reports_reportperiod q ON q.id = b.period_id AND q.kind = p.kind AND q.snapshot_on < p.snapshot_on
    WHERE s.id = ANY (%(snapshot_ids)s)
    ORDER BY s.submission_id, q.snapshot_on DESC
)
INSERT INTO reports_typedcell
    (submission_id, unit_id, form_code, indicator_code, column_code, figure, is_carried)
SELECT l.submission_id, l.unit_id, t.form_code, t.indicator_code, t.column_code, t.figure, true
FROM last_report l
JOIN reports_typedcell t ON t.submission_id = l.before_id
JOIN carried c ON c.form_code = t.form_code AND c.indicator_code = t.indicator_code
ON CONFLICT DO NOTHING
