-- Purpose: classes of some snapshots: those with a pupil present in the frozen rows.
-- Inputs:  snapshot_ids, period_id, code sets of data/counting.csv.
-- Rows:    one per class and level; a combined class counts once, in the grade with most of its pupils (reports.md section 9).
WITH by_grade AS (
    SELECT snapshot_id, class_id, grade_code, count(*) AS pupils, count(*) FILTER (WHERE is_inclusive) AS disabled
    FROM reports_countedpupil
    WHERE period_id = %(period_id)s AND snapshot_id = ANY (%(snapshot_ids)s) AND is_present
    GROUP BY snapshot_id, class_id, grade_code
), by_class AS (
    SELECT snapshot_id, class_id, (array_agg(grade_code ORDER BY pupils DESC, grade_code))[1] AS grade_code,
           sum(pupils) AS pupils, sum(disabled) AS disabled
    FROM by_grade GROUP BY snapshot_id, class_id
)
SELECT s.id AS snapshot_id, s.unit_id, c.id AS class_id, c.name, b.grade_code, c.age_group_code, c.mixed_age, c.is_combined,
       CASE WHEN c.sessions_per_week_code <> '' THEN c.sessions_per_week_code = ANY (%(two_sessions_weekly)s)
            ELSE c.session_code = ANY (%(two_sessions_day)s) END AS has_two_sessions,
       c.is_semi_boarding,
       c.is_special OR s.school_type_code = ANY (%(special_school_type)s) AS is_special,
       b.pupils AS pupil_count, b.disabled AS disabled_count
FROM by_class b
JOIN reports_snapshot s ON s.id = b.snapshot_id
JOIN years_schoolclass c ON c.id = b.class_id
