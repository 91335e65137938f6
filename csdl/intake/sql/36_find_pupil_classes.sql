-- Purpose: the class a pupil's row names, spelt as the class is.
UPDATE intake_stage s
SET said = s.said || jsonb_build_object('class_name', c.name)
FROM intake_class c
WHERE s.noun = 'pupils' AND c.school_id = s.school_id AND c.class_key = s.class_key AND s.class_key <> ''
  AND s.said ->> 'class_name' <> c.name;
