-- Pupils counted by a freeze, partitioned by period: a province's period is a million rows and more with every freeze
-- again; old periods are read cell by cell. No foreign keys: the rows stand when what they were taken from is gone.
CREATE SEQUENCE reports_countedpupil_id_seq AS bigint;
CREATE TABLE reports_countedpupil (
    id bigint NOT NULL DEFAULT nextval('reports_countedpupil_id_seq'),
    period_id bigint NOT NULL,
    snapshot_id bigint NOT NULL,
    unit_id bigint NOT NULL,
    enrolment_id bigint NOT NULL,
    student_id bigint NOT NULL,
    class_id bigint NOT NULL,
    class_name varchar(60) NOT NULL,
    full_name varchar(120) NOT NULL,
    birth_date date,
    local_code varchar(50) NOT NULL,
    grade_code varchar(2) NOT NULL,
    age smallint,
    age_months smallint,
    age_group_code varchar(2) NOT NULL,
    is_female boolean NOT NULL,
    is_minority boolean NOT NULL,
    is_very_small_group boolean NOT NULL,
    is_new_intake boolean NOT NULL,
    is_repeater boolean NOT NULL,
    has_two_sessions boolean NOT NULL,
    is_semi_boarder boolean NOT NULL,
    is_boarder boolean NOT NULL,
    is_ethnic_semi_boarder boolean NOT NULL,
    is_disabled boolean NOT NULL,
    disability_code varchar(2) NOT NULL,
    is_inclusive boolean NOT NULL,
    is_special boolean NOT NULL,
    learns_informatics boolean NOT NULL,
    learns_foreign_language boolean NOT NULL,
    learns_ethnic_language boolean NOT NULL,
    is_in_gifted_class boolean NOT NULL,
    learns_vocation boolean NOT NULL,
    study_mode_code varchar(2) NOT NULL,
    has_policy boolean NOT NULL,
    has_study_cost_support boolean NOT NULL,
    has_living_support boolean NOT NULL,
    has_lunch_support boolean NOT NULL,
    fee_support_code varchar(2) NOT NULL,
    is_nutrition_checked boolean NOT NULL,
    nutrition_code varchar(2) NOT NULL,
    is_present boolean NOT NULL,
    was_here_at_start boolean NOT NULL,
    has_arrived boolean NOT NULL,
    has_returned boolean NOT NULL,
    left_how varchar(12) NOT NULL,
    leaving_reason_code varchar(2) NOT NULL,
    transfer_destination_code varchar(2) NOT NULL,
    outcome varchar(30) NOT NULL,
    learning_level varchar(10) NOT NULL,
    training_level varchar(10) NOT NULL
) PARTITION BY LIST (period_id);
ALTER SEQUENCE reports_countedpupil_id_seq OWNED BY reports_countedpupil.id;
ALTER TABLE reports_countedpupil
    ADD CONSTRAINT a_pupil_is_counted_once_by_a_freeze UNIQUE (period_id, snapshot_id, enrolment_id);

-- Opening a period makes its partition. Runs with the owner's rights, because the web role owns nothing (D19).
CREATE FUNCTION csdl_make_report_partition(period bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
AS $$
BEGIN
    IF to_regclass(format('%I', 'reports_countedpupil_' || period)) IS NULL THEN
        EXECUTE format('CREATE TABLE %I PARTITION OF reports_countedpupil FOR VALUES IN (%L)',
                       'reports_countedpupil_' || period, period);
        EXECUTE format('CREATE TRIGGER stays BEFORE UPDATE OR DELETE OR TRUNCATE ON %I'
                       ' FOR EACH STATEMENT EXECUTE FUNCTION csdl_frozen_rows_stay()',
                       'reports_countedpupil_' || period);
    END IF;
END;
$$;
REVOKE ALL ON FUNCTION csdl_make_report_partition FROM PUBLIC;

-- What was frozen is never changed or deleted, by whomever. One thing only: who is erased by order loses name and day of
-- birth; what was counted stays, and so do the figures and the hash.
CREATE FUNCTION csdl_frozen_rows_stay() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND current_setting('csdl.erasing', true) = 'on' THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'csdl: frozen rows of % stay as they are', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END;
$$;
CREATE FUNCTION csdl_erase_counted_person(student bigint, staff bigint) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER
AS $$
DECLARE
    pupils bigint;
    colleagues bigint;
BEGIN
    PERFORM set_config('csdl.erasing', 'on', true);
    UPDATE reports_countedpupil SET full_name = '', birth_date = NULL, local_code = '' WHERE student_id = student;
    GET DIAGNOSTICS pupils = ROW_COUNT;
    UPDATE reports_countedstaff SET full_name = '', birth_date = NULL WHERE staff_id = staff;
    GET DIAGNOSTICS colleagues = ROW_COUNT;
    PERFORM set_config('csdl.erasing', '', true);
    RETURN pupils + colleagues;
END;
$$;
REVOKE ALL ON FUNCTION csdl_erase_counted_person FROM PUBLIC;
DO $$
DECLARE
    kept text;
BEGIN
    FOREACH kept IN ARRAY ARRAY['countedpupil', 'countedclass', 'countedstaff', 'countedroom', 'countedsite', 'countedschool',
                                'cellrow', 'failedcheck'] LOOP
        EXECUTE format('CREATE TRIGGER stays BEFORE UPDATE OR DELETE OR TRUNCATE ON %I'
                       ' FOR EACH STATEMENT EXECUTE FUNCTION csdl_frozen_rows_stay()', 'reports_' || kept);
    END LOOP;
END;
$$;

-- A snapshot is open while its transaction fills it; sealed, it stays.
CREATE FUNCTION csdl_sealed_snapshot_stays() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    RAISE EXCEPTION 'csdl: snapshot % is sealed', OLD.id USING ERRCODE = 'integrity_constraint_violation';
END;
$$;
CREATE TRIGGER stays BEFORE UPDATE OR DELETE ON reports_snapshot
    FOR EACH ROW WHEN (OLD.digest <> '') EXECUTE FUNCTION csdl_sealed_snapshot_stays();

CALL csdl_add_touch('{reports_freezerun,reports_reportperiod,reports_snapshot,reports_submission}');
