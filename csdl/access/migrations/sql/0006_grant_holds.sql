-- When a grant holds: the one definition, asked by who acts (GrantActor) and by the scopes that the row policies read.
--
-- On the days of an active grant; where its account belongs to a member of staff, only while that person works at the
-- grant's unit. A posting without end counts unless its status says that the person has gone. Who was appointed from
-- above and has no posting at the unit at all holds without one. From the grant's end until `read_until` it holds for
-- reading only. One row for each run of days; accounts NULL: every account.
-- With the owner's rights: an account reads no postings before it is known what it may read.
CREATE FUNCTION csdl_grant_holds(accounts bigint[]) RETURNS TABLE (
    grant_id bigint, account_id bigint, unit_id bigint, role_code varchar, level_codes varchar[],
    valid_from date, valid_to date, is_reading boolean)
LANGUAGE sql STABLE SECURITY DEFINER ROWS 10
BEGIN ATOMIC
    WITH given AS (
        SELECT g.* FROM access_grant g
        WHERE g.state = 'active' AND (accounts IS NULL OR g.account_id = ANY (accounts))
    ),
    spans AS (
        SELECT g.id, datemultirange(daterange(g.valid_from, g.valid_to)) AS days, false AS is_reading
        FROM given g WHERE g.valid_to IS NULL OR g.valid_to > g.valid_from
        UNION ALL
        SELECT g.id, datemultirange(daterange(g.valid_to, g.read_until)), true
        FROM given g WHERE g.read_until > g.valid_to
    ),
    worked AS (
        SELECT g.id,
               count(p.id) AS postings,
               range_agg(daterange(p.valid_from, p.valid_to))
                   FILTER (WHERE p.valid_to IS NOT NULL OR p.status_code NOT IN ('02', '03', '05')) AS days
        FROM given g
        JOIN staff_staffmember m ON m.account_id = g.account_id
        LEFT JOIN staff_staffposting p ON p.staff_id = m.id AND p.unit_id = g.unit_id
        GROUP BY g.id
    )
    SELECT g.id, g.account_id, g.unit_id, g.role_code, g.level_codes, lower(run.days), upper(run.days), s.is_reading
    FROM given g
    JOIN spans s ON s.id = g.id
    LEFT JOIN worked w ON w.id = g.id
    CROSS JOIN LATERAL unnest(
        CASE WHEN w.id IS NULL OR (w.postings = 0 AND g.ground = 'appointment') THEN s.days
             ELSE s.days * coalesce(w.days, '{}') END) AS run (days);
END;
REVOKE ALL ON FUNCTION csdl_grant_holds FROM PUBLIC;

-- What a unit and the levels of a grant come to: units reached whole (no level), and single grades of schools that teach
-- other levels as well. Without levels: the unit and everything below it. With levels: schools alone, not the offices
-- above them. A school that ever taught another level counts as one of several, so that no old class slips in.
CREATE FUNCTION csdl_scope_of(unit bigint, levels varchar[])
RETURNS TABLE (unit_id bigint, level_code varchar, grade_code varchar)
LANGUAGE sql STABLE ROWS 20
BEGIN ATOMIC
    WITH below AS MATERIALIZED (SELECT b.unit_id FROM csdl_subtree(unit, csdl_today()) b),
    taught AS MATERIALIZED (
        SELECT l.school_id, array_agg(DISTINCT l.level_code) AS levels
        FROM orgs_schoollevel l WHERE levels <> '{}' AND l.school_id IN (SELECT b.unit_id FROM below b)
        GROUP BY l.school_id
    )
    SELECT b.unit_id, NULL::varchar, NULL::varchar FROM below b WHERE levels = '{}'
    UNION ALL
    SELECT t.school_id, NULL, NULL FROM taught t WHERE t.levels <@ csdl_scope_of.levels
    UNION ALL
    SELECT t.school_id, g.level_code, g.code
    FROM taught t JOIN codes_grade g ON g.level_code = ANY (t.levels) AND g.level_code = ANY (csdl_scope_of.levels)
    WHERE NOT t.levels <@ csdl_scope_of.levels;
END;

-- Until the transaction ends nobody else derives the scopes of these accounts: who comes second sees what the first has
-- written. Whoever derives those of all waits for nobody: each statement of it is right for the moment it begins.
CREATE FUNCTION csdl_hold_scopes(accounts bigint[]) RETURNS void
LANGUAGE sql
BEGIN ATOMIC
    SELECT pg_advisory_xact_lock(hashtext('csdl.access.scopes'), a.id::integer)
    FROM (SELECT DISTINCT unnest(accounts) AS id ORDER BY 1 LIMIT 1000) a;
END;

