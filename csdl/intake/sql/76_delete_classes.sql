-- Purpose: undo takes back the classes the run wrote, and the grades they admit. Input: run_id.
WITH gone AS (
    SELECT c.id FROM years_schoolclass c JOIN intake_write w ON w.noun = 'classes' AND w.target_id = c.id
    WHERE c.run_id = %(run_id)s
), grades AS (
    DELETE FROM years_classgrade g USING gone WHERE g.class_id = gone.id
)
DELETE FROM years_schoolclass c USING gone WHERE c.id = gone.id;
