-- Purpose: the sums of the cells of a consolidation's parts, row by row; ratios are made of sums, never summed.
-- Inputs:  version_id; {totals} is one sum for each place of the widest set of columns: half the time of taking every
--          row of cells apart and putting it together again.
-- Rows:    one per form row, figures in the order of its columns; null where no part has a figure. Grouped by its code
--          alone, wherever it stands: the planner then sees how few groups there are, and sorts nothing.
SELECT c.form_code, any_value(c.place) AS place, c.indicator_code,
       (ARRAY[{totals}])[1:max(cardinality(c.figures))] AS figures
FROM reports_consolidationpart p
JOIN reports_cellrow c ON c.snapshot_id = p.snapshot_id
WHERE p.version_id = %(version_id)s
GROUP BY c.form_code, c.indicator_code
