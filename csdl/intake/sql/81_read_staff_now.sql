-- Purpose: what the database holds of each matched person and of the posting at the school that reaches into the year:
--          the one our record names, else the newest.
-- Input:   first_day.
UPDATE intake_stage s
SET side_id = n.posting_id, stands = n.stands
FROM (
    SELECT w.seq, p.id AS posting_id, jsonb_build_object(
               'full_name', m.full_name, 'birth_date', m.birth_date, 'gender_code', m.gender_code,
               'ethnic_code', m.ethnic_code, 'citizen_id_no', m.citizen_id_no, 'moet_code', m.moet_code,
               'phone', m.phone, 'email', m.email, 'qualification_code', m.qualification_code,
               'training_standard_code', m.training_standard_code, 'teacher_subject_code', m.teacher_subject_code)
           || CASE WHEN p.id IS NULL THEN '{}'::jsonb ELSE jsonb_build_object(
               'staff_group_code', p.staff_group_code, 'position_code', p.position_code,
               'contract_code', p.contract_code, 'rank_code', p.rank_code, 'status_code', p.status_code,
               'valid_from', p.valid_from, 'valid_to', p.valid_to) END AS stands
    FROM intake_stage w
    JOIN staff_staffmember m ON m.id = w.target_id
    LEFT JOIN LATERAL (
        SELECT * FROM staff_staffposting p
        WHERE p.staff_id = m.id AND p.unit_id = w.school_id AND (p.valid_to IS NULL OR p.valid_to > %(first_day)s)
        ORDER BY p.public_id IS NOT DISTINCT FROM (w.said ->> 'record')::uuid DESC, p.valid_from DESC LIMIT 1
    ) p ON true
    WHERE w.noun = 'staff' AND w.target_id IS NOT NULL
) n
WHERE s.seq = n.seq;
