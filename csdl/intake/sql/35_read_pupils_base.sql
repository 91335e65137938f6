-- Purpose: what a pupil's file held when the workbook was written, from the row history: the first edit after the version
--          that the row carries keeps the row as it was.
UPDATE intake_stage s
SET base = jsonb_build_object(
    'full_name', v.full_name, 'birth_date', v.birth_date, 'gender_code', v.gender_code, 'ethnic_code', v.ethnic_code,
    'nationality_code', v.nationality_code, 'religion_code', v.religion_code, 'citizen_id_no', v.citizen_id_no,
    'moet_code', v.moet_code, 'local_code', v.local_code, 'birth_place', v.birth_place, 'origin_place', v.origin_place,
    'permanent_commune_code', v.permanent_commune_code, 'permanent_address', v.permanent_address,
    'current_commune_code', v.current_commune_code, 'current_address', v.current_address, 'phone', v.phone,
    'email', v.email, 'policy_code', v.policy_code, 'is_disabled', v.is_disabled, 'disability_code', v.disability_code)
FROM (
    SELECT DISTINCT ON (r.seq) r.seq, e.*
    FROM intake_stage r
    JOIN students_studentevent e ON e.pgh_obj_id = r.target_id AND e.pgh_id > (r.said ->> 'version')::bigint
    WHERE r.noun = 'pupils' AND r.said ? 'version'
    ORDER BY r.seq, e.pgh_id
) v
WHERE s.seq = v.seq;
