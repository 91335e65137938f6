-- One hundred lower-secondary schools of 1,000 pupils each, with classes, staff, homeroom and teaching assignments and
-- year results, for the row "100 schools, single mode". Everything is computed from counters: the same on every run.
-- Expects code lists and the years 2023 and 2024. Per school: 24 classes (6 a grade), 48 teachers, 24 homeroom
-- assignments, 576 teaching assignments (12 subjects, 2 semesters). Outcomes: 1 in 100 retained, 1 in 100 waits for
-- reassessment, 1 in 200 has left, grade 9 completes.
CREATE TEMP TABLE numbers ON COMMIT DROP AS
SELECT ARRAY['Nguyễn', 'Trần', 'Lê', 'Phạm', 'Hoàng', 'Vũ', 'Đặng', 'Bùi', 'Đỗ', 'Ngô'] AS families,
       ARRAY['Văn', 'Thị', 'Minh', 'Ngọc', 'Gia', 'Bảo', 'Thùy'] AS middles,
       ARRAY['An', 'Bình', 'Chi', 'Dũng', 'Hà', 'Hải', 'Khánh', 'Lan', 'Linh', 'Mai', 'Nam', 'Phúc', 'Quân'] AS givens;

INSERT INTO orgs_orgunit (code, name, kind, opened_on)
SELECT 'B' || n, '', '', DATE '2000-01-01' FROM generate_series(0, 100) n;
INSERT INTO orgs_unitversion (unit_id, name, kind, parent_id, valid_from)
SELECT id, 'Sở Giáo dục và Đào tạo', 'department', NULL, DATE '2000-01-01' FROM orgs_orgunit WHERE code = 'B0';
INSERT INTO orgs_unitversion (unit_id, name, kind, parent_id, valid_from)
SELECT u.id, 'Trường THCS số ' || substr(u.code, 2), 'school', root.id, DATE '2000-01-01'
FROM orgs_orgunit u, orgs_orgunit root WHERE root.code = 'B0' AND u.code <> 'B0' ORDER BY u.id;
INSERT INTO orgs_school (unit_id, source) SELECT id, '{}' FROM orgs_orgunit WHERE code <> 'B0' ORDER BY id;
INSERT INTO orgs_schoolprofile
    (school_id, start_year, level_group_code, ownership_code, school_type_code, national_standard_code, area_code,
     region_code, province_code, district_code, commune_code, address, phone, email, website, is_active, is_confirmed, extra)
SELECT unit_id, 2023, '07', '01', '', '', '', '', '31', '', '', '', '', '', '', true, true, '{}' FROM orgs_school;
INSERT INTO orgs_schoollevel (school_id, start_year, level_code) SELECT unit_id, 2023, '03' FROM orgs_school;
INSERT INTO orgs_schoolsite (school_id, start_year, code, name, is_main, commune_code, address, extra)
SELECT unit_id, 2023, '01', 'Điểm chính', true, '', '', '{}' FROM orgs_school;

INSERT INTO years_schoolclass
    (start_year, school_id, name, grade_code, level_code, age_group_code, mixed_age, site_id, is_combined, session_code,
     sessions_per_week_code, is_gifted, gifted_stream_code, is_semi_boarding, fl1_code, fl2_code, is_special, seq_no,
     is_confirmed, extra)
SELECT 2023, s.school_id, g || chr(64 + n), lpad(g::text, 2, '0'), '03', '', 0, s.id, false, '', '', false, '', false, '',
       '', false, n, true, '{}'
FROM orgs_schoolsite s, generate_series(6, 9) g, generate_series(1, 6) n ORDER BY s.school_id, g, n;

-- Teachers: the staff member's number within the school stands in moet_code until the postings are made.
INSERT INTO staff_staffmember
    (full_name, gender_code, ethnic_code, citizen_id_no, id_state, moet_code, phone, email, qualification_code,
     training_standard_code, teacher_subject_code, extra)
SELECT families[1 + n % 10] || ' ' || middles[1 + n % 7] || ' ' || givens[1 + n % 13], '02', '01', '', 'claimed',
       u.code || '-' || n, '', '', '', '', '', '{}'
