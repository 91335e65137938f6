-- Purpose: the grades that classes about to go admit. Inputs: run_ids, kept_classes.
DELETE FROM years_classgrade g USING years_schoolclass c
WHERE c.id = g.class_id AND c.run_id = ANY (%(run_ids)s) AND NOT c.id = ANY (%(kept_classes)s);
