-- Purpose: what the database holds of each matched pupil, column by column as the file names them; the enrolment of this
--          school and year, if there is one. Who left and came back has two: the one our record names is meant, else the
--          one that holds on the day of import, else the newest. Inputs: start_year, moved_on.
UPDATE intake_stage s
SET side_id = n.enrolment_id, stands = n.stands
FROM (
    SELECT w.seq, e.id AS enrolment_id,
           jsonb_build_object(
               'full_name', t.full_name, 'birth_date', t.birth_date, 'gender_code', t.gender_code,
               'ethnic_code', t.ethnic_code, 'nationality_code', t.nationality_code, 'religion_code', t.religion_code,
               'citizen_id_no', t.citizen_id_no, 'moet_code', t.moet_code, 'local_code', t.local_code,
               'birth_place', t.birth_place, 'origin_place', t.origin_place,
               'permanent_commune_code', t.permanent_commune_code, 'permanent_address', t.permanent_address,
               'current_commune_code', t.current_commune_code, 'current_address', t.current_address,
               'phone', t.phone, 'email', t.email, 'policy_code', t.policy_code, 'is_disabled', t.is_disabled,
               'disability_code', t.disability_code)
           || jsonb_build_object(
               'father_full_name', f.full_name, 'father_birth_year', f.birth_year, 'father_occupation', f.occupation,
               'father_workplace', f.workplace, 'father_phone', f.phone, 'father_citizen_id_no', f.citizen_id_no,
               'mother_full_name', m.full_name, 'mother_birth_year', m.birth_year, 'mother_occupation', m.occupation,
               'mother_workplace', m.workplace, 'mother_phone', m.phone, 'mother_citizen_id_no', m.citizen_id_no,
               'guardian_full_name', g.full_name, 'guardian_birth_year', g.birth_year,
               'guardian_occupation', g.occupation, 'guardian_workplace', g.workplace, 'guardian_phone', g.phone,
               'guardian_citizen_id_no', g.citizen_id_no)
           || CASE WHEN e.id IS NULL THEN '{}'::jsonb
                   ELSE jsonb_build_object('class_name', c.name, 'grade_code', e.grade_code, 'enrolled_on', e.enrolled_on,
                                           'admission_kind', e.admission_kind, 'status_code', e.status_code) END AS stands
    FROM intake_stage w
    JOIN students_student t ON t.id = w.target_id
    LEFT JOIN LATERAL (
        SELECT e.id, e.class_id, e.grade_code, e.enrolled_on, e.admission_kind, e.status_code
        FROM years_enrolment e
        WHERE e.start_year = %(start_year)s AND e.student_id = t.id AND e.school_id = w.school_id
        ORDER BY e.public_id IS NOT DISTINCT FROM (w.said ->> 'record')::uuid DESC,
                 e.enrolled_on <= %(moved_on)s AND (e.left_on IS NULL OR e.left_on > %(moved_on)s) DESC,
                 e.enrolled_on DESC, e.id DESC
        LIMIT 1
    ) e ON true
    LEFT JOIN years_schoolclass c ON c.id = e.class_id
    LEFT JOIN students_guardian f ON f.student_id = t.id AND f.relation = 'father' AND f.ended_on IS NULL
    LEFT JOIN students_guardian m ON m.student_id = t.id AND m.relation = 'mother' AND m.ended_on IS NULL
    LEFT JOIN LATERAL (
        SELECT * FROM students_guardian g WHERE g.student_id = t.id AND g.relation = 'guardian' AND g.ended_on IS NULL
        ORDER BY g.id LIMIT 1
    ) g ON true
    WHERE w.noun = 'pupils' AND w.target_id IS NOT NULL
) n
WHERE s.seq = n.seq;
