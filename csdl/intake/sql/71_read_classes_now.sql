-- Purpose: what the database holds of each matched class; the site by its code, and by key.
UPDATE intake_stage s
SET side_id = n.id, stands = n.stands
FROM (
    SELECT c.id, jsonb_build_object(
        'name', c.name, 'grade_code', c.grade_code, 'age_group_code', c.age_group_code, 'mixed_age', c.mixed_age,
        'site', x.code, 'site_id', c.site_id, 'session_code', c.session_code, 'sessions_per_week_code', c.sessions_per_week_code,
        'fl1_code', c.fl1_code, 'fl2_code', c.fl2_code, 'is_semi_boarding', c.is_semi_boarding,
        'is_combined', c.is_combined, 'is_special', c.is_special, 'is_gifted', c.is_gifted,
        'gifted_stream_code', c.gifted_stream_code, 'seq_no', c.seq_no) AS stands
    FROM years_schoolclass c LEFT JOIN orgs_schoolsite x ON x.id = c.site_id
    WHERE c.id IN (SELECT target_id FROM intake_stage WHERE noun = 'classes')
) n
WHERE s.noun = 'classes' AND n.id = s.target_id;
