-- Purpose: a new version of each report that is to be frozen, with what the unit was on the snapshot day.
-- Inputs:  submission_ids, run_id, period_id, known_at, frozen_by, frozen_by_label, basis; those of 10_expected_reports.sql,
--          whose text stands in the place of {expected}.
-- Writes:  one snapshot per report, not yet sealed; answers their keys.
INSERT INTO reports_snapshot
    (submission_id, run_id, period_id, unit_id, level_code, version, start_year, valid_on, known_at, frozen_by,
     frozen_by_label, basis, unit_name, unit_kind, parent_id, parent_name, level_group_code, ownership_code,
     school_type_code, region_code, is_top_level, pupil_count, class_count, staff_count, error_count, warning_count, digest)
SELECT b.id, %(run_id)s, %(period_id)s, x.unit_id, x.level_code,
       1 + coalesce((SELECT max(o.version) FROM reports_snapshot o WHERE o.submission_id = b.id), 0),
       %(start_year)s, %(day)s, %(known_at)s, %(frozen_by)s, %(frozen_by_label)s, %(basis)s, x.unit_name, x.unit_kind,
       x.parent_id, x.parent_name, x.level_group_code, x.ownership_code, x.school_type_code, x.region_code,
       x.is_top_level, 0, 0, 0, 0, 0, ''
FROM ({expected}) x
JOIN reports_submission b ON b.period_id = %(period_id)s AND b.unit_id = x.unit_id AND b.level_code = x.level_code
WHERE b.id = ANY (%(submission_ids)s)
ORDER BY x.unit_id, x.level_code
RETURNING id
