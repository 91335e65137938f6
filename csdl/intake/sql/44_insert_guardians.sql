-- Purpose: fathers, mothers and guardians that the records do not have yet; of a pupil of two rows those of the first.
-- Inputs: run_id, account_id, applied_at.
INSERT INTO students_guardian
    (student_id, relation, full_name, birth_year, occupation, workplace, phone, citizen_id_no, created_by, run_id,
     changed_at)
SELECT DISTINCT ON (w.target_id, kin.relation) w.target_id, kin.relation, kin.full_name, kin.birth_year::smallint, coalesce(kin.occupation, ''),
       coalesce(kin.workplace, ''), coalesce(kin.phone, ''), coalesce(kin.citizen_id_no, ''), %(account_id)s, %(run_id)s,
       %(applied_at)s
FROM intake_write w
CROSS JOIN LATERAL (VALUES
    ('father', w.said ->> 'father_full_name', w.said ->> 'father_birth_year', w.said ->> 'father_occupation',
     w.said ->> 'father_workplace', w.said ->> 'father_phone', w.said ->> 'father_citizen_id_no'),
    ('mother', w.said ->> 'mother_full_name', w.said ->> 'mother_birth_year', w.said ->> 'mother_occupation',
     w.said ->> 'mother_workplace', w.said ->> 'mother_phone', w.said ->> 'mother_citizen_id_no'),
    ('guardian', w.said ->> 'guardian_full_name', w.said ->> 'guardian_birth_year', w.said ->> 'guardian_occupation',
     w.said ->> 'guardian_workplace', w.said ->> 'guardian_phone', w.said ->> 'guardian_citizen_id_no')
) kin (relation, full_name, birth_year, occupation, workplace, phone, citizen_id_no)
WHERE w.noun = 'pupils' AND kin.full_name <> ''
  AND NOT EXISTS (SELECT 1 FROM students_guardian g
                  WHERE g.student_id = w.target_id AND g.relation = kin.relation AND g.ended_on IS NULL)
ORDER BY w.target_id, kin.relation, w.row_id;
