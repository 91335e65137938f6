-- Floor of a pupil list as a file: every cell of every column in one statement, as the owner: no gate, no policy, no log.
SELECT
    row_number() OVER (ORDER BY s.sort_key, s.id, e.id), s.full_name, s.birth_date,
    gender.name_vi, ethnic.name_vi, c.name, grade.name_vi, status.name_vi, r.outcome,
    s.local_code, s.moet_code, s.birth_place, s.origin_place, e.enrolled_on, e.left_on,
    kin.father, kin.mother, kin.guardian, s.citizen_id_no, s.phone, s.email,
    kin.father_phone, kin.mother_phone, kin.guardian_phone,
    concat_ws(', ', nullif(s.permanent_address, ''), permanent.name_vi, permanent_district.name_vi),
    concat_ws(', ', nullif(s.current_address, ''), here.name_vi, here_district.name_vi),
    policy.name_vi, disability.name_vi, religion.name_vi
FROM (SELECT * FROM years_enrolment WHERE start_year = 2023 AND school_id = ANY (%(school_ids)s) OFFSET 0) e
JOIN students_student s ON s.id = e.student_id
LEFT JOIN years_schoolclass c ON c.id = e.class_id
LEFT JOIN years_yearresult r ON r.start_year = 2023 AND r.enrolment_id = e.id AND r.is_current
LEFT JOIN (
    SELECT
        student_id,
        (array_agg(full_name ORDER BY id) FILTER (WHERE relation = 'father'))[1] AS father,
        (array_agg(full_name ORDER BY id) FILTER (WHERE relation = 'mother'))[1] AS mother,
        (array_agg(full_name ORDER BY id) FILTER (WHERE relation = 'guardian'))[1] AS guardian,
        (array_agg(phone ORDER BY id) FILTER (WHERE relation = 'father'))[1] AS father_phone,
        (array_agg(phone ORDER BY id) FILTER (WHERE relation = 'mother'))[1] AS mother_phone,
        (array_agg(phone ORDER BY id) FILTER (WHERE relation = 'guardian'))[1] AS guardian_phone
    FROM students_guardian
    WHERE student_id IN (
        SELECT student_id FROM years_enrolment WHERE start_year = 2023 AND school_id = ANY (%(school_ids)s)
    )
    GROUP BY student_id
) kin ON kin.student_id = s.id
LEFT JOIN codes_grade grade ON grade.code = e.grade_code
LEFT JOIN codes_codevalue gender ON gender.list_name = 'gender' AND gender.code = s.gender_code
LEFT JOIN codes_codevalue ethnic ON ethnic.list_name = 'ethnic_group' AND ethnic.code = s.ethnic_code
LEFT JOIN codes_codevalue status ON status.list_name = 'student_status' AND status.code = e.status_code
LEFT JOIN codes_codevalue policy ON policy.list_name = 'policy_category' AND policy.code = s.policy_code
LEFT JOIN codes_codevalue disability ON disability.list_name = 'disability_kind' AND disability.code = s.disability_code
LEFT JOIN codes_codevalue religion ON religion.list_name = 'religion' AND religion.code = s.religion_code
LEFT JOIN codes_commune permanent ON permanent.code = s.permanent_commune_code
LEFT JOIN codes_district permanent_district ON permanent_district.code = permanent.district_code
LEFT JOIN codes_commune here ON here.code = s.current_commune_code
LEFT JOIN codes_district here_district ON here_district.code = here.district_code
ORDER BY 1
