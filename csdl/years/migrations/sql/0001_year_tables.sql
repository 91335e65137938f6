-- Enrolments and year results, partitioned by school year (D16). Django knows `id` as the key; the database's key is
-- (start_year, id), with ids of one sequence for all years.

ALTER TABLE years_schoolclass
    ADD CONSTRAINT a_class_is_of_a_level_its_school_teaches
        FOREIGN KEY (school_id, start_year, level_code) REFERENCES orgs_schoollevel (school_id, start_year, level_code),
    ADD CONSTRAINT a_class_has_a_grade_of_its_level
        FOREIGN KEY (grade_code, level_code) REFERENCES codes_grade (code, level_code),
    ADD CONSTRAINT a_class_belongs_to_a_school_year
        FOREIGN KEY (start_year) REFERENCES years_schoolyear (start_year);
ALTER TABLE orgs_schoolprofile
    ADD CONSTRAINT a_profile_belongs_to_a_school_year
        FOREIGN KEY (start_year) REFERENCES years_schoolyear (start_year);

-- A class admits its own grade; combined classes get further rows from who combines them.
CREATE FUNCTION csdl_class_admits_its_grade() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    INSERT INTO years_classgrade (start_year, school_id, class_id, grade_code)
    SELECT start_year, school_id, id, grade_code FROM added;
    RETURN NULL;
END;
$$;
CREATE TRIGGER admits_its_grade AFTER INSERT ON years_schoolclass
REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION csdl_class_admits_its_grade();

CREATE SEQUENCE years_enrolment_id_seq AS bigint;
CREATE TABLE years_enrolment (
    id bigint NOT NULL DEFAULT nextval('years_enrolment_id_seq'),
    start_year smallint NOT NULL,
    public_id uuid NOT NULL DEFAULT gen_random_uuid(),
    changed_at timestamptz NOT NULL DEFAULT now(),
    student_id bigint NOT NULL,
    school_id bigint NOT NULL,
    class_id bigint,
    first_class_id bigint,
    grade_code varchar(2) NOT NULL,
    enrolled_on date NOT NULL,
    left_on date,
    status_code varchar(2) NOT NULL DEFAULT '01',
    status_on date,
    admission_kind varchar(1) NOT NULL,
    leaving_reason_code varchar(2) NOT NULL DEFAULT '',
    transfer_destination_code varchar(2) NOT NULL DEFAULT '',
    repeat_count smallint NOT NULL DEFAULT 0,
    needs_confirmation boolean NOT NULL DEFAULT false,
    previous_id bigint,
    extra jsonb NOT NULL DEFAULT '{}',
    created_by bigint,
    run_id bigint,
    CONSTRAINT an_enrolment_lies_in_its_years_window CHECK (
        enrolled_on >= make_date(start_year, 7, 1)
        AND enrolled_on <= make_date(start_year + 1, 6, 30)
        AND left_on <= make_date(start_year + 1, 7, 1)),
    CONSTRAINT an_enrolment_ends_after_it_begins CHECK (left_on >= enrolled_on),
    CONSTRAINT who_has_left_has_a_last_day CHECK (
        (status_code IN ('04', '05', '08', '09', '11', '12')) = (left_on IS NOT NULL))
) PARTITION BY LIST (start_year);
ALTER SEQUENCE years_enrolment_id_seq OWNED BY years_enrolment.id;
ALTER TABLE years_enrolment
    ADD CONSTRAINT years_enrolment_pkey PRIMARY KEY (start_year, id),
    ADD CONSTRAINT spells_of_a_student_do_not_overlap
        EXCLUDE USING gist (start_year WITH =, student_id WITH =, daterange(enrolled_on, left_on) WITH &&),
    ADD CONSTRAINT an_enrolment_belongs_to_a_school_year
        FOREIGN KEY (start_year) REFERENCES years_schoolyear (start_year),
    ADD CONSTRAINT an_enrolment_is_of_a_student
        FOREIGN KEY (student_id) REFERENCES students_student (id),
    ADD CONSTRAINT an_enrolment_is_at_a_school_of_that_year
        FOREIGN KEY (school_id, start_year) REFERENCES orgs_schoolprofile (school_id, start_year),
    ADD CONSTRAINT an_enrolment_has_a_grade_its_class_admits
        FOREIGN KEY (start_year, school_id, class_id, grade_code)
        REFERENCES years_classgrade (start_year, school_id, class_id, grade_code),
    ADD CONSTRAINT an_enrolment_has_a_known_grade
        FOREIGN KEY (grade_code) REFERENCES codes_grade (code);
