-- Purpose: take back proposed homeroom teachers of classes nobody stays in. Inputs: run_ids, kept_classes.
DELETE FROM years_homeroomassignment WHERE run_id = ANY (%(run_ids)s) AND NOT class_id = ANY (%(kept_classes)s);
