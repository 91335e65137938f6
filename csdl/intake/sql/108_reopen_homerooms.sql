-- Purpose: undo lets those lead on whom the run's teachers followed: those the run ended, and no other.
UPDATE years_homeroomassignment h
SET valid_to = NULL
FROM intake_write w
WHERE w.noun = 'homeroom' AND h.id = (w.kept ->> 'ended_id')::bigint AND h.valid_to = (w.said ->> 'valid_from')::date;
