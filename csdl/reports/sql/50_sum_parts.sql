-- Purpose: the sums of the cells of a consolidation's parts, place by place; ratios are made of sums, never summed.
-- Inputs:  version_id.
-- Rows:    one per form row, figures in the order of its columns; null where no part has a figure.
SELECT form_code, place, indicator_code, array_agg(total ORDER BY col) AS figures
FROM (
    SELECT c.form_code, c.place, c.indicator_code, f.col, sum(f.figure) AS total
    FROM reports_consolidationpart p
    JOIN reports_cellrow c ON c.snapshot_id = p.snapshot_id
    CROSS JOIN LATERAL unnest(c.figures) WITH ORDINALITY AS f (figure, col)
    WHERE p.version_id = %(version_id)s
    GROUP BY c.form_code, c.place, c.indicator_code, f.col
) AS summed
GROUP BY form_code, place, indicator_code
