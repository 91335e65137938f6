-- Whoever stands in the new year at another school counts, even if gone again: a second row could overlap the first.
CREATE OR REPLACE FUNCTION csdl_claimed_elsewhere(leaving smallint, school_ids bigint[]) RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER
BEGIN ATOMIC
    SELECT e.id
    FROM years_enrolment e
    WHERE e.start_year = leaving AND e.school_id = ANY (school_ids)
      AND (SELECT csdl_account_id()) IS NOT NULL
      AND e.school_id IN (SELECT unit_id FROM access_scopeunit WHERE account_id = (SELECT csdl_account_id()))
      AND EXISTS (
        SELECT 1 FROM years_enrolment n
        WHERE n.start_year = leaving + 1 AND n.student_id = e.student_id AND n.school_id <> e.school_id);
END;

-- Two schools' first plans in a new year: the second finds the table the first has made. Only years that exist.
CREATE OR REPLACE FUNCTION csdl_make_plan_partition(year smallint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
AS $$
BEGIN
    IF to_regclass(format('%I', 'rollover_planrow_' || year)) IS NOT NULL THEN
        RETURN;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('csdl_make_plan_partition'));
    IF to_regclass(format('%I', 'rollover_planrow_' || year)) IS NULL
       AND EXISTS (SELECT 1 FROM years_schoolyear WHERE start_year = year) THEN
        EXECUTE format('CREATE TABLE %I PARTITION OF rollover_planrow FOR VALUES IN (%L)',
                       'rollover_planrow_' || year, year);
    END IF;
END;
$$;
