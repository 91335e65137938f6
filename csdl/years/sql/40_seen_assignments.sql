-- Purpose: what a page over a school's assignments shows: the newest row and the newest edit of both kinds.
-- Inputs:  school_id, start_year. Reads keys only; writes nothing.
WITH own AS MATERIALIZED (
    SELECT id FROM years_schoolclass WHERE school_id = %(school_id)s AND start_year = %(start_year)s
)
SELECT
    (SELECT coalesce(max(id), 0) FROM years_teachingassignment WHERE class_id IN (SELECT id FROM own)) AS teaching_row,
    (SELECT coalesce(max(pgh_id), 0) FROM years_teachingassignmentevent WHERE class_id IN (SELECT id FROM own))
        AS teaching_edit,
    (SELECT coalesce(max(id), 0) FROM years_homeroomassignment WHERE class_id IN (SELECT id FROM own)) AS homeroom_row,
    (SELECT coalesce(max(pgh_id), 0) FROM years_homeroomassignmentevent WHERE class_id IN (SELECT id FROM own))
        AS homeroom_edit;
