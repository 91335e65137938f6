-- What an account may give on at a unit, for a right of these levels that ends on a day: areas read and written by its
-- own grants that reach the unit whole and last as long, and, where it holds the unit's administration account, by the
-- head's. Grants that have ended for writing give nothing on. Areas of data are what the database knows of a role; the
-- permissions one by one are held by the action.
CREATE FUNCTION csdl_may_give(giver bigint, unit bigint, levels varchar[], until date, OUT reads integer, OUT writes integer)
LANGUAGE sql STABLE SECURITY DEFINER
BEGIN ATOMIC
    WITH held AS (
        SELECT h.grant_id, h.role_code
        FROM csdl_grant_holds(ARRAY[giver]) h
        WHERE NOT h.is_reading AND h.valid_from <= csdl_today() AND (h.valid_to IS NULL OR h.valid_to > csdl_today())
          AND (EXISTS (SELECT 1 FROM access_scopeall s WHERE s.grant_id = h.grant_id AND s.account_id = giver)
               OR EXISTS (SELECT 1 FROM access_scopeunit s
                          WHERE s.grant_id = h.grant_id AND s.account_id = giver AND s.unit_id = unit))
        UNION
        SELECT g.id, g.role_code
        FROM delegation_administrationholder a
        JOIN staff_unithead h ON h.unit_id = a.unit_id
        JOIN staff_staffmember m ON m.id = h.staff_id
        JOIN access_grant g ON g.account_id = m.account_id AND g.unit_id = a.unit_id AND g.state = 'active'
        WHERE a.account_id = giver AND a.unit_id = unit
          AND a.valid_from <= csdl_today() AND (a.valid_to IS NULL OR a.valid_to > csdl_today())
          AND h.valid_from <= csdl_today() AND (h.valid_to IS NULL OR h.valid_to > csdl_today())
          AND g.valid_from <= csdl_today() AND (g.valid_to IS NULL OR g.valid_to > csdl_today())
    )
    SELECT coalesce(bit_or(m.reads), 0), coalesce(bit_or(m.writes), 0)
    FROM held
    JOIN access_grant g ON g.id = held.grant_id
    JOIN csdl_role_masks() m ON m.role_code = held.role_code
    WHERE (g.valid_to IS NULL OR until <= g.valid_to)
      AND (g.level_codes = '{}' OR (levels <> '{}' AND levels <@ g.level_codes));
END;
REVOKE ALL ON FUNCTION csdl_may_give FROM PUBLIC;

-- As before, and: in the web nobody gives more than they hold. Two kinds of right are no gift of the giver and are
-- looked at when they become active: a head's comes with the appointment, of the role that goes with the unit's kind.
CREATE OR REPLACE FUNCTION csdl_propose_grants(drafts jsonb) RETURNS bigint[]
LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    acting bigint := csdl_account_id();
    web boolean := csdl_asked_by_web();
    made bigint[];
BEGIN
    IF web AND (acting IS NULL OR EXISTS (
        SELECT 1 FROM jsonb_array_elements(drafts) d
        WHERE (d->>'account_id')::bigint = acting OR d->>'ground' = 'setup'
           OR NOT csdl_acting_reaches((d->>'unit_id')::bigint))) THEN
        RAISE insufficient_privilege USING MESSAGE = 'a grant is given by whoever reaches its unit, never to oneself';
    END IF;
    IF web AND EXISTS (
        SELECT 1 FROM (
            SELECT DISTINCT d->>'role_code' AS role_code, (d->>'unit_id')::bigint AS unit_id, d->>'ground' AS ground,
                   ARRAY(SELECT jsonb_array_elements_text(d->'level_codes'))::varchar[] AS levels,
                   coalesce((d->>'valid_to')::date, 'infinity') AS until
            FROM jsonb_array_elements(drafts) d
        ) asked
        LEFT JOIN csdl_role_masks() m ON m.role_code = asked.role_code
        CROSS JOIN LATERAL csdl_may_give(acting, asked.unit_id, asked.levels, asked.until) may
        WHERE CASE WHEN asked.ground = 'appointment' THEN asked.role_code IS DISTINCT FROM (
                SELECT csdl_head_role(u.kind) FROM orgs_orgunit u WHERE u.id = asked.unit_id)
              ELSE m.role_code IS NULL OR m.reads & ~may.reads <> 0 OR m.writes & ~may.writes <> 0 END) THEN
        RAISE insufficient_privilege USING MESSAGE = 'nobody gives more than they hold';
    END IF;
    WITH asked AS (
        SELECT d, place FROM jsonb_array_elements(drafts) WITH ORDINALITY AS t (d, place)
    ), written AS (
        INSERT INTO access_grant (account_id, role_code, unit_id, valid_from, valid_to, level_codes, state,
                                  suspended_because, ground, paper_id, granted_by_id, renews_id, covers_id, public_id)
        SELECT (d->>'account_id')::bigint, d->>'role_code', (d->>'unit_id')::bigint, (d->>'valid_from')::date,
               (d->>'valid_to')::date, ARRAY(SELECT jsonb_array_elements_text(d->'level_codes')), 'inactive', '',
               d->>'ground', (d->>'paper_id')::bigint,
               CASE WHEN web THEN acting ELSE (d->>'granted_by_id')::bigint END,
               (d->>'renews_id')::bigint, (d->>'covers_id')::bigint, (d->>'public_id')::uuid
        FROM asked ORDER BY place
        RETURNING id, public_id
    )
    SELECT array_agg(w.id ORDER BY a.place) INTO made
    FROM asked a JOIN written w ON w.public_id = (a.d->>'public_id')::uuid;
    INSERT INTO years_classscope (grant_id, class_id)
    SELECT g.id, c.id
    FROM jsonb_array_elements(drafts) d
    JOIN access_grant g ON g.public_id = (d->>'public_id')::uuid
    CROSS JOIN LATERAL jsonb_array_elements_text(d->'class_ids') k
    -- A class of another school cannot be tied, whoever asks.
    JOIN years_schoolclass c ON c.id = k::bigint AND c.school_id = g.unit_id;
    RETURN COALESCE(made, '{}');
END $$;
