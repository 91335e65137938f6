-- Purpose: what would break a constraint of sites, each with its cell and what would be right. Input: start_year.
INSERT INTO intake_found (seq, column_name, value, code, message, effect)
SELECT s.seq, 'code', coalesce(s.said ->> 'code', ''), 'INT-44',
       'Điểm trường này đã có ở dòng ' || d.row_no || '. Mỗi điểm trường chỉ ghi một dòng.', 'reject'
FROM (SELECT seq, noun, said,
             first_value(row_no) OVER same AS row_no, first_value(seq) OVER same AS first_seq
      FROM intake_stage WHERE noun = 'sites'
      WINDOW same AS (PARTITION BY school_id, coalesce('#' || target_id, said ->> 'code') ORDER BY seq)) d
JOIN intake_stage s ON s.seq = d.seq
WHERE d.first_seq <> s.seq AND (s.target_id IS NOT NULL OR s.said ? 'code')
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
SELECT s.seq, 'is_main', 'false', 'INT-61', 'Mỗi trường có một điểm chính; ô này được để như cũ.', 'leave'
FROM intake_stage s
WHERE s.noun = 'sites' AND NOT (s.said ->> 'is_main')::boolean AND (s.stands ->> 'is_main')::boolean;