CREATE INDEX enrolment_by_student ON years_enrolment (student_id, school_id, class_id);
CREATE INDEX enrolment_by_school ON years_enrolment (school_id, class_id);
CREATE INDEX enrolment_by_class ON years_enrolment (class_id);
CREATE INDEX enrolment_by_public_id ON years_enrolment (public_id);

CREATE SEQUENCE years_yearresult_id_seq AS bigint;
CREATE TABLE years_yearresult (
    id bigint NOT NULL DEFAULT nextval('years_yearresult_id_seq'),
    start_year smallint NOT NULL,
    enrolment_id bigint NOT NULL,
    outcome varchar(30) NOT NULL,
    regime varchar(10) NOT NULL,
    learning_level varchar(10) NOT NULL DEFAULT '',
    training_level varchar(10) NOT NULL DEFAULT '',
    absence_count smallint,
    note text NOT NULL DEFAULT '',
    is_current boolean NOT NULL DEFAULT true,
    decided_by bigint,
    decided_on date,
    changed_at timestamptz NOT NULL DEFAULT now(),
    run_id bigint,
    CONSTRAINT a_result_is_one_of_the_outcome_codes CHECK (outcome IN (
        'promoted', 'retained', 'pending_reassessment', 'pending_summer_training', 'completed_preschool',
        'completed_primary', 'completed_lower_secondary', 'completed_upper_secondary', 'graduated', 'not_assessed'))
) PARTITION BY LIST (start_year);
ALTER SEQUENCE years_yearresult_id_seq OWNED BY years_yearresult.id;
ALTER TABLE years_yearresult
    ADD CONSTRAINT years_yearresult_pkey PRIMARY KEY (start_year, id),
    ADD CONSTRAINT a_result_is_of_an_enrolment_of_that_year
        FOREIGN KEY (start_year, enrolment_id) REFERENCES years_enrolment (start_year, id);
CREATE UNIQUE INDEX an_enrolment_has_one_current_result ON years_yearresult (start_year, enrolment_id) WHERE is_current;
CREATE INDEX result_by_enrolment ON years_yearresult (enrolment_id);

ALTER TABLE years_classmove
    ADD CONSTRAINT a_move_is_of_an_enrolment_of_that_year
        FOREIGN KEY (start_year, enrolment_id) REFERENCES years_enrolment (start_year, id);

-- Opening a year makes its partitions. Runs with the owner's rights, because the web role owns nothing (D19).
CREATE FUNCTION csdl_make_year_partitions(year smallint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
AS $$
DECLARE
    parent text;
BEGIN
    FOREACH parent IN ARRAY ARRAY['years_enrolment', 'years_yearresult'] LOOP
        IF to_regclass(format('%I', parent || '_' || year)) IS NULL THEN
            EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES IN (%L)', parent || '_' || year, parent, year);
        END IF;
    END LOOP;
END;
$$;
REVOKE ALL ON FUNCTION csdl_make_year_partitions FROM PUBLIC;

-- Years that take writes; the write policies of every year table ask this.
CREATE FUNCTION csdl_open_years() RETURNS smallint[]
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT coalesce(array_agg(start_year), '{}') FROM years_schoolyear WHERE state = 'open';
END;

CALL csdl_add_touch('{years_schoolclass,years_enrolment,years_yearresult}');
