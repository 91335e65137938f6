-- Purpose: the changed cells of persons the school knows, and no other, of all the rows a person has; the same statement
--          puts old cells back.
UPDATE students_student t
SET full_name = n.full_name, birth_date = n.birth_date, gender_code = n.gender_code, ethnic_code = n.ethnic_code,
    nationality_code = n.nationality_code, religion_code = n.religion_code, citizen_id_no = n.citizen_id_no,
    id_state = CASE WHEN NOT w.cells ? 'citizen_id_no' THEN t.id_state WHEN n.citizen_id_no = '' THEN 'missing'
                    ELSE 'claimed' END,
    moet_code = n.moet_code, local_code = n.local_code, birth_place = n.birth_place, origin_place = n.origin_place,
    permanent_commune_code = n.permanent_commune_code, permanent_address = n.permanent_address,
    current_commune_code = n.current_commune_code, current_address = n.current_address, phone = n.phone,
    email = n.email, policy_code = n.policy_code, is_disabled = n.is_disabled, disability_code = n.disability_code
FROM (
    SELECT w.target_id, jsonb_object_agg(cell.key, cell.value) AS cells
    FROM intake_write w CROSS JOIN LATERAL jsonb_each(w.cells) cell
    WHERE w.noun = 'pupils' GROUP BY w.target_id
) w
JOIN students_student o ON o.id = w.target_id
CROSS JOIN LATERAL jsonb_populate_record(o, w.cells) n
WHERE t.id = o.id
  AND w.cells ?| ARRAY['full_name', 'birth_date', 'gender_code', 'ethnic_code', 'nationality_code', 'religion_code',
    'citizen_id_no', 'moet_code', 'local_code', 'birth_place', 'origin_place', 'permanent_commune_code',
    'permanent_address', 'current_commune_code', 'current_address', 'phone', 'email', 'policy_code', 'is_disabled',
    'disability_code'];
