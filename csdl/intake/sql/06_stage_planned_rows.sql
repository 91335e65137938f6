-- Purpose: bring a kept plan back among the rows being planned, to see whether the same would be planned now. Rows that
--          are not taken stay away. Inputs: run_id, labels and class columns come with the rows.
INSERT INTO intake_stage (seq, noun, sheet, row_no, label, name_key, class_key, school_id, said)
SELECT r.id - (SELECT min(id) FROM intake_importrow WHERE run_id = %(run_id)s), r.noun, r.sheet, r.row_no, r.label,
       csdl_fold(r.label), csdl_fold(coalesce(r."values" ->> CASE r.noun WHEN 'classes' THEN 'name' ELSE 'class_name' END, '')),
       r.school_id, r."values"
FROM intake_importrow r
WHERE r.run_id = %(run_id)s AND r.state <> 'rejected';
