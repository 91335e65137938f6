-- Floor of province mode: the rows a run wrote, kept ready in unindexed tables of the schema `ready`, are put into the
-- product's tables in bulk. No decision, no check of ours, no sum: nothing but writing. The year's two big tables are
-- filled aside, indexed, given their keys and attached, as fast as PostgreSQL does it.
BEGIN;
SET LOCAL maintenance_work_mem = '512MB';
SET LOCAL work_mem = '128MB';

INSERT INTO rollover_rolloverbatch SELECT * FROM ready.rollover_rolloverbatch;
INSERT INTO rollover_planclass SELECT * FROM ready.rollover_planclass;

CREATE TABLE rollover_planrow_2023_new (LIKE rollover_planrow INCLUDING DEFAULTS INCLUDING CONSTRAINTS);
INSERT INTO rollover_planrow_2023_new SELECT * FROM ready.rollover_planrow;
ALTER TABLE rollover_planrow_2023_new ADD CHECK (from_year = 2023);
ALTER TABLE rollover_planrow_2023_new ADD PRIMARY KEY (from_year, enrolment_id);
CREATE INDEX ON rollover_planrow_2023_new (school_id, act);
ALTER TABLE rollover_planrow ATTACH PARTITION rollover_planrow_2023_new FOR VALUES IN (2023);
ANALYZE rollover_planrow_2023_new;

INSERT INTO rollover_rolloverrun SELECT * FROM ready.rollover_rolloverrun;
INSERT INTO rollover_schoolrollover SELECT * FROM ready.rollover_schoolrollover;
INSERT INTO orgs_schoolprofile SELECT * FROM ready.orgs_schoolprofile;
INSERT INTO orgs_schoollevel SELECT * FROM ready.orgs_schoollevel;
INSERT INTO orgs_schoolsite SELECT * FROM ready.orgs_schoolsite;
INSERT INTO staff_staffyear SELECT * FROM ready.staff_staffyear;
INSERT INTO years_schoolclass
    (id, public_id, changed_at, start_year, name, grade_code, level_code, age_group_code, mixed_age, is_combined,
     session_code, sessions_per_week_code, is_gifted, gifted_stream_code, is_semi_boarding, fl1_code, fl2_code,
     is_special, seq_no, is_confirmed, extra, created_by, run_id, lineage_id, school_id, site_id)
SELECT id, public_id, changed_at, start_year, name, grade_code, level_code, age_group_code, mixed_age, is_combined,
       session_code, sessions_per_week_code, is_gifted, gifted_stream_code, is_semi_boarding, fl1_code, fl2_code,
       is_special, seq_no, is_confirmed, extra, created_by, run_id, lineage_id, school_id, site_id
FROM ready.years_schoolclass;
INSERT INTO years_homeroomassignment SELECT * FROM ready.years_homeroomassignment;
INSERT INTO years_teachingassignment SELECT * FROM ready.years_teachingassignment;
ANALYZE orgs_schoolprofile, years_classgrade, years_schoolclass;

CREATE TABLE years_enrolment_2024_new (LIKE years_enrolment INCLUDING DEFAULTS INCLUDING CONSTRAINTS);
INSERT INTO years_enrolment_2024_new SELECT * FROM ready.years_enrolment;
ANALYZE years_enrolment_2024_new;
ALTER TABLE years_enrolment_2024_new
    ADD CHECK (start_year = 2024),
    ADD PRIMARY KEY (start_year, id),
    ADD EXCLUDE USING gist (start_year WITH =, student_id WITH =, daterange(enrolled_on, left_on) WITH &&);
CREATE INDEX ON years_enrolment_2024_new (student_id, school_id, class_id);
CREATE INDEX ON years_enrolment_2024_new (school_id, class_id);
CREATE INDEX ON years_enrolment_2024_new (class_id);
CREATE INDEX ON years_enrolment_2024_new (public_id);
ALTER TABLE years_enrolment_2024_new
    ADD FOREIGN KEY (start_year) REFERENCES years_schoolyear (start_year),
    ADD FOREIGN KEY (student_id) REFERENCES students_student (id),
    ADD FOREIGN KEY (school_id, start_year) REFERENCES orgs_schoolprofile (school_id, start_year),
    ADD FOREIGN KEY (start_year, school_id, class_id, grade_code)
        REFERENCES years_classgrade (start_year, school_id, class_id, grade_code),
    ADD FOREIGN KEY (grade_code) REFERENCES codes_grade (code);
ALTER TABLE years_enrolment DETACH PARTITION years_enrolment_2024;
DROP TABLE years_enrolment_2024;
ALTER TABLE years_enrolment ATTACH PARTITION years_enrolment_2024_new FOR VALUES IN (2024);

INSERT INTO rollover_classsum SELECT * FROM ready.rollover_classsum;
INSERT INTO audit_event SELECT * FROM ready.audit_event;
COMMIT;
