-- Purpose: sites that rows name become the site's code; then what would break a constraint or a rule of classes, each with
--          its cell and what would be right. Input: start_year.
UPDATE intake_stage s SET said = s.said || jsonb_build_object('site', x.code)
FROM (
    SELECT DISTINCT ON (s.seq) s.seq, x.code
    FROM intake_stage s
    JOIN (
        SELECT school_id, code, csdl_fold(name) AS name_key FROM orgs_schoolsite
        WHERE start_year = %(start_year)s AND closed_on IS NULL
          AND school_id IN (SELECT school_id FROM intake_stage WHERE noun = 'classes')
        UNION ALL
        SELECT school_id, said ->> 'code', name_key FROM intake_stage
        WHERE noun = 'sites' AND said ? 'code'
          AND NOT EXISTS (SELECT 1 FROM intake_found f WHERE f.seq = intake_stage.seq AND f.effect = 'reject')
    ) x ON x.school_id = s.school_id AND (x.code = s.said ->> 'site' OR x.name_key = csdl_fold(s.said ->> 'site'))
    WHERE s.noun = 'classes' AND s.said ? 'site'
    ORDER BY s.seq, x.code <> s.said ->> 'site', x.code
) x
WHERE s.seq = x.seq;
INSERT INTO intake_found (seq, column_name, value, code, message, effect)
SELECT s.seq, 'name', s.label, 'INT-44',
       'Lớp này đã có ở dòng ' || d.row_no || '. Mỗi lớp chỉ ghi một dòng (CL-08).', 'reject'
FROM (
    SELECT s.seq, min(f.row_no) AS row_no
    FROM intake_stage s
    JOIN intake_stage f ON f.noun = 'classes' AND f.seq < s.seq AND f.school_id = s.school_id
        AND (f.target_id = s.target_id OR (f.class_key = s.class_key AND s.class_key <> ''))
    WHERE s.noun = 'classes' GROUP BY s.seq
) d
JOIN intake_stage s ON s.seq = d.seq
UNION ALL
SELECT s.seq, 'name', s.label, 'INT-61',
       'Trường đã có lớp ' || c.name || ' trong năm học này. Hãy đặt tên khác (CL-08).', 'reject'
FROM intake_stage s
JOIN years_schoolclass c ON c.school_id = s.school_id AND c.start_year = %(start_year)s AND csdl_fold(c.name) = s.class_key
WHERE s.noun = 'classes' AND c.id <> s.target_id
UNION ALL
SELECT s.seq, cell.name, '', 'INT-66', cell.message, 'new'
FROM intake_stage s
CROSS JOIN (VALUES ('name', 'Hãy ghi tên lớp, ví dụ 6A1.'), ('grade_code', 'Hãy ghi khối của lớp.')) cell (name, message)
WHERE s.noun = 'classes' AND NOT s.said ? cell.name
UNION ALL
SELECT s.seq, 'name', s.said ->> 'name', 'INT-43',
       'Tên lớp không bắt đầu bằng ' || g.number || ', số của ' || lower(g.name_vi) || '. Hãy xem lại tên lớp và khối.', 'warn'
FROM intake_stage s
JOIN codes_grade g ON g.code = coalesce(s.stands ->> 'grade_code', s.said ->> 'grade_code')
WHERE s.noun = 'classes' AND s.said ->> 'name' !~ ('^' || g.number || '([^0-9]|$)')
  AND s.said ->> 'name' IS DISTINCT FROM s.stands ->> 'name'
UNION ALL
SELECT s.seq, 'grade_code', s.said ->> 'grade_code', 'INT-69',
       'Lớp đang là ' || coalesce(lower(g.name_vi), 'khối khác')
       || '; học sinh và phân công gắn với khối nên khối được giữ nguyên.', 'leave'
FROM intake_stage s
LEFT JOIN codes_grade g ON g.code = s.stands ->> 'grade_code'
WHERE s.noun = 'classes' AND s.said ->> 'grade_code' <> s.stands ->> 'grade_code'
UNION ALL
SELECT s.seq, 'grade_code', s.said ->> 'grade_code', 'INT-63',
       CASE WHEN g.code IS NULL THEN 'Không có khối này trong danh mục.'
            ELSE 'Trường không dạy cấp học của ' || lower(g.name_vi) || ' trong năm học này.' END, 'new'
FROM intake_stage s
LEFT JOIN codes_grade g ON g.code = s.said ->> 'grade_code'
WHERE s.noun = 'classes' AND s.said ? 'grade_code'
  AND NOT EXISTS (SELECT 1 FROM orgs_schoollevel l WHERE l.school_id = s.school_id AND l.start_year = %(start_year)s
                  AND l.level_code = g.level_code)
UNION ALL
SELECT s.seq, 'age_group_code', '', 'INT-66', 'Nhóm, lớp mầm non phải có nhóm tuổi.', 'new'
FROM intake_stage s
JOIN codes_grade g ON g.code = s.said ->> 'grade_code' AND g.level_code = '01'
WHERE s.noun = 'classes' AND NOT s.said ? 'age_group_code'
UNION ALL
SELECT s.seq, 'is_gifted', 'true', 'INT-66', 'Lớp chuyên phải có hệ chuyên; ô này được để như cũ.', 'leave'
FROM intake_stage s
WHERE s.noun = 'classes' AND (s.said ->> 'is_gifted')::boolean AND NOT s.said ? 'gifted_stream_code'
  AND coalesce(s.stands ->> 'gifted_stream_code', '') = ''
UNION ALL
SELECT s.seq, 'site', s.said ->> 'site', 'INT-62',
       'Trường không có điểm trường này trong năm học. Hãy ghi mã hoặc tên điểm trường đang dùng (CL-13).', 'judge'
FROM intake_stage s
WHERE s.noun = 'classes' AND s.said ? 'site'
  AND NOT EXISTS (SELECT 1 FROM orgs_schoolsite x WHERE x.school_id = s.school_id AND x.start_year = %(start_year)s
                  AND x.closed_on IS NULL AND x.code = s.said ->> 'site')
  AND NOT EXISTS (SELECT 1 FROM intake_stage x WHERE x.noun = 'sites' AND x.school_id = s.school_id
                  AND x.said ->> 'code' = s.said ->> 'site'
                  AND NOT EXISTS (SELECT 1 FROM intake_found f WHERE f.seq = x.seq AND f.effect = 'reject'));
