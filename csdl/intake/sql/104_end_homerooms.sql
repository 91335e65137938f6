-- Purpose: whoever leads a class until a new teacher does, does so until that day; who was ended is kept with the row.
WITH ended AS (
    UPDATE years_homeroomassignment h
    SET valid_to = (w.said ->> 'valid_from')::date
    FROM intake_write w
    WHERE w.noun = 'homeroom' AND w.state = 'created' AND h.class_id = (w.kept ->> 'class_id')::bigint AND h.valid_to IS NULL
      AND h.valid_from < (w.said ->> 'valid_from')::date
    RETURNING w.row_id, h.id
)
UPDATE intake_importrow r SET kept = r.kept || jsonb_build_object('ended_id', e.id) FROM ended e WHERE r.id = e.row_id;
