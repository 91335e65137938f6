-- Purpose: undo lets those lead on whom the run's teachers followed. Input: start_year.
UPDATE years_homeroomassignment h
SET valid_to = NULL
FROM intake_write w
JOIN years_schoolclass c ON c.start_year = %(start_year)s AND c.school_id = w.school_id AND c.name = w.said ->> 'class_name'
WHERE w.noun = 'homeroom' AND w.state = 'created' AND h.class_id = c.id AND h.valid_to = (w.said ->> 'valid_from')::date;
