-- Purpose: what would break a constraint of sites, each with its cell and what would be right. Input: start_year.
INSERT INTO intake_found (seq, column_name, value, code, message, effect)
SELECT s.seq, 'code', coalesce(s.said ->> 'code', ''), 'INT-44',
       'Điểm trường này đã có ở dòng ' || d.row_no || '. Mỗi điểm trường chỉ ghi một dòng.', 'reject'
FROM (
    SELECT s.seq, min(f.row_no) AS row_no
    FROM intake_stage s
    JOIN intake_stage f ON f.noun = 'sites' AND f.seq < s.seq AND f.school_id = s.school_id
        AND (f.target_id = s.target_id OR f.said ->> 'code' = s.said ->> 'code')
    WHERE s.noun = 'sites' GROUP BY s.seq
) d
JOIN intake_stage s ON s.seq = d.seq
UNION ALL
SELECT seq, cell.name, '', 'INT-66', cell.message, 'new'
FROM intake_stage
CROSS JOIN (VALUES ('code', 'Hãy ghi mã điểm trường, ví dụ 02.'), ('name', 'Hãy ghi tên điểm trường.')) cell (name, message)
WHERE noun = 'sites' AND NOT said ? cell.name
UNION ALL
SELECT s.seq, 'code', s.said ->> 'code', 'INT-61', 'Mã này là của điểm trường ' || x.name || '. Hãy dùng mã khác.', 'reject'
FROM intake_stage s
JOIN orgs_schoolsite x ON x.school_id = s.school_id AND x.start_year = %(start_year)s AND x.code = s.said ->> 'code'
WHERE s.noun = 'sites' AND x.id <> s.target_id
UNION ALL
-- A school has one main site: another becomes it on the school's own page.
SELECT s.seq, 'is_main', 'true', 'INT-61', 'Trường đã có điểm chính là ' || x.name || '; ô này được để như cũ.', 'leave'
FROM intake_stage s
JOIN orgs_schoolsite x ON x.school_id = s.school_id AND x.start_year = %(start_year)s AND x.is_main
WHERE s.noun = 'sites' AND (s.said ->> 'is_main')::boolean AND x.id IS DISTINCT FROM s.target_id
UNION ALL
SELECT s.seq, 'is_main', 'true', 'INT-61', 'Điểm chính đã ghi ở dòng ' || min(f.row_no) || '; ô này được để như cũ.', 'leave'
FROM intake_stage s
JOIN intake_stage f ON f.noun = 'sites' AND f.seq < s.seq AND f.school_id = s.school_id AND (f.said ->> 'is_main')::boolean
WHERE s.noun = 'sites' AND (s.said ->> 'is_main')::boolean
GROUP BY s.seq
UNION ALL
SELECT s.seq, 'is_main', 'false', 'INT-61', 'Mỗi trường có một điểm chính; ô này được để như cũ.', 'leave'
FROM intake_stage s
WHERE s.noun = 'sites' AND NOT (s.said ->> 'is_main')::boolean AND (s.stands ->> 'is_main')::boolean
UNION ALL
-- A site ends as on the school's own page: not the main one, none that classes stand at, on a day of the year.
SELECT s.seq, 'closed_on', s.said ->> 'closed_on', 'INT-61', 'Điểm chính không kết thúc được; ô này được để như cũ.', 'leave'
FROM intake_stage s
WHERE s.noun = 'sites' AND s.said ? 'closed_on' AND s.said -> 'closed_on' IS DISTINCT FROM s.stands -> 'closed_on'
  AND coalesce((s.stands ->> 'is_main')::boolean, (s.said ->> 'is_main')::boolean)
UNION ALL
SELECT s.seq, 'closed_on', s.said ->> 'closed_on', 'INT-61',
       'Còn lớp học tại điểm trường (' || (array_agg(c.name ORDER BY c.grade_code, c.sort_key))[1] || CASE WHEN count(*) > 1
       THEN ' và ' || count(*) - 1 || ' lớp khác' ELSE '' END || ') nên chưa kết thúc được; ô này được để như cũ.', 'leave'
FROM intake_stage s
JOIN years_schoolclass c ON c.start_year = %(start_year)s AND c.site_id = s.target_id
WHERE s.noun = 'sites' AND s.said ? 'closed_on' AND s.said -> 'closed_on' IS DISTINCT FROM s.stands -> 'closed_on'
GROUP BY s.seq, s.said
UNION ALL
SELECT s.seq, 'closed_on', s.said ->> 'closed_on', 'INT-68',
       'Ngày kết thúc phải từ ' || to_char(year.first, 'DD/MM/YYYY') || ' đến ' || to_char(year.last, 'DD/MM/YYYY')
       || '; ô này được để như cũ.', 'leave'
FROM intake_stage s
CROSS JOIN (SELECT make_date(%(start_year)s, 7, 1) AS first, make_date(%(start_year)s + 1, 6, 30) AS last) year
WHERE s.noun = 'sites' AND (s.said ->> 'closed_on')::date NOT BETWEEN year.first AND year.last
  AND s.said -> 'closed_on' IS DISTINCT FROM s.stands -> 'closed_on';
