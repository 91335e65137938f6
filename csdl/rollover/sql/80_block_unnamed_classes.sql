-- P5: schools with a class of the new year that has no name yet, or a name twice. Inputs: from_year, school_ids.
SELECT school_id, 'Chưa đặt tên lớp mới cho: ' || string_agg(source_name, ', ' ORDER BY source_name) AS message
FROM (
    SELECT p.school_id, c.name AS source_name
    FROM rollover_planclass p JOIN years_schoolclass c ON c.id = p.source_class_id
    WHERE p.from_year = %(from_year)s AND p.school_id = ANY (%(school_ids)s) AND p.name = ''
) unnamed GROUP BY school_id
UNION ALL
SELECT school_id, 'Tên lớp mới bị trùng: ' || string_agg(name, ', ' ORDER BY name)
FROM (
    SELECT school_id, name FROM rollover_planclass
    WHERE from_year = %(from_year)s AND school_id = ANY (%(school_ids)s) AND name <> ''
    GROUP BY school_id, name HAVING count(*) > 1
) doubled GROUP BY school_id;
