-- Purpose: what a class held when the workbook was written, from the row history.
UPDATE intake_stage s
SET base = jsonb_build_object(
    'name', v.name, 'age_group_code', v.age_group_code, 'mixed_age', v.mixed_age,
    'site', (SELECT x.code FROM orgs_schoolsite x WHERE x.id = v.site_id), 'session_code', v.session_code,
    'sessions_per_week_code', v.sessions_per_week_code, 'fl1_code', v.fl1_code, 'fl2_code', v.fl2_code,
    'is_semi_boarding', v.is_semi_boarding, 'is_combined', v.is_combined, 'is_special', v.is_special,
    'is_gifted', v.is_gifted, 'gifted_stream_code', v.gifted_stream_code, 'seq_no', v.seq_no)
FROM (
    SELECT DISTINCT ON (r.seq) r.seq, e.*
    FROM intake_stage r
    JOIN years_schoolclassevent e ON e.pgh_obj_id = r.target_id
        AND e.pgh_id > split_part(r.said ->> 'version', '-', 1)::bigint
    WHERE r.noun = 'classes' AND r.said ? 'version'
    ORDER BY r.seq, e.pgh_id
) v
WHERE s.seq = v.seq;
