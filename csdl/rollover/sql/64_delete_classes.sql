-- Purpose: take back classes these runs made. Inputs: run_ids, kept_classes.
DELETE FROM years_schoolclass WHERE run_id = ANY (%(run_ids)s) AND NOT id = ANY (%(kept_classes)s);
