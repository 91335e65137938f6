-- Purpose: the changed cells of guardians the records have, and no other; the same statement puts old cells back.
UPDATE students_guardian g
SET full_name = n.full_name, birth_year = n.birth_year, occupation = n.occupation, workplace = n.workplace,
    phone = n.phone, citizen_id_no = n.citizen_id_no
FROM (
    SELECT w.target_id, kin.relation,
           jsonb_object_agg(substr(cell.key, length(kin.relation) + 2), cell.value) AS cells
    FROM intake_write w
    CROSS JOIN (VALUES ('father'), ('mother'), ('guardian')) kin (relation)
    CROSS JOIN LATERAL jsonb_each(w.cells) cell
    WHERE w.noun = 'pupils' AND w.cells <> '{}' AND starts_with(cell.key, kin.relation || '_')
    GROUP BY w.target_id, kin.relation
) w
JOIN LATERAL (
    SELECT * FROM students_guardian o WHERE o.student_id = w.target_id AND o.relation = w.relation ORDER BY o.id LIMIT 1
) o ON true
CROSS JOIN LATERAL jsonb_populate_record(o.*::students_guardian, w.cells) n
WHERE g.id = o.id AND g.run_id IS DISTINCT FROM %(run_id)s;
