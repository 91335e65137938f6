-- How grants come to be and change. The web role cannot write access_grant, the scope tables or the ties of classes:
-- it asks these functions, which look at who acts. No paper, no power: the trigger at the end holds it for everybody.

CALL csdl_add_touch('{delegation_batch,delegation_minutes,delegation_commitment,delegation_administrationholder,delegation_personnelconfirmation}');

-- Whether the statement came from the web's role; its owner (commands, bulk jobs, migrations) is an operator.
-- In a function with the owner's rights, current_user is the owner and "role" still what the caller had set.
CREATE FUNCTION csdl_asked_by_web() RETURNS boolean
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT CASE current_setting('role') WHEN 'none' THEN session_user::text ELSE current_setting('role') END
           <> (SELECT pg_get_userbyid(relowner)::text FROM pg_class WHERE oid = 'access_grant'::regclass);
END;

-- Whether the acting account may write rights at a unit today: a grant that holds and writes the area GRANTS (1 << 12).
CREATE FUNCTION csdl_acting_reaches(wanted bigint) RETURNS boolean
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT EXISTS (
        SELECT 1 FROM access_scopeall s
        WHERE s.account_id = csdl_account_id() AND s.writes & 4096 <> 0
          AND s.valid_from <= csdl_today() AND (s.valid_to IS NULL OR s.valid_to > csdl_today())
    ) OR EXISTS (
        SELECT 1 FROM access_scopeunit s
        WHERE s.account_id = csdl_account_id() AND s.unit_id = wanted AND s.writes & 4096 <> 0
          AND s.valid_from <= csdl_today() AND (s.valid_to IS NULL OR s.valid_to > csdl_today())
    );
END;

