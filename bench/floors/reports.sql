-- Floor of a province's freeze: the rows it wrote, kept ready in unindexed tables of the schema `ready`, are put into the
-- product's tables; and one grouping of the year's enrolments stands for all counting. No fact is worked out, no cell
-- counted, nothing checked, hashed or compared.
BEGIN;
SET LOCAL work_mem = '128MB';
INSERT INTO reports_freezerun SELECT * FROM ready.reports_freezerun;
INSERT INTO reports_submission SELECT * FROM ready.reports_submission;
INSERT INTO reports_snapshot SELECT * FROM ready.reports_snapshot;
INSERT INTO reports_countedpupil SELECT * FROM ready.reports_countedpupil;
INSERT INTO reports_countedclass SELECT * FROM ready.reports_countedclass;
INSERT INTO reports_countedstaff SELECT * FROM ready.reports_countedstaff;
INSERT INTO reports_countedroom SELECT * FROM ready.reports_countedroom;
INSERT INTO reports_countedsite SELECT * FROM ready.reports_countedsite;
INSERT INTO reports_countedschool SELECT * FROM ready.reports_countedschool;
INSERT INTO reports_cellrow SELECT * FROM ready.reports_cellrow;
INSERT INTO reports_failedcheck SELECT * FROM ready.reports_failedcheck;
SELECT e.school_id, e.grade_code, p.gender_code, p.ethnic_code, count(*)
FROM years_enrolment e JOIN students_student p ON p.id = e.student_id
WHERE e.start_year = 2023 AND e.enrolled_on <= '2023-09-30' AND (e.left_on IS NULL OR e.left_on > '2023-09-30')
GROUP BY 1, 2, 3, 4;
COMMIT;
