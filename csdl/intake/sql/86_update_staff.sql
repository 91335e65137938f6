-- Purpose: the changed cells of persons, and no other, of all the rows a person has; the same statement puts old cells back.
UPDATE staff_staffmember m
SET full_name = n.full_name, birth_date = n.birth_date, gender_code = n.gender_code, ethnic_code = n.ethnic_code,
    citizen_id_no = n.citizen_id_no,
    id_state = CASE WHEN NOT w.cells ? 'citizen_id_no' THEN m.id_state WHEN n.citizen_id_no = '' THEN 'missing'
                    ELSE 'claimed' END,
    moet_code = n.moet_code, phone = n.phone, email = n.email, qualification_code = n.qualification_code,
    training_standard_code = n.training_standard_code, teacher_subject_code = n.teacher_subject_code
FROM (
    SELECT w.target_id, jsonb_object_agg(cell.key, cell.value) AS cells
    FROM intake_write w CROSS JOIN LATERAL jsonb_each(w.cells) cell
    WHERE w.noun = 'staff' GROUP BY w.target_id
) w
JOIN staff_staffmember o ON o.id = w.target_id
CROSS JOIN LATERAL jsonb_populate_record(o, w.cells) n
WHERE m.id = o.id
  AND w.cells ?| ARRAY['full_name', 'birth_date', 'gender_code', 'ethnic_code', 'citizen_id_no', 'moet_code', 'phone',
    'email', 'qualification_code', 'training_standard_code', 'teacher_subject_code'];
