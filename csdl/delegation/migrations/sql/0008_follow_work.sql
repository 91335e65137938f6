-- Whether a right lost, by today, what it stands on: days of work (or of leading a class), read against its own days. It
-- is lost for good where a run of days ended, even if another follows: that one asks for a new paper.
CREATE FUNCTION csdl_days_are_over(days datemultirange, valid_from date) RETURNS boolean
LANGUAGE sql STABLE
RETURN NOT days && daterange(greatest(csdl_today(), valid_from), NULL)
    OR EXISTS (SELECT 1 FROM unnest(days) AS run WHERE upper(run) <= csdl_today() AND upper(run) > valid_from);

-- The first day without, of days that are over; today where none ever were.
CREATE FUNCTION csdl_day_over(days datemultirange) RETURNS date
LANGUAGE sql STABLE
RETURN coalesce((SELECT max(upper(run)) FROM unnest(days) AS run WHERE upper(run) <= csdl_today()), csdl_today());

-- Whether a right has its signed papers, as the trigger `stands_on_paper` asks.
CREATE FUNCTION csdl_has_its_papers(of_ground varchar, of_paper bigint) RETURNS boolean
LANGUAGE sql STABLE
RETURN of_ground = 'setup' OR EXISTS (
    SELECT 1 FROM delegation_minutes m
    JOIN delegation_commitment c ON c.account_id = m.receiver_id AND c.unit_id = m.unit_id
         AND c.start_year = m.start_year AND c.state = 'signed'
    WHERE m.id = of_paper AND m.state = 'signed');

-- Purpose: make the record of rights say what became of what they stand on. A right whose person works at the unit no
-- more, or leads none of its classes any more, is suspended with the reason; one that still waits ends with its draft
-- minutes; of several classes those led no more are taken out. What was suspended so comes back only where the end
-- itself was taken back (the same posting or assignment runs on through that day), never by a new one.
-- The rows of work are the evidence: whoever asks can move nothing else. Heads' and inspectors' rights follow their own
-- papers. Input: units, NULL for every one. Answer: what was done to which right.
CREATE FUNCTION csdl_follow_work(units bigint[])
RETURNS TABLE (grant_id bigint, public_id uuid, unit_id bigint, username text, full_name text, role_code text,
               done text, because text)
LANGUAGE plpgsql SECURITY DEFINER AS $$
#variable_conflict use_column
DECLARE
    today date := csdl_today();
    fallen jsonb;
    back bigint[];