-- Which of these accounts belong to persons who work at a unit today: asked by a teacher's own confirmation as well,
-- who reads no postings.
CREATE FUNCTION csdl_working_accounts(units bigint[], accounts bigint[]) RETURNS TABLE (account_id bigint, unit_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER
BEGIN ATOMIC
    SELECT DISTINCT m.account_id, p.unit_id
    FROM staff_staffmember m JOIN staff_staffposting p ON p.staff_id = m.id
    WHERE m.account_id = ANY (accounts) AND p.unit_id = ANY (units)
      AND p.valid_from <= csdl_today() AND (p.valid_to IS NULL OR p.valid_to > csdl_today())
      AND (p.valid_to IS NOT NULL OR p.status_code NOT IN ('02', '03', '05'));
END;
REVOKE ALL ON FUNCTION csdl_working_accounts FROM PUBLIC;

-- Purpose: write inactive grants with the paper they wait for, and the classes they will reach.
-- Input: a JSON array of drafts, in order; a draft names account, role, unit, days, levels, classes, ground, paper.
-- Answer: the keys of the grants, in the same order. In the web every grant is the acting account's own gift, at a unit
-- that it reaches, and never to itself.
CREATE FUNCTION csdl_propose_grants(drafts jsonb) RETURNS bigint[]
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
REVOKE ALL ON FUNCTION csdl_propose_grants FROM PUBLIC;

-- Purpose: change the state, the days or the paper of grants.
-- Input: a JSON array; a change names the grant's id and the columns that change.
-- In the web: at a unit that the acting account reaches; a holder may let his own become active (the trigger looks at
-- the papers) and nothing else. An ended grant stays ended; only an appointment makes days longer.
CREATE FUNCTION csdl_move_grants(changes jsonb) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    acting bigint := csdl_account_id();
    moved integer;
BEGIN
    -- Always in the order of their keys: two administrators at once wait for each other and never in a ring.
    PERFORM 1 FROM access_grant WHERE id IN (SELECT (d->>'id')::bigint FROM jsonb_array_elements(changes) d)
    ORDER BY id FOR UPDATE;
    IF csdl_asked_by_web() AND (acting IS NULL OR EXISTS (
        SELECT 1 FROM jsonb_array_elements(changes) d JOIN access_grant g ON g.id = (d->>'id')::bigint
        WHERE NOT (
            (csdl_acting_reaches(g.unit_id)
             AND (g.account_id <> acting OR d->>'state' IS DISTINCT FROM 'active' OR g.ground = 'appointment'
                  OR g.state = 'inactive'))
            OR (g.account_id = acting AND g.state = 'inactive' AND d = jsonb_build_object('id', g.id, 'state', 'active'))
        )
        OR g.state = 'ended' AND g.ground <> 'appointment'
        OR d->>'ground' = 'setup'
        OR (d ? 'valid_to' AND g.ground <> 'appointment' AND g.valid_to IS NOT NULL
            AND COALESCE((d->>'valid_to')::date, 'infinity') > g.valid_to))) THEN
        RAISE insufficient_privilege USING MESSAGE = 'this grant is not changed by this account in this way';
    END IF;
    UPDATE access_grant g
    SET state = COALESCE(d->>'state', g.state),
        suspended_because = CASE WHEN d ? 'suspended_because' THEN d->>'suspended_because' ELSE g.suspended_because END,
        valid_to = CASE WHEN d ? 'valid_to' THEN (d->>'valid_to')::date ELSE g.valid_to END,
        read_until = CASE WHEN d ? 'read_until' THEN (d->>'read_until')::date ELSE g.read_until END
    FROM jsonb_array_elements(changes) d
    WHERE g.id = (d->>'id')::bigint;
    GET DIAGNOSTICS moved = ROW_COUNT;
    RETURN moved;
END $$;
REVOKE ALL ON FUNCTION csdl_move_grants FROM PUBLIC;

-- Purpose: papers that both sides have confirmed in the app are signed; the confirmations are the evidence, so whoever
-- asks cannot sign by it. Inputs: keys of minutes and of commitments. Answer: how many became signed.
CREATE FUNCTION csdl_settle_papers(minutes_ids bigint[], commitment_ids bigint[]) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    settled integer;
    more integer;
BEGIN
    PERFORM 1 FROM delegation_minutes WHERE id = ANY (minutes_ids) ORDER BY id FOR UPDATE;
    UPDATE delegation_minutes m SET state = 'signed', signed_by = 'confirmed', signed_on = csdl_today()
    WHERE m.id = ANY (minutes_ids) AND m.state = 'draft' AND m.giver_id IS NOT NULL
      AND EXISTS (SELECT 1 FROM delegation_confirmation c WHERE c.paper = 'minutes' AND c.paper_id = m.id
                  AND c.side = 'giver' AND c.account_id = m.giver_id AND c.content_hash = m.content_hash)
      AND EXISTS (SELECT 1 FROM delegation_confirmation c WHERE c.paper = 'minutes' AND c.paper_id = m.id
                  AND c.side = 'receiver' AND c.account_id = m.receiver_id AND c.content_hash = m.content_hash);
    GET DIAGNOSTICS settled = ROW_COUNT;
    UPDATE delegation_commitment m
    SET state = 'signed', signed_by = 'confirmed', signed_on = csdl_today(), accepted_online_at = c.at, accepted_ip = c.ip
    FROM delegation_confirmation c
    WHERE m.id = ANY (commitment_ids) AND m.state = 'draft' AND c.paper = 'commitment' AND c.paper_id = m.id
      AND c.side = 'receiver' AND c.account_id = m.account_id AND c.content_hash = m.content_hash;
    GET DIAGNOSTICS more = ROW_COUNT;
    RETURN settled + more;
END $$;
REVOKE ALL ON FUNCTION csdl_settle_papers FROM PUBLIC;

-- No paper, no power (requirements R5, R6): an active grant has its signed papers, or the appointment it follows.
CREATE FUNCTION csdl_grant_stands_on_paper() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    IF NEW.state <> 'active' OR NEW.ground = 'setup' THEN
        RETURN NEW;
    END IF;
    IF NEW.ground = 'appointment' AND EXISTS (
        SELECT 1 FROM staff_unithead h JOIN staff_staffmember s ON s.id = h.staff_id
        WHERE h.id = NEW.paper_id AND h.unit_id = NEW.unit_id AND s.account_id = NEW.account_id
          AND h.valid_from <= NEW.valid_from
          AND (h.valid_to IS NULL OR NEW.valid_to <= h.valid_to)) THEN
        RETURN NEW;
    END IF;
    IF NEW.ground IN ('minutes', 'handover') AND EXISTS (
        SELECT 1 FROM delegation_minutes m
        JOIN delegation_commitment c ON c.account_id = m.receiver_id AND c.unit_id = m.unit_id
             AND c.start_year = m.start_year AND c.state = 'signed'
        WHERE m.id = NEW.paper_id AND m.state = 'signed' AND m.unit_id = NEW.unit_id AND m.receiver_id = NEW.account_id
          AND m.kind = CASE NEW.ground WHEN 'handover' THEN 'administration' ELSE 'delegation' END
          AND m.valid_from <= NEW.valid_from AND (m.valid_to IS NULL OR NEW.valid_to <= m.valid_to)) THEN
        RETURN NEW;
    END IF;
    RAISE check_violation USING CONSTRAINT = 'an_active_grant_has_its_signed_papers',
        MESSAGE = 'a grant is active only with its signed minutes and commitment, or its appointment';
END $$;
CREATE TRIGGER stands_on_paper BEFORE INSERT OR UPDATE OF state, ground, paper_id, account_id, unit_id, valid_from, valid_to
ON access_grant FOR EACH ROW EXECUTE FUNCTION csdl_grant_stands_on_paper();

-- A signed paper is never changed, only voided; nothing of what it says ever changes (also for a draft: another is made).
CREATE FUNCTION csdl_paper_stands() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.unit_id, NEW.no, NEW.year, NEW.content_hash, NEW.content) IS DISTINCT FROM
       (OLD.unit_id, OLD.no, OLD.year, OLD.content_hash, OLD.content)
       OR OLD.state = 'voided' AND NEW.state <> 'voided'
       OR OLD.state = 'signed' AND (NEW.state = 'draft' OR (NEW.signed_on, NEW.signed_by, NEW.file_id)
          IS DISTINCT FROM (OLD.signed_on, OLD.signed_by, OLD.file_id)) THEN
        RAISE check_violation USING CONSTRAINT = 'a_signed_paper_stands', MESSAGE = 'a signed paper is never changed';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER stands BEFORE UPDATE ON delegation_minutes FOR EACH ROW EXECUTE FUNCTION csdl_paper_stands();
CREATE TRIGGER stands BEFORE UPDATE ON delegation_commitment FOR EACH ROW EXECUTE FUNCTION csdl_paper_stands();

-- The next number of a unit's register in a calendar year; who asks at the same moment waits.
CREATE FUNCTION csdl_next_paper_numbers(unit bigint, of_year integer, of_series text, wanted integer) RETURNS integer
LANGUAGE sql
BEGIN ATOMIC
    INSERT INTO delegation_papernumber (unit_id, year, series, last_no) VALUES (unit, of_year, of_series, wanted)
    ON CONFLICT (unit_id, year, series) DO UPDATE SET last_no = delegation_papernumber.last_no + wanted
    RETURNING last_no - wanted + 1;
END;
