-- Purpose: staff at work at some snapshots' units at the end of the day, each at the highest level of the posting.
-- Inputs:  snapshot_ids, start_year, day, code sets of data/counting.csv, minority.
-- Rows:    one per posting that covers the day and is not marked as gone. Whoever left later was there on the day.
-- Note:    a level of the posting that the school does not teach is passed over; without one the school's highest holds.
WITH chosen AS (
    SELECT s.id, s.unit_id, s.level_code, s.level_group_code,
           (SELECT array_agg(l.level_code) FROM orgs_schoollevel l
            WHERE l.school_id = s.unit_id AND l.start_year = %(start_year)s) AS levels
    FROM reports_snapshot s WHERE s.id = ANY (%(snapshot_ids)s)
), erased AS (
    SELECT staff FROM csdl_erased_persons()
)
SELECT s.id AS snapshot_id, s.unit_id, o.id AS posting_id, o.staff_id,
       -- Counted like anybody, and not named.
       CASE WHEN o.staff_id = ANY ((SELECT staff FROM erased)::bigint[]) THEN '' ELSE p.full_name END AS full_name,
       CASE WHEN NOT o.staff_id = ANY ((SELECT staff FROM erased)::bigint[]) THEN p.birth_date END AS birth_date,
       CASE WHEN o.staff_group_code = '01' THEN 'manager'
            WHEN o.staff_group_code IN ('03', '06') AND y.concurrent_duty_codes && %(youth_leader_duty)s::varchar[]
                THEN 'youth_leader'
            WHEN o.staff_group_code IN ('03', '06') THEN 'teacher'
            WHEN o.staff_group_code = '02' THEN 'employee' ELSE '' END AS category,
       o.position_code,
       CASE WHEN o.staff_group_code <> '02' THEN ''
            WHEN y.concurrent_duty_codes && %(employee_duty)s::varchar[] THEN 'several'
            WHEN o.position_code IN ('09', '10', '13') THEN 'library'
            WHEN o.position_code = '32' THEN 'it'
            WHEN o.position_code = '15' THEN 'accountant'
            WHEN o.position_code = '25' THEN 'cashier'
            WHEN o.position_code = '16' THEN 'clerk'
            WHEN o.position_code = '11' THEN 'medical'
            WHEN o.position_code = '33' THEN 'disability'
            WHEN o.position_code = '34' THEN 'academic'
            ELSE 'several' END AS employee_kind,
       CASE WHEN s.level_code <> '01' THEN ''
            WHEN o.staff_group_code IN ('03', '06') AND p.teacher_subject_code = '02' THEN 'nursery'
            WHEN o.staff_group_code IN ('03', '06') AND p.teacher_subject_code = '01' THEN 'kindergarten'
            WHEN s.level_group_code IN ('03', '04') THEN 'nursery' ELSE 'kindergarten' END AS preschool_part,
       p.teacher_subject_code AS subject_code,
       CASE WHEN p.qualification_code = ANY (%(training_doctor)s) THEN 'doctor'
            WHEN p.qualification_code = ANY (%(training_master)s) THEN 'master'
            WHEN p.qualification_code = ANY (%(training_university)s) THEN 'university'
            WHEN p.qualification_code = ANY (%(training_college)s) THEN 'college'
            WHEN p.qualification_code = ANY (%(training_intermediate)s) THEN 'intermediate'
            ELSE 'other' END AS training,
       p.training_standard_code,
       coalesce(y.standard_code, '') AS standard_rating_code,
       CASE WHEN o.contract_code = ANY (%(indefinite_contract)s) THEN 'indefinite'
            WHEN o.contract_code = ANY (%(definite_contract)s) THEN 'definite'
            WHEN o.contract_code = ANY (%(labour_contract)s) THEN 'labour' ELSE '' END AS contract_group,
       date_part('year', age(%(day)s::date, p.birth_date))::smallint AS age,
       p.gender_code = '02' AS is_female,
       p.ethnic_code = ANY (%(minority)s) AS is_minority
FROM chosen s
JOIN staff_staffposting o ON o.unit_id = s.unit_id
JOIN staff_staffmember p ON p.id = o.staff_id
LEFT JOIN staff_staffyear y ON y.posting_id = o.id AND y.start_year = %(start_year)s
WHERE o.valid_from <= %(day)s AND (o.valid_to IS NULL OR o.valid_to > %(day)s)
  AND (o.status_code = ANY (%(staff_status)s) OR o.valid_to IS NOT NULL)
  AND s.level_code = coalesce(
      (SELECT max(l) FROM unnest(o.level_codes) AS l WHERE l = ANY (s.levels)), (SELECT max(l) FROM unnest(s.levels) AS l))
