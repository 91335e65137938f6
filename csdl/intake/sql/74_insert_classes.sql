-- Purpose: classes the school's year did not have; without a site they are at the main one.
-- Inputs:  run_id, account_id, start_year, applied_at.
INSERT INTO years_schoolclass
    (id, start_year, school_id, name, grade_code, level_code, age_group_code, mixed_age, site_id, is_combined, session_code,
     sessions_per_week_code, is_gifted, gifted_stream_code, is_semi_boarding, fl1_code, fl2_code, is_special, seq_no,
     is_confirmed, extra, created_by, run_id, changed_at)
SELECT w.target_id, %(start_year)s, w.school_id, n.name, n.grade_code, g.level_code, coalesce(n.age_group_code, ''),
       coalesce(n.mixed_age, 0), x.id, coalesce(n.is_combined, false), coalesce(n.session_code, ''),
       coalesce(n.sessions_per_week_code, ''), coalesce(n.is_gifted, false), coalesce(n.gifted_stream_code, ''),
       coalesce(n.is_semi_boarding, false), coalesce(n.fl1_code, ''), coalesce(n.fl2_code, ''),
       coalesce(n.is_special, false), coalesce(n.seq_no, 0), true, '{}', %(account_id)s, %(run_id)s, %(applied_at)s
FROM intake_write w
CROSS JOIN LATERAL jsonb_populate_record(NULL::years_schoolclass, w.said) n
JOIN codes_grade g ON g.code = n.grade_code
LEFT JOIN orgs_schoolsite x ON x.school_id = w.school_id AND x.start_year = %(start_year)s
    AND CASE WHEN w.said ? 'site' THEN x.id = (w.kept ->> 'site_id')::bigint ELSE x.is_main END
WHERE w.noun = 'classes' AND w.state = 'created';
