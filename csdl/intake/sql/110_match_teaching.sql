-- Purpose: a subject's name that several levels use becomes the code of the class's level; then the assignment of class,
--          subject, semester and teacher.
UPDATE intake_stage s SET said = s.said || jsonb_build_object('subject_code', coalesce(v.code, ''))
FROM intake_stage r
LEFT JOIN years_schoolclass c ON c.id = r.class_id
LEFT JOIN LATERAL (
    SELECT x.code FROM jsonb_array_elements_text(r.said -> 'subject_code') x (code)
    LEFT JOIN codes_codevalue k ON k.list_name = 'subject' AND k.code = x.code
    ORDER BY coalesce(k.extra ->> 'level_code', '') <> coalesce(c.level_code, (
        SELECT g.level_code FROM intake_class q JOIN codes_grade g ON g.code = q.grades[1]
        WHERE q.school_id = r.school_id AND q.class_key = r.class_key)), x.code
    LIMIT 1
) v ON true
WHERE r.seq = s.seq AND s.noun = 'teaching' AND jsonb_typeof(r.said -> 'subject_code') = 'array';
UPDATE intake_stage s SET target_id = t.id, side_id = t.id
FROM years_teachingassignment t
WHERE s.noun = 'teaching' AND t.class_id = s.class_id AND t.subject_code = s.said ->> 'subject_code'
  AND t.semester = (s.said ->> 'semester')::int AND t.staff_id = (s.said ->> 'staff_id')::bigint;
