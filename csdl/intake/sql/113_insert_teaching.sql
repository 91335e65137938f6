-- Purpose: new teaching assignments, of the class and the teacher that the plan holds. Inputs: run_id, account_id.
INSERT INTO years_teachingassignment (id, class_id, subject_code, staff_id, semester, periods_per_week, state, created_by, run_id)
SELECT w.target_id, (w.kept ->> 'class_id')::bigint, w.said ->> 'subject_code', (w.kept ->> 'staff_id')::bigint,
       (w.said ->> 'semester')::smallint, (w.said ->> 'periods_per_week')::numeric, 'confirmed', %(account_id)s, %(run_id)s
FROM intake_write w
WHERE w.noun = 'teaching' AND w.state = 'created';
