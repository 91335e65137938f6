-- On which days the person behind a homeroom right leads a class: the right opens the class on those days alone. Who
-- covers for a colleague holds by the colleague's assignment. NULL where the rule asks nothing: another role, or an
-- account of no member of staff.
CREATE FUNCTION csdl_days_led(of_grant bigint, of_class bigint) RETURNS datemultirange
LANGUAGE sql STABLE
BEGIN ATOMIC
    WITH RECURSIVE chain AS (
        SELECT g.role_code, g.account_id, g.covers_id, 0 AS depth FROM access_grant g WHERE g.id = of_grant
        UNION ALL
        SELECT c.role_code, g.account_id, g.covers_id, c.depth + 1
        FROM chain c JOIN access_grant g ON g.id = c.covers_id WHERE c.depth < 10
    ),
    led_by AS (SELECT role_code, account_id FROM chain ORDER BY depth DESC LIMIT 1)
    SELECT coalesce((
        SELECT range_agg(daterange(h.valid_from, h.valid_to))
        FROM years_homeroomassignment h
        WHERE h.class_id = of_class AND h.staff_id = m.id AND h.state = 'confirmed'), '{}')
    FROM led_by l JOIN staff_staffmember m ON m.account_id = l.account_id
    WHERE l.role_code = 'homeroom_teacher';
END;

-- Derive again which classes accounts reach by grants of class kind; writes differences only. NULL: every account.
-- A homeroom right reaches a class while its person leads it: however the assignment ends, so does the scope.
CREATE OR REPLACE FUNCTION csdl_refresh_class_scopes(accounts bigint[]) RETURNS void
LANGUAGE sql SECURITY DEFINER
AS $$
    WITH wanted AS MATERIALIZED (
        SELECT h.grant_id, h.account_id, c.class_id, lower(run.days) AS valid_from, upper(run.days) AS valid_to,
               CASE WHEN h.is_reading THEN m.reads_after ELSE m.reads END AS reads,
               CASE WHEN h.is_reading THEN 0 ELSE m.writes END AS writes
        FROM csdl_grant_holds(accounts) h
        JOIN csdl_role_masks() m ON m.role_code = h.role_code AND m.scope_kind = 'class'
        JOIN years_classscope c ON c.grant_id = h.grant_id
        CROSS JOIN LATERAL unnest(
            datemultirange(daterange(h.valid_from, h.valid_to))
            * coalesce(csdl_days_led(h.grant_id, c.class_id), '{(,)}')) AS run (days)
    ),
    less AS (
        DELETE FROM years_scopeclass s
        WHERE (accounts IS NULL OR s.account_id = ANY (accounts))
          AND NOT EXISTS (
            SELECT FROM wanted w
            WHERE w.class_id = s.class_id AND w.grant_id = s.grant_id AND w.account_id = s.account_id
              AND (w.reads, w.writes, w.valid_from) = (s.reads, s.writes, s.valid_from)
              AND w.valid_to IS NOT DISTINCT FROM s.valid_to)
    )
    INSERT INTO years_scopeclass (grant_id, account_id, class_id, reads, writes, valid_from, valid_to)
    SELECT grant_id, account_id, class_id, reads, writes, valid_from, valid_to FROM wanted
    ON CONFLICT DO NOTHING;
$$;

-- Whoever has a right over a class whose homeroom assignments change has the scopes derived again before the statement
-- ends, by whatever road the change comes: form, grid, import, undo, the turn of the year.
CREATE FUNCTION csdl_homerooms_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
AS $$
DECLARE
    classes bigint[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        classes := ARRAY(SELECT DISTINCT n.class_id FROM new_rows n);
    ELSIF TG_OP = 'DELETE' THEN
        classes := ARRAY(SELECT DISTINCT o.class_id FROM old_rows o);
    ELSE
        classes := ARRAY(SELECT o.class_id FROM old_rows o UNION SELECT n.class_id FROM new_rows n);
    END IF;
    PERFORM csdl_refresh_scopes(ARRAY(
        SELECT DISTINCT g.account_id
        FROM years_classscope c JOIN access_grant g ON g.id = c.grant_id
        WHERE c.class_id = ANY (classes) AND g.state = 'active'));
    RETURN NULL;
END;
$$;
CREATE TRIGGER scopes_after_insert AFTER INSERT ON years_homeroomassignment
REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION csdl_homerooms_changed();
CREATE TRIGGER scopes_after_update AFTER UPDATE ON years_homeroomassignment
REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION csdl_homerooms_changed();
CREATE TRIGGER scopes_after_delete AFTER DELETE ON years_homeroomassignment
REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION csdl_homerooms_changed();

SELECT csdl_refresh_class_scopes(NULL);
