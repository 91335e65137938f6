-- Purpose: counts and hash of each snapshot, over its cells and the facts counted; names and birth dates stay out of the
--          hash, so that it holds when a person is erased. The hash of one snapshot never depends on another.
-- Inputs:  snapshot_ids, period_id.
WITH pupils AS (
    SELECT snapshot_id, count(*) FILTER (WHERE is_present) AS present,
           encode(sha256(convert_to(string_agg(concat_ws('|', enrolment_id, class_id, grade_code, age, age_months,
               is_female::int, is_minority::int, is_new_intake::int, is_repeater::int, disability_code, left_how, outcome),
               E'\n' ORDER BY enrolment_id), 'UTF8')), 'hex') AS digest
    FROM reports_countedpupil
    WHERE period_id = %(period_id)s AND snapshot_id = ANY (%(snapshot_ids)s) GROUP BY snapshot_id
), staff AS (
    SELECT snapshot_id, count(*) FILTER (WHERE category <> '') AS counted,
           encode(sha256(convert_to(string_agg(concat_ws('|', posting_id, category, position_code, training, subject_code,
               contract_group, age, is_female::int, is_minority::int), E'\n' ORDER BY posting_id), 'UTF8')), 'hex') AS digest
    FROM reports_countedstaff WHERE snapshot_id = ANY (%(snapshot_ids)s) GROUP BY snapshot_id
), classes AS (
    SELECT snapshot_id, count(*) AS counted FROM reports_countedclass WHERE snapshot_id = ANY (%(snapshot_ids)s)
    GROUP BY snapshot_id
), cells AS (
    SELECT snapshot_id, encode(sha256(convert_to(string_agg(form_code || ':' || place || ':' || figures::text, E'\n'
               ORDER BY form_code, place), 'UTF8')), 'hex') AS digest
    FROM reports_cellrow WHERE snapshot_id = ANY (%(snapshot_ids)s) GROUP BY snapshot_id
), failed AS (
    SELECT snapshot_id, count(DISTINCT (form_code, check_code)) FILTER (WHERE severity = 'error') AS errors,
           count(DISTINCT (form_code, check_code)) FILTER (WHERE severity = 'warning') AS warnings
    FROM reports_failedcheck WHERE snapshot_id = ANY (%(snapshot_ids)s) GROUP BY snapshot_id
)
UPDATE reports_snapshot s
SET pupil_count = coalesce(p.present, 0), staff_count = coalesce(t.counted, 0), class_count = coalesce(k.counted, 0),
    error_count = coalesce(f.errors, 0), warning_count = coalesce(f.warnings, 0),
    digest = encode(sha256(convert_to(concat_ws('|', s.unit_id, s.level_code, s.valid_on, s.basis, p.digest, t.digest,
        c.digest), 'UTF8')), 'hex')
FROM reports_snapshot o
LEFT JOIN pupils p ON p.snapshot_id = o.id
LEFT JOIN staff t ON t.snapshot_id = o.id
LEFT JOIN classes k ON k.snapshot_id = o.id
LEFT JOIN cells c ON c.snapshot_id = o.id
LEFT JOIN failed f ON f.snapshot_id = o.id
WHERE o.id = s.id AND s.id = ANY (%(snapshot_ids)s)
