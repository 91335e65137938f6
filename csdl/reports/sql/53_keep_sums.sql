-- Purpose: keep the sums of a consolidation's parts.
-- Inputs:  version_id, unit_id; {sums} is the text of 50_sum_parts.sql.
-- Writes:  one row per form row.
INSERT INTO reports_consolidationrow (version_id, unit_id, form_code, place, indicator_code, figures)
SELECT %(version_id)s, %(unit_id)s, form_code, place, indicator_code, figures FROM ({sums}) AS summed
