-- Purpose: persons the school did not know. Inputs: run_id, account_id, applied_at.
INSERT INTO staff_staffmember
    (id, full_name, birth_date, gender_code, ethnic_code, citizen_id_no, id_state, moet_code, phone, email,
     qualification_code, training_standard_code, teacher_subject_code, extra, created_by, run_id, changed_at)
SELECT w.target_id, n.full_name, n.birth_date, coalesce(n.gender_code, ''), coalesce(n.ethnic_code, ''),
       coalesce(n.citizen_id_no, ''), CASE WHEN n.citizen_id_no <> '' THEN 'claimed' ELSE 'missing' END,
       coalesce(n.moet_code, ''), coalesce(n.phone, ''), coalesce(n.email, ''), coalesce(n.qualification_code, ''),
       coalesce(n.training_standard_code, ''), coalesce(n.teacher_subject_code, ''), '{}', %(account_id)s, %(run_id)s,
       %(applied_at)s
FROM intake_write w
CROSS JOIN LATERAL jsonb_populate_record(NULL::staff_staffmember, w.said) n
WHERE w.noun = 'staff' AND w.state = 'created' AND NOT EXISTS (SELECT 1 FROM staff_staffmember m WHERE m.id = w.target_id);