FROM orgs_school s JOIN orgs_orgunit u ON u.id = s.unit_id, generate_series(1, 48) n, numbers ORDER BY u.id, n;
INSERT INTO staff_staffposting
    (staff_id, unit_id, valid_from, staff_group_code, position_code, status_code, contract_code, rank_code, level_codes, extra)
SELECT m.id, u.id, DATE '2020-08-01', '03', '', CASE WHEN m.id % 40 = 0 THEN '02' ELSE '01' END, '', '', '{03}', '{}'
FROM staff_staffmember m JOIN orgs_orgunit u ON u.code = split_part(m.moet_code, '-', 1) ORDER BY m.id;
INSERT INTO staff_staffyear
    (start_year, posting_id, unit_id, concurrent_duty_codes, periods_per_week, rating_code, standard_code, is_confirmed)
SELECT 2023, id, unit_id, '{}', 17, '', '', true FROM staff_staffposting;

CREATE TEMP TABLE class_staff ON COMMIT DROP AS
SELECT c.id AS class_id, p.staff_id, p.place
FROM (SELECT id, school_id, row_number() OVER (PARTITION BY school_id ORDER BY id) AS place FROM years_schoolclass) c
JOIN (SELECT staff_id, unit_id, row_number() OVER (PARTITION BY unit_id ORDER BY staff_id) AS place FROM staff_staffposting) p
    ON p.unit_id = c.school_id AND (p.place + c.place) % 4 = 0;
INSERT INTO years_homeroomassignment (class_id, staff_id, valid_from, state)
SELECT DISTINCT ON (class_id) class_id, staff_id, DATE '2023-07-01', 'confirmed' FROM class_staff ORDER BY class_id, place;
INSERT INTO years_teachingassignment (class_id, subject_code, staff_id, semester, periods_per_week, state)
SELECT class_id, lpad(row_number() OVER (PARTITION BY class_id, semester ORDER BY place)::text, 2, '0'), staff_id, semester,
       3, 'confirmed'
FROM class_staff, generate_series(1, 2) semester;

INSERT INTO students_student
    (full_name, birth_date, gender_code, ethnic_code, nationality_code, religion_code, citizen_id_no, id_state, moet_code,
     local_code, birth_place, origin_place, permanent_commune_code, permanent_address, current_commune_code,
     current_address, phone, email, policy_code, is_disabled, disability_code, extra)
SELECT families[1 + n % 10] || ' ' || middles[1 + (n / 10) % 7] || ' ' || givens[1 + (n / 70) % 13],
       DATE '2009-01-01' + (n * 37) % 1460, CASE n % 2 WHEN 0 THEN '01' ELSE '02' END, '01', 'VN', '',
       '031' || lpad(n::text, 9, '0'), 'claimed', '', 'B' || n, '', '', '', '', '', '', '', '', '', false, '', '{}'
FROM generate_series(1, 100000) n, numbers;
INSERT INTO years_enrolment
    (start_year, student_id, school_id, class_id, first_class_id, grade_code, enrolled_on, left_on, status_code, status_on,
     admission_kind)
SELECT 2023, s.id, c.school_id, c.id, c.id, c.grade_code, DATE '2023-07-01',
       CASE WHEN s.id % 200 = 7 THEN DATE '2024-02-01' END, CASE WHEN s.id % 200 = 7 THEN '04' ELSE '01' END,
       DATE '2023-07-01', '4'
FROM (SELECT id, row_number() OVER (ORDER BY id) - 1 AS place FROM students_student) s
JOIN (SELECT id, school_id, grade_code, row_number() OVER (ORDER BY school_id, id) - 1 AS place FROM years_schoolclass) c
    ON c.place = (s.place / 1000) * 24 + s.place % 24;
INSERT INTO years_yearresult (start_year, enrolment_id, outcome, regime)
SELECT 2023, id, CASE
    WHEN id % 100 = 3 THEN 'retained'
    WHEN id % 100 = 5 THEN 'pending_reassessment'
    WHEN grade_code = '09' THEN 'completed_lower_secondary'
    ELSE 'promoted' END, CASE grade_code WHEN '09' THEN 'tt58' ELSE 'tt22' END
FROM years_enrolment WHERE start_year = 2023 AND left_on IS NULL;
