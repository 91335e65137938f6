-- Purpose: what a site held when the workbook was written, from the row history.
UPDATE intake_stage s
SET base = jsonb_build_object(
    'code', v.code, 'name', v.name, 'is_main', v.is_main, 'commune_code', v.commune_code, 'address', v.address,
    'closed_on', v.closed_on)
FROM (
    SELECT DISTINCT ON (r.seq) r.seq, e.*
    FROM intake_stage r
    JOIN orgs_schoolsiteevent e ON e.pgh_obj_id = r.target_id
        AND e.pgh_id > split_part(r.said ->> 'version', '-', 1)::bigint
    WHERE r.noun = 'sites' AND r.said ? 'version'
    ORDER BY r.seq, e.pgh_id
) v
WHERE s.seq = v.seq;
