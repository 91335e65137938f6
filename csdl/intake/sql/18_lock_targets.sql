-- Purpose: hold every record that a run is about, in the order of keys, until it has written: what is read after this
--          stays so, a colleague who saves the same record before is seen, one after waits. Inputs: run_id, start_year.
WITH planned AS MATERIALIZED (
    SELECT noun, target_id, school_id FROM intake_importrow
    WHERE run_id = %(run_id)s AND target_id IS NOT NULL AND state <> 'rejected'
), sites AS MATERIALIZED (
    SELECT x.id FROM orgs_schoolsite x WHERE x.id IN (SELECT target_id FROM planned WHERE noun = 'sites')
    ORDER BY x.id FOR NO KEY UPDATE
), classes AS MATERIALIZED (
    SELECT c.id FROM years_schoolclass c
    WHERE c.start_year = %(start_year)s AND c.id IN (SELECT target_id FROM planned WHERE noun = 'classes')
    ORDER BY c.id FOR NO KEY UPDATE
), people AS MATERIALIZED (
    SELECT m.id FROM staff_staffmember m WHERE m.id IN (SELECT target_id FROM planned WHERE noun = 'staff')
    ORDER BY m.id FOR NO KEY UPDATE
), postings AS MATERIALIZED (
    SELECT p.id FROM staff_staffposting p
    WHERE (p.staff_id, p.unit_id) IN (SELECT target_id, school_id FROM planned WHERE noun = 'staff')
    ORDER BY p.id FOR NO KEY UPDATE
), pupils AS MATERIALIZED (
    SELECT t.id FROM students_student t WHERE t.id IN (SELECT target_id FROM planned WHERE noun = 'pupils')
    ORDER BY t.id FOR NO KEY UPDATE
), enrolments AS MATERIALIZED (
    SELECT e.id FROM years_enrolment e
    WHERE e.start_year = %(start_year)s
      AND (e.student_id, e.school_id) IN (SELECT target_id, school_id FROM planned WHERE noun = 'pupils')
    ORDER BY e.id FOR NO KEY UPDATE
), guardians AS MATERIALIZED (
    SELECT g.id FROM students_guardian g WHERE g.student_id IN (SELECT target_id FROM planned WHERE noun = 'pupils')
    ORDER BY g.id FOR NO KEY UPDATE
), homerooms AS MATERIALIZED (
    SELECT h.id FROM years_homeroomassignment h WHERE h.id IN (SELECT target_id FROM planned WHERE noun = 'homeroom')
    ORDER BY h.id FOR NO KEY UPDATE
), lessons AS MATERIALIZED (
    SELECT t.id FROM years_teachingassignment t WHERE t.id IN (SELECT target_id FROM planned WHERE noun = 'teaching')
    ORDER BY t.id FOR NO KEY UPDATE
)
SELECT (SELECT count(*) FROM sites) + (SELECT count(*) FROM classes) + (SELECT count(*) FROM people)
     + (SELECT count(*) FROM postings) + (SELECT count(*) FROM pupils) + (SELECT count(*) FROM enrolments)
     + (SELECT count(*) FROM guardians) + (SELECT count(*) FROM homerooms) + (SELECT count(*) FROM lessons) AS held;
