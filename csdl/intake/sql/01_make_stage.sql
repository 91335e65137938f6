-- Purpose: the rows of one run while they are planned, and what is found wrong with them; gone with the transaction.
--          `said` what the file says, `as_found` the text of cells that reading cleaned, `stands` what the database holds
--          of the same columns, `base` what it held when the file was written, `target_id` the record the row is about,
--          `side_id` the record that ties it to the year; `staff_seq` the row of the file that brings the row's teacher.
DROP TABLE IF EXISTS pg_temp.intake_stage, pg_temp.intake_found, pg_temp.intake_pool, pg_temp.intake_class;
CREATE TEMP TABLE intake_stage (
    seq integer PRIMARY KEY, noun text NOT NULL, sheet text NOT NULL, row_no bigint NOT NULL, label text NOT NULL,
    name_key text NOT NULL, class_key text NOT NULL, school_id bigint, said jsonb NOT NULL,
    as_found jsonb,
    target_id bigint, side_id bigint, class_id bigint, staff_seq integer, stands jsonb, base jsonb, candidates text,
    changes jsonb, has_theirs boolean NOT NULL DEFAULT false, is_left_out boolean NOT NULL DEFAULT false
) ON COMMIT DROP;
CREATE TEMP TABLE intake_found (
    seq integer NOT NULL, column_name text NOT NULL, value text NOT NULL, code text NOT NULL, message text NOT NULL,
    effect text NOT NULL, proposal text NOT NULL DEFAULT ''
) ON COMMIT DROP;
CREATE TEMP TABLE intake_pool (school_id bigint, student_id bigint, is_now boolean) ON COMMIT DROP;
CREATE TEMP TABLE intake_class (
    school_id bigint, class_key text, class_id bigint, name text, grades text[], grade_names text, seq integer
) ON COMMIT DROP;