BEGIN
    IF units IS NULL AND csdl_asked_by_web() THEN
        RETURN;  -- the whole province is the upkeep's
    END IF;
    WITH live AS MATERIALIZED (
        SELECT g.id, g.account_id, g.unit_id, g.role_code, g.valid_from, m.id AS staff_id
        FROM access_grant g JOIN staff_staffmember m ON m.account_id = g.account_id
        WHERE g.state IN ('active', 'inactive') AND g.ground NOT IN ('appointment', 'inspection')
          AND (units IS NULL OR g.unit_id = ANY (units))
          AND (g.valid_to IS NULL OR g.valid_to > today OR g.read_until > today)
    ),
    worked AS (
        SELECT l.id, l.valid_from, coalesce(range_agg(w.days) FILTER (WHERE w.days IS NOT NULL), '{}') AS days
        FROM live l LEFT JOIN LATERAL csdl_workplaces(l.account_id) w ON w.unit_id = l.unit_id
        GROUP BY l.id, l.valid_from
    ),
    gone AS (
        SELECT w.id, 'Thôi làm việc tại đơn vị từ ngày ' || to_char(csdl_day_over(w.days), 'DD/MM/YYYY') AS because
        FROM worked w WHERE csdl_days_are_over(w.days, w.valid_from)
    ),
    led AS (
        SELECT l.id, c.id AS tie, k.name, k.sort_key, d.days, csdl_days_are_over(d.days, l.valid_from) AS is_over
        FROM live l
        JOIN years_classscope c ON c.grant_id = l.id
        JOIN years_schoolclass k ON k.id = c.class_id
        CROSS JOIN LATERAL (SELECT csdl_days_led(l.id, c.class_id) AS days) d
        WHERE d.days IS NOT NULL AND l.id NOT IN (SELECT id FROM gone)
    ),
    unled AS (
        SELECT id, bool_and(is_over) AS is_whole,
               array_agg(tie) FILTER (WHERE is_over) AS ties,
               CASE WHEN bool_and(days = '{}') FILTER (WHERE is_over) THEN 'Chưa được phân công chủ nhiệm lớp '
                    ELSE 'Thôi chủ nhiệm lớp ' END || left(string_agg(name, ', ' ORDER BY sort_key) FILTER (WHERE is_over), 120)
               || ' từ ngày ' || to_char(max(csdl_day_over(days)) FILTER (WHERE is_over), 'DD/MM/YYYY') AS because
        FROM led GROUP BY id HAVING bool_or(is_over)
    )
    SELECT jsonb_object_agg(f.id, jsonb_build_object('because', f.because, 'is_whole', f.is_whole, 'ties', f.ties))
    INTO fallen
    FROM (SELECT id, because, true AS is_whole, NULL::bigint[] AS ties FROM gone
          UNION ALL SELECT id, because, is_whole, ties FROM unled) f;
    back := ARRAY(
        SELECT g.id
        FROM access_grant g
        CROSS JOIN LATERAL (SELECT to_date(
            substring(g.suspended_because FROM '^(?:Thôi|Chưa) .* từ ngày (\d\d/\d\d/\d{4})$'), 'DD/MM/YYYY') AS day) over_on
        CROSS JOIN LATERAL (
            SELECT daterange(least(greatest(over_on.day - 1, g.valid_from), today), today, '[]') AS days) through
        WHERE g.state = 'suspended' AND over_on.day IS NOT NULL
          AND (g.valid_to IS NULL OR g.valid_to > today) AND (units IS NULL OR g.unit_id = ANY (units))
          AND csdl_has_its_papers(g.ground, g.paper_id)
          AND CASE
            WHEN starts_with(g.suspended_because, 'Thôi làm việc tại đơn vị') THEN EXISTS (
                SELECT 1 FROM csdl_workplaces(g.account_id) w WHERE w.unit_id = g.unit_id AND w.days @> through.days)
            WHEN g.suspended_because ~ '^(Thôi|Chưa được phân công) chủ nhiệm lớp' THEN NOT EXISTS (
                SELECT 1 FROM years_classscope c
                WHERE c.grant_id = g.id AND NOT coalesce(csdl_days_led(g.id, c.class_id) @> through.days, false))
            ELSE false END);
    IF fallen IS NULL AND back = '{}' THEN
        RETURN;
    END IF;
    -- In the order of their keys, as `csdl_move_grants` takes them.
    PERFORM 1 FROM access_grant g
    WHERE g.id = ANY (back) OR g.id IN (SELECT key::bigint FROM jsonb_object_keys(coalesce(fallen, '{}')) key)
    ORDER BY g.id FOR UPDATE;
    RETURN QUERY
    WITH said AS MATERIALIZED (
        SELECT key::bigint AS id, value->>'because' AS because, (value->>'is_whole')::boolean AS is_whole, value->'ties' AS ties
        FROM jsonb_each(coalesce(fallen, '{}'))
    ),
    cut AS (
        DELETE FROM years_classscope c USING said s
        WHERE NOT s.is_whole AND c.grant_id = s.id AND c.id IN (SELECT t::bigint FROM jsonb_array_elements_text(s.ties) t)
    ),
    stopped AS (
        UPDATE access_grant g
        SET state = CASE g.state WHEN 'inactive' THEN 'ended' ELSE 'suspended' END, suspended_because = s.because
        FROM said s WHERE g.id = s.id AND s.is_whole AND g.state IN ('active', 'inactive')
        RETURNING g.id, g.paper_id, g.ground, g.state, s.because
    ),
    resumed AS (
        UPDATE access_grant g SET state = 'active', suspended_because = ''
        WHERE g.id = ANY (back) AND g.state = 'suspended'
        RETURNING g.id
    ),
    voided AS (
        UPDATE delegation_minutes m SET state = 'voided', voided_on = today, void_reason = s.because
        FROM (SELECT DISTINCT ON (paper_id) paper_id, because FROM stopped
              WHERE state = 'ended' AND ground IN ('minutes', 'handover') ORDER BY paper_id) s
        WHERE m.id = s.paper_id AND m.state = 'draft' AND NOT EXISTS (
            SELECT 1 FROM access_grant o
            WHERE o.paper_id = m.id AND o.ground IN ('minutes', 'handover') AND o.state = 'inactive'
              AND o.id NOT IN (SELECT id FROM stopped))
    ),
    moved AS (
        SELECT id, CASE state WHEN 'ended' THEN 'ended' ELSE 'suspended' END AS done, because FROM stopped
        UNION ALL SELECT id, 'narrowed', because FROM said WHERE NOT is_whole
        UNION ALL SELECT id, 'resumed', '' FROM resumed
    )
    SELECT g.id, g.public_id, g.unit_id, a.username::text, a.full_name::text, g.role_code::text, m.done, m.because
    FROM moved m JOIN access_grant g ON g.id = m.id JOIN accounts_account a ON a.id = g.account_id
    ORDER BY g.id;
END $$;
REVOKE ALL ON FUNCTION csdl_follow_work FROM PUBLIC;
