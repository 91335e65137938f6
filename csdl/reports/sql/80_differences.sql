-- Purpose: rows of the forms whose figures differ between two freezes of one report, or two consolidations.
-- Inputs:  old_id, new_id; {rows} is the table of the rows, {of} the column that says whose they are.
SELECT coalesce(n.form_code, o.form_code) AS form_code, coalesce(n.indicator_code, o.indicator_code) AS indicator_code,
       o.figures AS old_figures, n.figures AS new_figures
FROM (SELECT * FROM {rows} WHERE {of} = %(old_id)s) o
FULL JOIN (SELECT * FROM {rows} WHERE {of} = %(new_id)s) n
    ON n.form_code = o.form_code AND n.place = o.place
WHERE o.figures IS DISTINCT FROM n.figures
ORDER BY 1, coalesce(n.place, o.place)
