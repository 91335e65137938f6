-- Purpose: the class a pupil's row names, spelt as the class is.
UPDATE intake_stage s
SET class_id = c.class_id,
    said = CASE WHEN s.said ->> 'class_name' = c.name THEN s.said
                ELSE s.said || jsonb_build_object('class_name', c.name) END
FROM intake_class c
WHERE s.noun = 'pupils' AND s.said ? 'class_name' AND c.school_id = s.school_id AND c.class_key = s.class_key
  AND (c.class_id IS NOT NULL OR s.said ->> 'class_name' <> c.name);
