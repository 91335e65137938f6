-- A school's plan must know that one of its pupils already stands in the new year at another school (rule C6), and
-- the row policies rightly hide that row. Answers only the school's own enrolment, never where the pupil is; only for
-- schools the acting account reaches. The owner sees the rows themselves: for it nothing is answered, at no cost.
CREATE FUNCTION csdl_claimed_elsewhere(leaving smallint, school_ids bigint[]) RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER
BEGIN ATOMIC
    SELECT e.id
    FROM years_enrolment e
    JOIN years_enrolment n ON n.start_year = leaving + 1 AND n.student_id = e.student_id AND n.left_on IS NULL
        AND n.school_id <> e.school_id
    WHERE e.start_year = leaving AND e.school_id = ANY (school_ids)
      AND (SELECT csdl_account_id()) IS NOT NULL
      AND e.school_id IN (SELECT unit_id FROM access_scopeunit WHERE account_id = (SELECT csdl_account_id()));
END;
REVOKE ALL ON FUNCTION csdl_claimed_elsewhere FROM PUBLIC;
