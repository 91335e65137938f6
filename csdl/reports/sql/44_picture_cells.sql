-- Purpose: the cells that the pictures of some reports show, added up over the reports.
-- Inputs:  snapshot_ids; arrays forms, places, all_columns, female_columns, ethnic_columns, ethnic_female_columns (one
--          entry for each row wanted; a column 0 is not there).
-- Rows:    one per wanted row that some freeze holds, by its number in the arrays.
SELECT w.number, coalesce(sum(c.figures[w.c_all]), 0) AS total, coalesce(sum(c.figures[w.c_female]), 0) AS female,
       coalesce(sum(c.figures[w.c_ethnic]), 0) AS ethnic, coalesce(sum(c.figures[w.c_ethnic_female]), 0) AS ethnic_female
FROM unnest(%(forms)s::text[], %(places)s::int[], %(all_columns)s::int[], %(female_columns)s::int[],
            %(ethnic_columns)s::int[], %(ethnic_female_columns)s::int[])
    WITH ORDINALITY AS w (form_code, place, c_all, c_female, c_ethnic, c_ethnic_female, number)
JOIN reports_cellrow c ON c.snapshot_id = ANY (%(snapshot_ids)s) AND c.form_code = w.form_code AND c.place = w.place
GROUP BY w.number
