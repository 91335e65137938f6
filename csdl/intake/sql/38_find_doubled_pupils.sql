-- Purpose: a pupil who stands in the file twice is taken once, the later rows are left out (EN-02): the same enrolment, or
--          of new persons the same identity number, or name, birth and gender, at the same school. Who left and came back
--          has a row for each enrolment.
WITH same AS (
    SELECT seq, first_value(seq) OVER (PARTITION BY target_id, side_id ORDER BY seq) AS first_seq
    FROM intake_stage WHERE noun = 'pupils' AND target_id IS NOT NULL
    UNION ALL
    SELECT seq, first_value(seq) OVER (PARTITION BY school_id, said ->> 'citizen_id_no' ORDER BY seq)
    FROM intake_stage WHERE noun = 'pupils' AND target_id IS NULL AND said ->> 'citizen_id_no' <> ''
    UNION ALL
    SELECT seq, first_value(seq) OVER (PARTITION BY school_id, name_key, said ->> 'birth_date', said ->> 'gender_code'
                                       ORDER BY seq)
    FROM intake_stage WHERE noun = 'pupils' AND target_id IS NULL AND said ? 'birth_date'
)
INSERT INTO intake_found (seq, column_name, value, code, message, effect)
SELECT s.seq, CASE WHEN n.is_number THEN 'citizen_id_no' ELSE 'full_name' END,
       CASE WHEN n.is_number THEN s.said ->> 'citizen_id_no' ELSE s.label END, 'INT-44',
       CASE WHEN n.is_number
            THEN 'Trùng số định danh với ' || place.words || CASE WHEN f.name_key = s.name_key THEN '' ELSE ', ' || f.label END
                 || '. Mỗi học sinh chỉ ghi một dòng (EN-02)'
                 || CASE WHEN f.name_key = s.name_key THEN '.' ELSE '; nếu là hai em thì hãy sửa số định danh.' END
            ELSE 'Học sinh này đã có ở ' || place.words || '. Mỗi học sinh chỉ ghi một dòng (EN-02).' END, 'reject'
FROM (SELECT seq, min(first_seq) AS first_seq FROM same WHERE first_seq <> seq GROUP BY seq) d
JOIN intake_stage s ON s.seq = d.seq
JOIN intake_stage f ON f.seq = d.first_seq
CROSS JOIN LATERAL (SELECT s.said ->> 'citizen_id_no' <> '' AND s.said ->> 'citizen_id_no' = f.said ->> 'citizen_id_no'
                    AS is_number) n
CROSS JOIN LATERAL (SELECT 'dòng ' || f.row_no || CASE WHEN f.sheet = s.sheet THEN '' ELSE ' của trang tính ' || f.sheet END
                    AS words) place;
-- One name and birth date, another gender, and no two numbers that would tell them apart: taken as a new pupil, and said.
INSERT INTO intake_found (seq, column_name, value, code, message, effect)
SELECT s.seq, 'full_name', s.label, 'INT-42',
       'Có thể trùng với ' || min(p.words) || ', cùng họ tên và ngày sinh nhưng khác giới tính. Hãy đối chiếu với giấy tờ.',
       'warn'
FROM intake_stage s
JOIN (
    SELECT o.school_id, t.search_key AS name_key, t.birth_date::text AS birth_date, t.gender_code,
           t.citizen_id_no, 0 AS seq, 'hồ sơ đã có của trường' AS words
    FROM intake_pool o JOIN students_student t ON t.id = o.student_id
    UNION ALL
    SELECT f.school_id, f.name_key, f.said ->> 'birth_date', f.said ->> 'gender_code',
           coalesce(f.said ->> 'citizen_id_no', ''), f.seq, 'dòng ' || f.row_no
    FROM intake_stage f WHERE f.noun = 'pupils' AND f.target_id IS NULL
) p ON p.school_id = s.school_id AND p.name_key = s.name_key AND p.birth_date = s.said ->> 'birth_date'
WHERE s.noun = 'pupils' AND s.target_id IS NULL AND s.candidates IS NULL AND p.seq < s.seq
  AND p.gender_code <> '' AND s.said ->> 'gender_code' <> p.gender_code
  AND (p.citizen_id_no = '' OR coalesce(s.said ->> 'citizen_id_no', '') = '')
GROUP BY s.seq, s.label;
