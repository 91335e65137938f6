-- Purpose: what a person's file and posting held when the workbook was written, from the row history. The version is
--          "person-posting".
WITH said AS (
    SELECT r.seq, r.target_id, r.side_id, split_part(r.said ->> 'version', '-', 1)::bigint AS person,
           nullif(split_part(r.said ->> 'version', '-', 2), '')::bigint AS posting
    FROM intake_stage r WHERE r.noun = 'staff' AND r.said ? 'version' AND r.target_id IS NOT NULL
), held AS (
    SELECT DISTINCT ON (s.seq) s.seq, jsonb_build_object(
        'full_name', v.full_name, 'birth_date', v.birth_date, 'gender_code', v.gender_code,
        'ethnic_code', v.ethnic_code, 'citizen_id_no', v.citizen_id_no, 'moet_code', v.moet_code, 'phone', v.phone,
        'email', v.email, 'qualification_code', v.qualification_code,
        'training_standard_code', v.training_standard_code, 'teacher_subject_code', v.teacher_subject_code) AS cells
    FROM said s JOIN staff_staffmemberevent v ON v.pgh_obj_id = s.target_id AND v.pgh_id > s.person
    ORDER BY s.seq, v.pgh_id
), posted AS (
    SELECT DISTINCT ON (s.seq) s.seq, jsonb_build_object(
        'staff_group_code', v.staff_group_code, 'position_code', v.position_code, 'contract_code', v.contract_code,
        'rank_code', v.rank_code, 'status_code', v.status_code, 'valid_to', v.valid_to) AS cells
    FROM said s JOIN staff_staffpostingevent v ON v.pgh_obj_id = s.side_id AND v.pgh_id > s.posting
    ORDER BY s.seq, v.pgh_id
)
UPDATE intake_stage s SET base = b.cells
FROM (
    SELECT seq, jsonb_object_agg(cell.key, cell.value) AS cells
    FROM (SELECT * FROM held UNION ALL SELECT * FROM posted) part CROSS JOIN LATERAL jsonb_each(part.cells) cell
    GROUP BY seq
) b
WHERE s.seq = b.seq;
