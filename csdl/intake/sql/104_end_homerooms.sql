-- Purpose: whoever leads a class until a new teacher does, does so until that day, the first where the file names several;
--          who was ended is kept with the row.
WITH ended AS (
    UPDATE years_homeroomassignment h
    SET valid_to = w.day
    FROM (
        SELECT DISTINCT ON (led.id) led.id, n.row_id, (n.said ->> 'valid_from')::date AS day
        FROM intake_write n
        JOIN years_homeroomassignment led ON led.class_id = (n.kept ->> 'class_id')::bigint AND led.valid_to IS NULL
            AND led.valid_from < (n.said ->> 'valid_from')::date
        WHERE n.noun = 'homeroom' AND n.state = 'created'
        ORDER BY led.id, day
    ) w
    WHERE h.id = w.id
    RETURNING w.row_id, h.id
)
UPDATE intake_importrow r SET kept = r.kept || jsonb_build_object('ended_id', e.id) FROM ended e WHERE r.id = e.row_id;
