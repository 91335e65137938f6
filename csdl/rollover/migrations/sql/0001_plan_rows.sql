-- Plan rows, partitioned by the year they leave: a province's plan is a million rows that nobody needs in five years.
CREATE TABLE rollover_planrow (
    from_year smallint NOT NULL,
    enrolment_id bigint NOT NULL,
    student_id bigint NOT NULL,
    school_id bigint NOT NULL,
    source_class_id bigint,
    act varchar(10) NOT NULL,
    rule_code varchar(10) NOT NULL,
    outcome varchar(30) NOT NULL,
    target_grade_code varchar(2) NOT NULL,
    plan_class_id bigint,
    is_chosen boolean NOT NULL DEFAULT false,
    detail varchar(300) NOT NULL DEFAULT '',
    CONSTRAINT a_planned_act_is_known CHECK (act IN ('promote', 'retain', 'complete', 'pending', 'left'))
) PARTITION BY LIST (from_year);
ALTER TABLE rollover_planrow ADD CONSTRAINT rollover_planrow_pkey PRIMARY KEY (from_year, enrolment_id);
CREATE INDEX plan_row_by_school ON rollover_planrow (school_id, act);

CREATE FUNCTION csdl_make_plan_partition(year smallint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
AS $$
BEGIN
    IF to_regclass(format('%I', 'rollover_planrow_' || year)) IS NULL THEN
        EXECUTE format('CREATE TABLE %I PARTITION OF rollover_planrow FOR VALUES IN (%L)',
                       'rollover_planrow_' || year, year);
    END IF;
END;
$$;
REVOKE ALL ON FUNCTION csdl_make_plan_partition FROM PUBLIC;
