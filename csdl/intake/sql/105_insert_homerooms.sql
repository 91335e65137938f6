-- Purpose: new homeroom assignments, of the class and the teacher that the plan holds. Inputs: run_id, account_id.
INSERT INTO years_homeroomassignment (id, class_id, staff_id, valid_from, valid_to, state, created_by, run_id)
SELECT w.target_id, (w.kept ->> 'class_id')::bigint, (w.kept ->> 'staff_id')::bigint, (w.said ->> 'valid_from')::date,
       (w.said ->> 'valid_to')::date, 'confirmed', %(account_id)s, %(run_id)s
FROM intake_write w
WHERE w.noun = 'homeroom' AND w.state = 'created';
