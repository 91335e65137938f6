-- Purpose: cells whose figure was typed, changed or emptied after a freeze, so that its form does not hold what stands now.
-- Inputs:  submission_id, snapshot_id; the cells that are typed, as arrays: forms, codes, places (of the row), columns,
--          positions (of the column).
-- Rows:    one per cell, in the order of the form.
SELECT k.form_code, k.indicator_code, k.column_code
FROM unnest(%(forms)s::text[], %(codes)s::text[], %(places)s::int[], %(columns)s::text[], %(positions)s::int[])
    AS k (form_code, indicator_code, place, column_code, position)
JOIN reports_cellrow c
    ON c.snapshot_id = %(snapshot_id)s AND c.form_code = k.form_code AND c.place = k.place
LEFT JOIN reports_typedcell t
    ON t.submission_id = %(submission_id)s AND t.form_code = k.form_code AND t.indicator_code = k.indicator_code
    AND t.column_code = k.column_code
WHERE c.figures[k.position] IS DISTINCT FROM t.figure
ORDER BY k.form_code, k.place, k.position
