-- Purpose: the persons each school of the file knows: enrolled there in the run's year or in an earlier one. Nobody else is
--          ever matched (D20). Input: start_year.
INSERT INTO intake_pool
SELECT e.school_id, e.student_id, bool_or(e.start_year = %(start_year)s)
FROM years_enrolment e
WHERE e.school_id IN (SELECT DISTINCT school_id FROM intake_stage WHERE noun = 'pupils') AND e.start_year <= %(start_year)s
GROUP BY 1, 2;
