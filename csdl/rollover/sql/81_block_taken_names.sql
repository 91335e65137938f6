-- P6: a class of that name stands in the new year already, with another grade. Inputs: from_year, school_ids.
SELECT p.school_id, 'Năm học mới đã có lớp cùng tên nhưng khác khối: ' || string_agg(p.name, ', ' ORDER BY p.name) AS message
FROM rollover_planclass p
JOIN years_schoolclass c ON c.start_year = p.from_year + 1 AND c.school_id = p.school_id AND c.name = p.name
WHERE p.from_year = %(from_year)s AND p.school_id = ANY (%(school_ids)s) AND c.grade_code <> p.grade_code
GROUP BY p.school_id;
