-- When a grant holds, by the one rule of where its person works (`csdl_workplaces`): so that staff of the department's
-- divisions hold what the department's head gave them. An inspector comes from elsewhere and holds on the grant's days.
CREATE OR REPLACE FUNCTION csdl_grant_holds(accounts bigint[]) RETURNS TABLE (
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
        SELECT g.id, count(w.unit_id) AS postings, range_agg(w.days) AS days
        FROM given g
        JOIN staff_staffmember m ON m.account_id = g.account_id
        LEFT JOIN LATERAL csdl_workplaces(g.account_id) w ON w.unit_id = g.unit_id
        WHERE g.ground <> 'inspection'
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
