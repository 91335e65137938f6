-- Purpose: what a pupil's file held when the workbook was written, from the row history: the first edit after the version
--          that the row carries keeps the row as it was. The version is "student-enrolment-guardian".
WITH said AS (
    SELECT r.seq, r.target_id, r.side_id, split_part(r.said ->> 'version', '-', 1)::bigint AS student,
           nullif(split_part(r.said ->> 'version', '-', 2), '')::bigint AS enrolment,
           nullif(split_part(r.said ->> 'version', '-', 3), '')::bigint AS guardian
    FROM intake_stage r WHERE r.noun = 'pupils' AND r.said ? 'version' AND r.target_id IS NOT NULL
), held AS (
    SELECT DISTINCT ON (s.seq) s.seq, jsonb_build_object(
        'full_name', v.full_name, 'birth_date', v.birth_date, 'gender_code', v.gender_code, 'ethnic_code', v.ethnic_code,
        'nationality_code', v.nationality_code, 'religion_code', v.religion_code, 'citizen_id_no', v.citizen_id_no,
        'moet_code', v.moet_code, 'local_code', v.local_code, 'birth_place', v.birth_place,
        'origin_place', v.origin_place, 'permanent_commune_code', v.permanent_commune_code,
        'permanent_address', v.permanent_address, 'current_commune_code', v.current_commune_code,
        'current_address', v.current_address, 'phone', v.phone, 'email', v.email, 'policy_code', v.policy_code,
        'is_disabled', v.is_disabled, 'disability_code', v.disability_code) AS cells
    FROM said s JOIN students_studentevent v ON v.pgh_obj_id = s.target_id AND v.pgh_id > s.student
    ORDER BY s.seq, v.pgh_id
), placed AS (
    SELECT DISTINCT ON (s.seq) s.seq, jsonb_build_object('class_name', c.name, 'grade_code', v.grade_code) AS cells
    FROM said s
    JOIN years_enrolmentevent v ON v.pgh_obj_id = s.side_id AND v.pgh_id > s.enrolment
    LEFT JOIN years_schoolclass c ON c.id = v.class_id
    ORDER BY s.seq, v.pgh_id
), kin AS (
    SELECT DISTINCT ON (s.seq, g.relation) s.seq, jsonb_build_object(
        g.relation || '_full_name', v.full_name, g.relation || '_birth_year', v.birth_year,
        g.relation || '_occupation', v.occupation, g.relation || '_workplace', v.workplace,
        g.relation || '_phone', v.phone) AS cells
    FROM said s
    -- The guardian whose cells are compared: of several of a relation the first.
    CROSS JOIN LATERAL (
        SELECT DISTINCT ON (k.relation) k.id, k.relation FROM students_guardian k
        WHERE k.student_id = s.target_id AND k.ended_on IS NULL ORDER BY k.relation, k.id
    ) g
    JOIN students_guardianevent v ON v.pgh_obj_id = g.id AND v.pgh_id > s.guardian
    ORDER BY s.seq, g.relation, v.pgh_id
)
UPDATE intake_stage s SET base = b.cells
FROM (
    SELECT seq, jsonb_object_agg(cell.key, cell.value) AS cells
    FROM (SELECT * FROM held UNION ALL SELECT * FROM placed UNION ALL SELECT * FROM kin) part
    CROSS JOIN LATERAL jsonb_each(part.cells) cell
    GROUP BY seq
) b
WHERE s.seq = b.seq;
