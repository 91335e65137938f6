-- Purpose: where what was frozen does not agree with the records: pupils counted once each, as many as the spells that cover
--          the day give, and as many as the form's total says.
-- Inputs:  snapshot_ids, period_id, start_year, day; total_forms, total_places (the row of each form that counts every pupil).
-- Rows:    none where all adds up; else the snapshot, what was compared, both figures.
WITH chosen AS (
    SELECT id, unit_id, level_code, pupil_count FROM reports_snapshot WHERE id = ANY (%(snapshot_ids)s)
), records AS (
    -- Counted apart from 20_pupils.sql on purpose: by enrolment and the level of its grade, without a look at the person.
    SELECT e.school_id, g.level_code, count(*) AS pupils
    FROM years_enrolment e
    JOIN codes_grade g ON g.code = e.grade_code
    LEFT JOIN (
        SELECT DISTINCT ON (enrolment_id) enrolment_id, from_class_id FROM years_classmove
        WHERE start_year = %(start_year)s AND moved_on > %(day)s ORDER BY enrolment_id, moved_on, id
    ) m ON m.enrolment_id = e.id
    WHERE e.start_year = %(start_year)s AND e.school_id IN (SELECT unit_id FROM chosen)
      AND e.enrolled_on <= %(day)s AND (e.left_on IS NULL OR e.left_on > %(day)s)
      AND CASE WHEN m.enrolment_id IS NULL THEN e.class_id ELSE m.from_class_id END IS NOT NULL
    GROUP BY e.school_id, g.level_code
), doubled AS (
    SELECT snapshot_id, count(*) - count(DISTINCT enrolment_id) AS twice
    FROM reports_countedpupil WHERE period_id = %(period_id)s AND snapshot_id = ANY (%(snapshot_ids)s) GROUP BY snapshot_id
), totals AS (
    SELECT c.snapshot_id, c.figures[1] AS total
    FROM reports_cellrow c
    JOIN unnest(%(total_forms)s::text[], %(total_places)s::int[]) AS t (form_code, place)
        ON t.form_code = c.form_code AND t.place = c.place
    WHERE c.snapshot_id = ANY (%(snapshot_ids)s)
)
SELECT c.id AS snapshot_id, 'records' AS what, coalesce(r.pupils, 0) AS wanted, c.pupil_count AS found
FROM chosen c LEFT JOIN records r ON r.school_id = c.unit_id AND r.level_code = c.level_code
WHERE coalesce(r.pupils, 0) <> c.pupil_count
UNION ALL
SELECT snapshot_id, 'doubled', 0, twice FROM doubled WHERE twice > 0
UNION ALL
SELECT c.id, 'total', c.pupil_count, t.total FROM chosen c JOIN totals t ON t.snapshot_id = c.id
WHERE t.total <> c.pupil_count
