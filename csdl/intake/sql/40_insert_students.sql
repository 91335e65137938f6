-- Purpose: persons the school did not know. Inputs: run_id, account_id, applied_at. Run again it adds nobody: the keys are the plan's.
INSERT INTO students_student
    (id, full_name, birth_date, gender_code, ethnic_code, nationality_code, religion_code, citizen_id_no, id_state,
     moet_code, local_code, birth_place, origin_place, permanent_commune_code, permanent_address, current_commune_code,
     current_address, phone, email, policy_code, is_disabled, disability_code, extra, created_by, run_id,
     changed_at)
SELECT w.target_id, n.full_name, n.birth_date, coalesce(n.gender_code, ''), coalesce(n.ethnic_code, ''),
       coalesce(n.nationality_code, 'VN'), coalesce(n.religion_code, ''), coalesce(n.citizen_id_no, ''),
       CASE WHEN n.citizen_id_no <> '' THEN 'claimed' ELSE 'missing' END, coalesce(n.moet_code, ''),
       coalesce(n.local_code, ''), coalesce(n.birth_place, ''), coalesce(n.origin_place, ''),
       coalesce(n.permanent_commune_code, ''), coalesce(n.permanent_address, ''), coalesce(n.current_commune_code, ''),
       coalesce(n.current_address, ''), coalesce(n.phone, ''), coalesce(n.email, ''), coalesce(n.policy_code, ''),
       coalesce(n.is_disabled, false), coalesce(n.disability_code, ''), '{}', %(account_id)s, %(run_id)s, %(applied_at)s
FROM intake_write w
CROSS JOIN LATERAL jsonb_to_record(w.said) n (
    full_name text, birth_date date, gender_code text, ethnic_code text, nationality_code text, religion_code text,
    citizen_id_no text, moet_code text, local_code text, birth_place text, origin_place text,
    permanent_commune_code text, permanent_address text, current_commune_code text, current_address text, phone text,
    email text, policy_code text, is_disabled boolean, disability_code text)
WHERE w.noun = 'pupils' AND w.state = 'created'
  AND NOT EXISTS (SELECT 1 FROM students_student t WHERE t.id = w.target_id);
