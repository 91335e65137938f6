-- Rows of the roster as they stand in the sheet, then the very rows the product makes of them.
CREATE TEMP TABLE roster (
    number int, school text, full_name text, birth_date text, gender text, birth_place text, ethnic text, citizen_id_no text,
    local_code text, class_name text, origin_place text, permanent_address text, current_address text, phone text,
    email text, policy_code text, father text, father_year numeric, father_work text, father_place text, father_phone text,
    mother text, mother_year numeric, mother_work text, mother_place text, mother_phone text
) ON COMMIT DROP;
--;
ALTER TABLE roster ADD COLUMN id bigint NOT NULL DEFAULT nextval('students_student_id_seq');
--;
INSERT INTO students_student
    (id, full_name, birth_date, gender_code, ethnic_code, nationality_code, religion_code, citizen_id_no, id_state,
     moet_code, local_code, birth_place, origin_place, permanent_commune_code, permanent_address, current_commune_code,
     current_address, phone, email, policy_code, is_disabled, disability_code, extra)
SELECT id, full_name, to_date(birth_date, 'DD/MM/YYYY'), CASE gender WHEN 'Nữ' THEN '02' ELSE '01' END, '01', 'VN', '',
       citizen_id_no, 'claimed', '', local_code, birth_place, origin_place, '', permanent_address, '', current_address,
       phone, email, policy_code, false, '', '{}'
FROM roster ORDER BY number;
--;
INSERT INTO students_guardian
    (student_id, relation, full_name, birth_year, occupation, workplace, phone, citizen_id_no)
SELECT id, 'father', father, father_year, father_work, father_place, father_phone, '' FROM roster
UNION ALL
SELECT id, 'mother', mother, mother_year, mother_work, mother_place, mother_phone, '' FROM roster;
--;
INSERT INTO years_enrolment
    (start_year, student_id, school_id, grade_code, class_id, first_class_id, enrolled_on, admission_kind)
SELECT 2023, r.id, u.id, c.grade_code, c.id, c.id, DATE '2023-09-05', '2'
FROM roster r
JOIN orgs_orgunit u ON u.code = r.school
JOIN years_schoolclass c ON c.start_year = 2023 AND c.school_id = u.id AND c.name = r.class_name;
