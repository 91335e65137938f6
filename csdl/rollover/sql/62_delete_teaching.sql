-- Purpose: take back draft teaching assignments of classes nobody stays in. Inputs: run_ids, kept_classes.
DELETE FROM years_teachingassignment WHERE run_id = ANY (%(run_ids)s) AND NOT class_id = ANY (%(kept_classes)s);
