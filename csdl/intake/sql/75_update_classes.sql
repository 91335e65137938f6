-- Purpose: the changed cells of classes, and no other; the same statement puts old cells back. Input: start_year.
UPDATE years_schoolclass c
SET name = n.name, age_group_code = n.age_group_code, mixed_age = n.mixed_age, session_code = n.session_code,
    sessions_per_week_code = n.sessions_per_week_code, fl1_code = n.fl1_code, fl2_code = n.fl2_code,
    is_semi_boarding = n.is_semi_boarding, is_combined = n.is_combined, is_special = n.is_special,
    is_gifted = n.is_gifted, gifted_stream_code = n.gifted_stream_code, seq_no = n.seq_no,
    -- Runs that were written before sites were kept by key go back by code.
    site_id = CASE WHEN w.cells ? 'site' AND NOT w.cells ? 'site_id' THEN (
        SELECT x.id FROM orgs_schoolsite x WHERE x.school_id = o.school_id AND x.start_year = o.start_year
        AND x.code = w.cells ->> 'site') ELSE n.site_id END
FROM intake_write w
JOIN years_schoolclass o ON o.id = w.target_id
CROSS JOIN LATERAL jsonb_populate_record(o, w.cells) n
WHERE w.noun = 'classes' AND w.cells <> '{}' AND c.id = o.id;
