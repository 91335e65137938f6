-- Purpose: the classes of the new year as planned (steps 3 and 8). Inputs: from_year, run_ids.
-- changed_at is the transaction's instant, as in enrolments: what is later was edited since (an undo asks).
-- A class of that name that is there already is used as it is; precondition P6 has compared its grade.
INSERT INTO years_schoolclass
    (start_year, school_id, name, grade_code, level_code, age_group_code, mixed_age, site_id, is_combined, session_code,
     sessions_per_week_code, is_gifted, gifted_stream_code, is_semi_boarding, fl1_code, fl2_code, is_special, seq_no,
     lineage_id, is_confirmed, extra, run_id, changed_at)
SELECT %(from_year)s + 1, c.school_id, p.name, p.grade_code, g.level_code, p.age_group_code, c.mixed_age, site.id, false,
       c.session_code, c.sessions_per_week_code, c.is_gifted, c.gifted_stream_code, c.is_semi_boarding, c.fl1_code,
       c.fl2_code, c.is_special, c.seq_no, CASE WHEN p.is_entry AND g.level_code <> '01' THEN NULL ELSE c.id END,
       false, c.extra, run.id, now()
FROM rollover_planclass p
JOIN rollover_rolloverrun run ON run.id = ANY (%(run_ids)s) AND run.school_id = p.school_id
JOIN years_schoolclass c ON c.id = p.source_class_id
JOIN codes_grade g ON g.code = p.grade_code
LEFT JOIN orgs_schoolsite old_site ON old_site.id = c.site_id
-- One by one, whatever the statistics say of the new year's sites, which were written a moment ago.
LEFT JOIN LATERAL (
    SELECT s.id FROM orgs_schoolsite s
    WHERE s.school_id = c.school_id AND s.start_year = %(from_year)s + 1 AND s.code = old_site.code
    LIMIT 1
) site ON true
WHERE p.from_year = %(from_year)s
ORDER BY c.school_id, p.grade_code, p.ordinal
ON CONFLICT (start_year, school_id, name) DO NOTHING;
