-- Floor of single mode, for one school: the rows its run wrote, inserted into the live tables in one transaction, as the
-- product has one transaction per school. The ready rows are indexed by school, so that finding them costs nothing.
BEGIN;
INSERT INTO rollover_planclass SELECT * FROM ready.rollover_planclass WHERE school_id = %(school_id)s;
INSERT INTO rollover_planrow SELECT * FROM ready.rollover_planrow WHERE school_id = %(school_id)s;
INSERT INTO rollover_rolloverrun SELECT * FROM ready.rollover_rolloverrun WHERE school_id = %(school_id)s;
INSERT INTO rollover_schoolrollover SELECT * FROM ready.rollover_schoolrollover WHERE school_id = %(school_id)s;
INSERT INTO orgs_schoolprofile SELECT * FROM ready.orgs_schoolprofile WHERE school_id = %(school_id)s;
INSERT INTO orgs_schoollevel SELECT * FROM ready.orgs_schoollevel WHERE school_id = %(school_id)s;
INSERT INTO orgs_schoolsite SELECT * FROM ready.orgs_schoolsite WHERE school_id = %(school_id)s;
INSERT INTO staff_staffyear SELECT * FROM ready.staff_staffyear WHERE unit_id = %(school_id)s;
INSERT INTO years_schoolclass
    (id, public_id, changed_at, start_year, name, grade_code, level_code, age_group_code, mixed_age, is_combined,
     session_code, sessions_per_week_code, is_gifted, gifted_stream_code, is_semi_boarding, fl1_code, fl2_code,
     is_special, seq_no, is_confirmed, extra, created_by, run_id, lineage_id, school_id, site_id)
SELECT id, public_id, changed_at, start_year, name, grade_code, level_code, age_group_code, mixed_age, is_combined,
       session_code, sessions_per_week_code, is_gifted, gifted_stream_code, is_semi_boarding, fl1_code, fl2_code,
       is_special, seq_no, is_confirmed, extra, created_by, run_id, lineage_id, school_id, site_id
FROM ready.years_schoolclass WHERE school_id = %(school_id)s;
INSERT INTO years_homeroomassignment SELECT * FROM ready.years_homeroomassignment WHERE run_id = %(run_id)s;
INSERT INTO years_teachingassignment SELECT * FROM ready.years_teachingassignment WHERE run_id = %(run_id)s;
INSERT INTO years_enrolment SELECT * FROM ready.years_enrolment WHERE school_id = %(school_id)s;
INSERT INTO rollover_classsum SELECT * FROM ready.rollover_classsum WHERE run_id = %(run_id)s;
INSERT INTO audit_event SELECT * FROM ready.audit_event WHERE unit_id = %(school_id)s;
COMMIT;
