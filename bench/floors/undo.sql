-- Floor of the undo: DELETE of the same rows by their run, triggers, history and keys on. Nothing asks what depends on
-- the rows, and no run is marked.
BEGIN;
DELETE FROM years_enrolment WHERE start_year = 2024 AND run_id = ANY (%(run_ids)s);
DELETE FROM years_homeroomassignment WHERE run_id = ANY (%(run_ids)s);
DELETE FROM years_teachingassignment WHERE run_id = ANY (%(run_ids)s);
DELETE FROM years_classgrade WHERE class_id IN (SELECT id FROM years_schoolclass WHERE run_id = ANY (%(run_ids)s));
DELETE FROM years_schoolclass WHERE run_id = ANY (%(run_ids)s);
DELETE FROM staff_staffyear WHERE run_id = ANY (%(run_ids)s);
DELETE FROM orgs_schoolsite WHERE run_id = ANY (%(run_ids)s);
DELETE FROM orgs_schoollevel WHERE run_id = ANY (%(run_ids)s);
DELETE FROM orgs_schoolprofile WHERE run_id = ANY (%(run_ids)s);
COMMIT;
