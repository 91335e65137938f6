-- Derive again which classes accounts reach by grants of class kind; writes differences only. NULL: every account.
CREATE FUNCTION csdl_refresh_class_scopes(accounts bigint[]) RETURNS void
LANGUAGE sql SECURITY DEFINER
AS $$
    WITH wanted AS MATERIALIZED (
        SELECT h.grant_id, h.account_id, c.class_id, h.valid_from, h.valid_to,
               CASE WHEN h.is_reading THEN m.reads_after ELSE m.reads END AS reads,
               CASE WHEN h.is_reading THEN 0 ELSE m.writes END AS writes
        FROM csdl_grant_holds(accounts) h
        JOIN csdl_role_masks() m ON m.role_code = h.role_code AND m.scope_kind = 'class'
        JOIN years_classscope c ON c.grant_id = h.grant_id
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
REVOKE ALL ON FUNCTION csdl_refresh_class_scopes FROM PUBLIC;

CREATE FUNCTION csdl_class_ties_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
AS $$
DECLARE
    grants bigint[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        grants := ARRAY(SELECT DISTINCT n.grant_id FROM new_rows n);
    ELSIF TG_OP = 'DELETE' THEN
        grants := ARRAY(SELECT DISTINCT o.grant_id FROM old_rows o);
    ELSE
        grants := ARRAY(SELECT o.grant_id FROM old_rows o UNION SELECT n.grant_id FROM new_rows n);
    END IF;
    PERFORM csdl_refresh_scopes(ARRAY(SELECT DISTINCT g.account_id FROM access_grant g WHERE g.id = ANY (grants)));
    RETURN NULL;
END;
$$;
CREATE TRIGGER scopes_after_insert AFTER INSERT ON years_classscope
REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION csdl_class_ties_changed();
CREATE TRIGGER scopes_after_update AFTER UPDATE ON years_classscope
REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION csdl_class_ties_changed();
CREATE TRIGGER scopes_after_delete AFTER DELETE ON years_classscope
REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION csdl_class_ties_changed();

-- As before, asked of today's scopes that read pupils (bit 4, Area.STUDENTS) alone; one level of a school by the grade.
CREATE OR REPLACE FUNCTION csdl_students_named(words text[], at_most integer) RETURNS SETOF bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 100
AS $$
DECLARE
    acting bigint := csdl_account_id();
    word text;
    conditions text := '';
    found bigint[];
    sampled bigint;
    today date := csdl_today();
BEGIN
    IF acting IS NULL AND session_user <> current_user THEN
        RETURN;
    END IF;
    FOREACH word IN ARRAY words LOOP
        conditions := conditions
            || format(' AND (search_key LIKE %L OR search_key LIKE %L)', word || '%', '% ' || word || '%');
    END LOOP;
    EXECUTE format('SELECT count(*) FROM students_student TABLESAMPLE SYSTEM (1) REPEATABLE (1) WHERE true%s', conditions)
    INTO sampled;
    IF sampled * 100 > 3 * at_most THEN
        RETURN NEXT NULL;
        RETURN;
    END IF;
    EXECUTE format('SELECT array_agg(id) FROM (SELECT id FROM students_student WHERE true%s LIMIT %s) AS named',
                   conditions, at_most + 1)
    INTO found;
    IF cardinality(found) > at_most THEN
        RETURN NEXT NULL;
    ELSIF acting IS NULL OR EXISTS (
        SELECT FROM access_scopeall s
        WHERE s.account_id = acting AND s.reads & 4 <> 0
          AND s.valid_from <= today AND (s.valid_to IS NULL OR s.valid_to > today)) THEN
        RETURN QUERY SELECT unnest(found);
    ELSE
        RETURN QUERY
        SELECT n.key FROM unnest(found) AS n (key)
        WHERE EXISTS (
            SELECT FROM years_enrolment e
            WHERE e.student_id = n.key
              AND (e.school_id IN (
                    SELECT s.unit_id FROM access_scopeunit s
                    WHERE s.account_id = acting AND s.reads & 4 <> 0
                      AND s.valid_from <= today AND (s.valid_to IS NULL OR s.valid_to > today))
                   OR e.class_id IN (
                    SELECT s.class_id FROM years_scopeclass s
                    WHERE s.account_id = acting AND s.reads & 4 <> 0
                      AND s.valid_from <= today AND (s.valid_to IS NULL OR s.valid_to > today))
                   OR (e.school_id, e.grade_code) IN (
                    SELECT s.unit_id, s.grade_code FROM access_scopelevel s
                    WHERE s.account_id = acting AND s.reads & 4 <> 0
                      AND s.valid_from <= today AND (s.valid_to IS NULL OR s.valid_to > today)))
        );
    END IF;
END;
$$;