-- What each role reads and writes, and the whole of deriving again: the wall fills both from the roles and scope kinds
-- that the code declares. Until then no role reaches anything.
CREATE FUNCTION csdl_role_masks()
RETURNS TABLE (role_code varchar, scope_kind varchar, reads integer, reads_after integer, writes integer)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT '', '', 0, 0, 0 WHERE false $$;
CREATE FUNCTION csdl_refresh_scopes(accounts bigint[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
AS $$ BEGIN END; $$;
REVOKE ALL ON FUNCTION csdl_refresh_scopes FROM PUBLIC;

-- Derive again which units accounts reach, and which levels of schools; writes differences only. NULL: every account.
CREATE FUNCTION csdl_refresh_unit_scopes(accounts bigint[]) RETURNS void
LANGUAGE sql SECURITY DEFINER
AS $$
    WITH held AS MATERIALIZED (
        SELECT h.grant_id, h.account_id, h.unit_id, h.level_codes, h.valid_from, h.valid_to,
               CASE WHEN h.is_reading THEN m.reads_after ELSE m.reads END AS reads,
               CASE WHEN h.is_reading THEN 0 ELSE m.writes END AS writes,
               u.parent_id IS NULL AND h.level_codes = '{}' AS is_all
        FROM csdl_grant_holds(accounts) h
        JOIN csdl_role_masks() m ON m.role_code = h.role_code AND m.scope_kind = 'unit'
        JOIN orgs_orgunit u ON u.id = h.unit_id
    ),
    places AS MATERIALIZED (
        SELECT p.unit_id AS root, p.level_codes, s.unit_id, s.level_code, s.grade_code
        FROM (SELECT DISTINCT unit_id, level_codes FROM held WHERE NOT is_all) p
        CROSS JOIN LATERAL csdl_scope_of(p.unit_id, p.level_codes) s
    ),
    wanted AS MATERIALIZED (
        SELECT h.grant_id, h.account_id, h.reads, h.writes, h.valid_from, h.valid_to,
               p.unit_id, p.level_code, p.grade_code
        FROM held h JOIN places p ON p.root = h.unit_id AND p.level_codes = h.level_codes
        WHERE NOT h.is_all
    ),
    less_all AS (
        DELETE FROM access_scopeall s
        WHERE (accounts IS NULL OR s.account_id = ANY (accounts))
          AND NOT EXISTS (
            SELECT FROM held w WHERE w.is_all AND w.grant_id = s.grant_id AND w.account_id = s.account_id
              AND (w.reads, w.writes, w.valid_from) = (s.reads, s.writes, s.valid_from)
              AND w.valid_to IS NOT DISTINCT FROM s.valid_to)
    ),
    less_units AS (
        DELETE FROM access_scopeunit s
        WHERE (accounts IS NULL OR s.account_id = ANY (accounts))
          AND NOT EXISTS (
            SELECT FROM wanted w
            WHERE w.level_code IS NULL AND w.unit_id = s.unit_id AND w.grant_id = s.grant_id
              AND w.account_id = s.account_id
              AND (w.reads, w.writes, w.valid_from) = (s.reads, s.writes, s.valid_from)
              AND w.valid_to IS NOT DISTINCT FROM s.valid_to)
    ),
    less_levels AS (
        DELETE FROM access_scopelevel s
        WHERE (accounts IS NULL OR s.account_id = ANY (accounts))
          AND NOT EXISTS (
            SELECT FROM wanted w
            WHERE w.unit_id = s.unit_id AND w.grade_code = s.grade_code AND w.level_code = s.level_code
              AND w.grant_id = s.grant_id AND w.account_id = s.account_id
              AND (w.reads, w.writes, w.valid_from) = (s.reads, s.writes, s.valid_from)
              AND w.valid_to IS NOT DISTINCT FROM s.valid_to)
    ),
    more_all AS (
        INSERT INTO access_scopeall (grant_id, account_id, reads, writes, valid_from, valid_to)
        SELECT grant_id, account_id, reads, writes, valid_from, valid_to FROM held WHERE is_all
        ON CONFLICT DO NOTHING
    ),
    more_units AS (
        INSERT INTO access_scopeunit (grant_id, account_id, unit_id, reads, writes, valid_from, valid_to)
        SELECT grant_id, account_id, unit_id, reads, writes, valid_from, valid_to FROM wanted WHERE level_code IS NULL
        ON CONFLICT DO NOTHING
    )
    INSERT INTO access_scopelevel
        (grant_id, account_id, unit_id, level_code, grade_code, reads, writes, valid_from, valid_to)
    SELECT grant_id, account_id, unit_id, level_code, grade_code, reads, writes, valid_from, valid_to
    FROM wanted WHERE level_code IS NOT NULL
    ON CONFLICT DO NOTHING;
$$;
REVOKE ALL ON FUNCTION csdl_refresh_unit_scopes FROM PUBLIC;

-- Who is touched by a change of grants, of postings, or of who a member of staff is, has the scopes derived again before
-- the statement ends: no act can forget it, by whatever road it comes. `csdl_refresh_scopes` is the wall's.
CREATE FUNCTION csdl_grants_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM csdl_refresh_scopes(ARRAY(SELECT DISTINCT n.account_id FROM new_rows n WHERE n.state = 'active'));
    ELSIF TG_OP = 'DELETE' THEN
        PERFORM csdl_refresh_scopes(ARRAY(SELECT DISTINCT o.account_id FROM old_rows o WHERE o.state = 'active'));
    ELSE
        PERFORM csdl_refresh_scopes(ARRAY(
            SELECT o.account_id FROM old_rows o WHERE o.state = 'active'
            UNION SELECT n.account_id FROM new_rows n WHERE n.state = 'active'));
    END IF;
    RETURN NULL;
END;
$$;
CREATE TRIGGER scopes_after_insert AFTER INSERT ON access_grant
REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION csdl_grants_changed();
CREATE TRIGGER scopes_after_update AFTER UPDATE ON access_grant
REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION csdl_grants_changed();
CREATE TRIGGER scopes_after_delete AFTER DELETE ON access_grant
REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION csdl_grants_changed();

CREATE FUNCTION csdl_postings_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
AS $$
DECLARE
    persons bigint[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        persons := ARRAY(SELECT DISTINCT n.staff_id FROM new_rows n);
    ELSIF TG_OP = 'DELETE' THEN
        persons := ARRAY(SELECT DISTINCT o.staff_id FROM old_rows o);
    ELSE
        persons := ARRAY(
            SELECT unnest(ARRAY[o.staff_id, n.staff_id]) FROM old_rows o JOIN new_rows n ON n.id = o.id
            WHERE (o.staff_id, o.unit_id, o.valid_from, o.valid_to, o.status_code)
                  IS DISTINCT FROM (n.staff_id, n.unit_id, n.valid_from, n.valid_to, n.status_code));
    END IF;
    PERFORM csdl_refresh_scopes(ARRAY(
        SELECT m.account_id FROM staff_staffmember m WHERE m.id = ANY (persons) AND m.account_id IS NOT NULL));
    RETURN NULL;
END;
$$;
CREATE TRIGGER scopes_after_insert AFTER INSERT ON staff_staffposting
REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION csdl_postings_changed();
CREATE TRIGGER scopes_after_update AFTER UPDATE ON staff_staffposting
REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION csdl_postings_changed();
CREATE TRIGGER scopes_after_delete AFTER DELETE ON staff_staffposting
REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION csdl_postings_changed();

CREATE FUNCTION csdl_staff_accounts_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM csdl_refresh_scopes(ARRAY(SELECT n.account_id FROM new_rows n WHERE n.account_id IS NOT NULL));
    ELSIF TG_OP = 'DELETE' THEN
        PERFORM csdl_refresh_scopes(ARRAY(SELECT o.account_id FROM old_rows o WHERE o.account_id IS NOT NULL));
    ELSE
        PERFORM csdl_refresh_scopes(ARRAY(
            SELECT a.id FROM old_rows o JOIN new_rows n ON n.id = o.id
            CROSS JOIN LATERAL unnest(ARRAY[o.account_id, n.account_id]) AS a (id)
            WHERE o.account_id IS DISTINCT FROM n.account_id AND a.id IS NOT NULL));
    END IF;
    RETURN NULL;
END;
$$;
CREATE TRIGGER scopes_after_insert AFTER INSERT ON staff_staffmember
REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION csdl_staff_accounts_changed();
CREATE TRIGGER scopes_after_update AFTER UPDATE ON staff_staffmember
REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION csdl_staff_accounts_changed();
CREATE TRIGGER scopes_after_delete AFTER DELETE ON staff_staffmember
REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION csdl_staff_accounts_changed();

-- A school that begins to teach a level changes what officers of one level reach.
CREATE FUNCTION csdl_levels_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
AS $$
BEGIN
    PERFORM csdl_refresh_scopes(ARRAY(
        SELECT DISTINCT g.account_id FROM access_grant g WHERE g.state = 'active' AND g.level_codes <> '{}'));
    RETURN NULL;
END;
$$;
CREATE TRIGGER scopes_after_change AFTER INSERT OR UPDATE OR DELETE ON orgs_schoollevel
FOR EACH STATEMENT EXECUTE FUNCTION csdl_levels_changed();

-- Every unit above one that the acting account reaches in whatever way today.
CREATE OR REPLACE FUNCTION csdl_units_above() RETURNS SETOF bigint
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    WITH RECURSIVE above (id) AS (
        SELECT u.parent_id
        FROM access_scopeunit s JOIN orgs_orgunit u ON u.id = s.unit_id
        WHERE s.account_id = (SELECT csdl_account_id())
          AND s.valid_from <= (SELECT csdl_today()) AND (s.valid_to IS NULL OR s.valid_to > (SELECT csdl_today()))
        UNION
        SELECT u.parent_id FROM above JOIN orgs_orgunit u ON u.id = above.id
    )
    SELECT id FROM above WHERE id IS NOT NULL;
END;
