-- On which days a posting means that its person works there: the one rule, asked by grants, papers and lists of people.
-- An end entered ahead ends the work on that day and not before; a status that says "has gone" without a day, at once.
CREATE FUNCTION csdl_days_worked(valid_from date, valid_to date, status_code varchar) RETURNS daterange
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN valid_to IS NOT NULL OR status_code NOT IN ('02', '03', '05') THEN daterange(valid_from, valid_to) END;

-- Where the person of an account works, and on which days: one row for each posting. Who works in a division of the
-- department works for the department itself as well: its head gives them rights over the whole province.
CREATE FUNCTION csdl_workplaces(account bigint) RETURNS TABLE (unit_id bigint, days daterange)
LANGUAGE sql STABLE ROWS 2
BEGIN ATOMIC
    SELECT w.unit_id, csdl_days_worked(p.valid_from, p.valid_to, p.status_code)
    FROM staff_staffmember m
    JOIN staff_staffposting p ON p.staff_id = m.id
    JOIN orgs_orgunit u ON u.id = p.unit_id
    CROSS JOIN LATERAL (
        SELECT u.id UNION ALL SELECT u.parent_id WHERE u.kind = 'department_division' AND u.parent_id IS NOT NULL
    ) w (unit_id)
    WHERE m.account_id = account;
END;

-- Runs of days on which the persons of these accounts work at these units. With the owner's rights: asked by a teacher's
-- own confirmation as well, who reads no postings. In the web it answers for oneself, and for all at the units where
-- the acting account writes rights.
CREATE FUNCTION csdl_days_at_work(units bigint[], accounts bigint[])
RETURNS TABLE (account_id bigint, unit_id bigint, valid_from date, valid_to date)
LANGUAGE plpgsql STABLE SECURITY DEFINER AS $$
DECLARE
    acting bigint := csdl_account_id();
    told bigint[] := units;
BEGIN
    IF csdl_asked_by_web() THEN
        told := ARRAY(SELECT u.id FROM unnest(units) AS u (id) WHERE csdl_acting_reaches(u.id));
    END IF;
    RETURN QUERY
    SELECT a.id, w.unit_id, lower(run.days), upper(run.days)
    FROM (SELECT DISTINCT unnest(accounts) AS id) a
    CROSS JOIN LATERAL (
        SELECT p.unit_id, range_agg(p.days) AS days FROM csdl_workplaces(a.id) p
        WHERE p.unit_id = ANY (units) AND (a.id = acting OR p.unit_id = ANY (told)) GROUP BY p.unit_id
    ) w
    CROSS JOIN LATERAL unnest(w.days) AS run (days)
    ORDER BY 1, 2, 3;
END $$;
REVOKE ALL ON FUNCTION csdl_days_at_work FROM PUBLIC;
