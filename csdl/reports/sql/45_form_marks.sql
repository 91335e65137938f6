-- Purpose: what stands on the cells of a form beside their figures: remarks, and rows with a broken check.
-- Inputs:  submission_id, snapshot_id, form_code.
-- Rows:    one per cell with a remark (what "remark"), one per row with a broken check ("check", no column).
SELECT DISTINCT 'remark' AS what, indicator_code, column_code
FROM reports_cellremark WHERE submission_id = %(submission_id)s AND form_code = %(form_code)s
UNION ALL
SELECT DISTINCT 'check', indicator_code, ''
FROM reports_failedcheck WHERE snapshot_id = %(snapshot_id)s AND form_code = %(form_code)s
