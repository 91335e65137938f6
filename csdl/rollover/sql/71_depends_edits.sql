-- Enrolments these runs wrote that were changed since (status, class, confirmed flags). Inputs: from_year, run_ids.
SELECT e.school_id, e.id AS enrolment_id, e.student_id, e.class_id
FROM years_enrolment e JOIN rollover_rolloverrun r ON r.id = e.run_id
WHERE e.start_year = %(from_year)s + 1 AND e.run_id = ANY (%(run_ids)s) AND e.changed_at > r.created_at;
