-- Classes, profiles and staff rows of these runs that the school has confirmed or edited since. Inputs: from_year, run_ids.
SELECT c.school_id, NULL::bigint AS enrolment_id, NULL::bigint AS student_id, c.id AS class_id
FROM years_schoolclass c JOIN rollover_rolloverrun r ON r.id = c.run_id
WHERE c.start_year = %(from_year)s + 1 AND c.run_id = ANY (%(run_ids)s)
  AND (c.is_confirmed OR c.changed_at > r.created_at)
UNION ALL
SELECT p.school_id, NULL, NULL, NULL FROM orgs_schoolprofile p
WHERE p.start_year = %(from_year)s + 1 AND p.run_id = ANY (%(run_ids)s) AND p.is_confirmed
UNION ALL
SELECT DISTINCT y.unit_id, NULL::bigint, NULL::bigint, NULL::bigint FROM staff_staffyear y
WHERE y.start_year = %(from_year)s + 1 AND y.run_id = ANY (%(run_ids)s) AND y.is_confirmed;
