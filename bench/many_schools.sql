-- Sixteen hundred small schools of one level each under fifteen offices (the upper secondary ones under the department),
-- for the lines that ask for 1,600 reports: board, consolidation, last hour. Everything is computed from counters.
-- Expects code lists and the year 2023. Per school: two classes of twelve pupils of the right age, three members of staff.
CREATE TEMP TABLE numbers ON COMMIT DROP AS
SELECT ARRAY['Nguyễn', 'Trần', 'Lê', 'Phạm', 'Hoàng', 'Vũ', 'Đặng', 'Bùi', 'Đỗ', 'Ngô'] AS families,
       ARRAY['Văn', 'Thị', 'Minh', 'Ngọc', 'Gia', 'Bảo', 'Thùy'] AS middles,
       ARRAY['An', 'Bình', 'Chi', 'Dũng', 'Hà', 'Hải', 'Khánh', 'Lan', 'Linh', 'Mai', 'Nam', 'Phúc', 'Quân'] AS givens;
-- Of sixteen schools in a row seven are of level 01, five of 02, three of 03, one of 04.
CREATE TEMP TABLE kinds ON COMMIT DROP AS
SELECT * FROM (VALUES
    ('01', 0, 6, '05', 'Trường Mầm non', '17', '04', DATE '2018-05-19'),
    ('02', 7, 11, '06', 'Trường Tiểu học', '01', '', DATE '2017-05-19'),
    ('03', 12, 14, '07', 'Trường THCS', '06', '', DATE '2012-05-19'),
    ('04', 15, 15, '08', 'Trường THPT', '10', '', DATE '2008-05-19')
) AS k (level_code, first, last, level_group_code, name, grade_code, age_group_code, birth_date);
CREATE TEMP TABLE places ON COMMIT DROP AS
SELECT n, 'S' || n AS code, k.*,
       CASE WHEN k.level_code = '04' THEN 'B0' ELSE 'B' || 1 + (n / 16) % 15 END AS parent_code
FROM generate_series(0, 1599) n JOIN kinds k ON n % 16 BETWEEN k.first AND k.last;

INSERT INTO orgs_orgunit (code, name, kind, opened_on)
SELECT 'B' || n, '', '', DATE '2000-01-01' FROM generate_series(0, 15) n;
INSERT INTO orgs_orgunit (code, name, kind, opened_on) SELECT code, '', '', DATE '2000-01-01' FROM places ORDER BY n;
INSERT INTO orgs_unitversion (unit_id, name, kind, parent_id, valid_from)
SELECT id, 'Sở Giáo dục và Đào tạo', 'department', NULL, DATE '2000-01-01' FROM orgs_orgunit WHERE code = 'B0';
INSERT INTO orgs_unitversion (unit_id, name, kind, parent_id, valid_from)
SELECT u.id, 'Phòng GDĐT số ' || substr(u.code, 2), 'district_office', root.id, DATE '2000-01-01'
FROM orgs_orgunit u, orgs_orgunit root WHERE root.code = 'B0' AND u.code LIKE 'B%' AND u.code <> 'B0' ORDER BY u.id;
INSERT INTO orgs_unitversion (unit_id, name, kind, parent_id, valid_from)
SELECT u.id, p.name || ' số ' || p.n, 'school', above.id, DATE '2000-01-01'
FROM places p JOIN orgs_orgunit u ON u.code = p.code JOIN orgs_orgunit above ON above.code = p.parent_code ORDER BY p.n;
INSERT INTO orgs_school (unit_id, source)
SELECT u.id, '{}' FROM places p JOIN orgs_orgunit u ON u.code = p.code ORDER BY p.n;
INSERT INTO orgs_schoolprofile
    (school_id, start_year, level_group_code, ownership_code, school_type_code, national_standard_code, area_code,
     region_code, province_code, district_code, commune_code, address, phone, email, website, is_active, is_confirmed, extra)
SELECT u.id, 2023, p.level_group_code, '01', '', '', '', '02', '31', '', '', '', '', '', '', true, true, '{}'
FROM places p JOIN orgs_orgunit u ON u.code = p.code;
INSERT INTO orgs_schoollevel (school_id, start_year, level_code)
SELECT u.id, 2023, p.level_code FROM places p JOIN orgs_orgunit u ON u.code = p.code;
INSERT INTO orgs_schoolsite (school_id, start_year, code, name, is_main, commune_code, address, extra)
SELECT unit_id, 2023, '01', 'Điểm chính', true, '', '', '{}' FROM orgs_school;

INSERT INTO years_schoolclass
    (start_year, school_id, name, grade_code, level_code, age_group_code, mixed_age, site_id, is_combined, session_code,
     sessions_per_week_code, is_gifted, gifted_stream_code, is_semi_boarding, fl1_code, fl2_code, is_special, seq_no,
     is_confirmed, extra)
SELECT 2023, u.id, 'Lớp ' || chr(64 + c), p.grade_code, p.level_code, p.age_group_code, 0, s.id, false, '', '', false, '',
       false, '', '', false, c, true, '{}'
FROM places p JOIN orgs_orgunit u ON u.code = p.code JOIN orgs_schoolsite s ON s.school_id = u.id, generate_series(1, 2) c
ORDER BY p.n, c;

INSERT INTO staff_staffmember
    (full_name, birth_date, gender_code, ethnic_code, citizen_id_no, id_state, moet_code, phone, email, qualification_code,
     training_standard_code, teacher_subject_code, extra)
SELECT families[1 + n % 10] || ' ' || middles[1 + n % 7] || ' ' || givens[1 + (n + m) % 13], DATE '1985-03-01', '02', '01',
       '', 'claimed', code || '-' || m, '', '', '', '', '', '{}'
FROM places, generate_series(1, 3) m, numbers ORDER BY n, m;
INSERT INTO staff_staffposting
    (staff_id, unit_id, valid_from, staff_group_code, position_code, status_code, contract_code, rank_code, level_codes, extra)
SELECT m.id, u.id, DATE '2020-08-01', '03', '', '01', '', '', '{}', '{}'
FROM staff_staffmember m JOIN orgs_orgunit u ON u.code = split_part(m.moet_code, '-', 1) ORDER BY m.id;

INSERT INTO students_student
    (full_name, birth_date, gender_code, ethnic_code, nationality_code, religion_code, citizen_id_no, id_state, moet_code,
     local_code, birth_place, origin_place, permanent_commune_code, permanent_address, current_commune_code,
     current_address, phone, email, policy_code, is_disabled, disability_code, extra)
SELECT families[1 + i % 10] || ' ' || middles[1 + (i / 10) % 7] || ' ' || givens[1 + (i / 70) % 13], p.birth_date,
       CASE i % 2 WHEN 0 THEN '01' ELSE '02' END, '01', 'VN', '', '031' || lpad(i::text, 9, '0'), 'claimed', '', p.code,
       '', '', '', '', '', '', '', '', '', false, '', '{}'
FROM places p, LATERAL generate_series(p.n * 24, p.n * 24 + 23) i, numbers ORDER BY i;
INSERT INTO years_enrolment
    (start_year, student_id, school_id, class_id, first_class_id, grade_code, enrolled_on, status_code, status_on,
     admission_kind)
SELECT 2023, s.id, c.school_id, c.id, c.id, c.grade_code, DATE '2023-08-01', '01', DATE '2023-08-01', '4'
FROM (SELECT id, row_number() OVER (ORDER BY id) - 1 AS place FROM students_student) s
JOIN (SELECT id, school_id, grade_code, row_number() OVER (ORDER BY id) - 1 AS place FROM years_schoolclass) c
    ON c.place = s.place / 12;
