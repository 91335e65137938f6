-- Purpose: the reports that units owe for a day: each unit that teaches and each level it teaches, by the tree of that day.
-- Inputs:  day, start_year; unit_ids (null: every unit of the province), with them the reports these units took on that
--          day; arrays level_units, level_codes: single levels of schools; only (null: all): units it is narrowed to;
--          roots (null: all): units at which the right is held.
-- Rows:    one per unit and level, with what the unit was on that day; who owes no form is among them (unit_kind says so).
--          is_own: it stood at or below one of the roots on that day; what came there since is counted elsewhere.
-- Source:  letter of the department 2024-2025, M7: tasks for all units of the tree, not only recipients.
SELECT u.id AS unit_id, l.level_code, v.name AS unit_name, v.kind AS unit_kind, v.parent_id, coalesce(pv.name, '') AS parent_name,
       p.level_group_code, p.ownership_code, p.school_type_code, p.region_code,
       NOT EXISTS (SELECT 1 FROM orgs_schoollevel h
                   WHERE h.school_id = l.school_id AND h.start_year = l.start_year AND h.level_code > l.level_code) AS is_top_level,
       (%(roots)s::bigint[] IS NULL OR u.id IN (SELECT b.unit_id FROM unnest(%(roots)s::bigint[]) r (id)
                                                CROSS JOIN LATERAL csdl_subtree(r.id, %(day)s) b)) AS is_own
FROM orgs_orgunit u
JOIN orgs_unitversion v ON v.unit_id = u.id
    AND v.valid_from <= %(day)s AND (v.valid_to IS NULL OR v.valid_to > %(day)s)
JOIN orgs_schoolprofile p ON p.school_id = u.id AND p.start_year = %(start_year)s AND p.is_active
JOIN orgs_schoollevel l ON l.school_id = u.id AND l.start_year = %(start_year)s
LEFT JOIN orgs_unitversion pv ON pv.unit_id = v.parent_id
    AND pv.valid_from <= %(day)s AND (pv.valid_to IS NULL OR pv.valid_to > %(day)s)
WHERE (u.opened_on IS NULL OR u.opened_on <= %(day)s) AND (u.closed_on IS NULL OR u.closed_on > %(day)s)
  AND (%(only)s::bigint[] IS NULL OR u.id = ANY (%(only)s::bigint[]))
  AND (%(unit_ids)s::bigint[] IS NULL OR u.id = ANY (%(unit_ids)s::bigint[]) OR v.parent_id = ANY (%(unit_ids)s::bigint[])
       OR (u.id, l.level_code) IN (SELECT * FROM unnest(%(level_units)s::bigint[], %(level_codes)s::varchar[])))
