-- Purpose: new homeroom assignments; a teacher whom the file brought is found by name. Inputs: run_id, account_id, start_year.
INSERT INTO years_homeroomassignment (id, class_id, staff_id, valid_from, valid_to, state, created_by, run_id)
SELECT w.target_id, c.id, coalesce((w.said ->> 'staff_id')::bigint, m.id), (w.said ->> 'valid_from')::date,
       (w.said ->> 'valid_to')::date, 'confirmed', %(account_id)s, %(run_id)s
FROM intake_write w
JOIN years_schoolclass c ON c.start_year = %(start_year)s AND c.school_id = w.school_id AND c.name = w.said ->> 'class_name'
LEFT JOIN LATERAL (
    SELECT m.id FROM staff_staffmember m JOIN staff_staffposting p ON p.staff_id = m.id AND p.unit_id = w.school_id
    WHERE m.full_name = w.said ->> 'staff_name' AND m.run_id = %(run_id)s ORDER BY m.id LIMIT 1
) m ON true
WHERE w.noun = 'homeroom' AND w.state = 'created';
