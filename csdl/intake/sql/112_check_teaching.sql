-- Purpose: what a teaching assignment needs, and what the file says twice.
INSERT INTO intake_found (seq, column_name, value, code, message, effect)
SELECT s.seq, 'subject_code', s.said ->> 'subject_code', 'INT-44',
       'Phân công này đã có ở dòng ' || d.row_no || '.', 'reject'
FROM (SELECT seq, first_value(row_no) OVER same AS row_no, first_value(seq) OVER same AS first_seq
      FROM intake_stage WHERE noun = 'teaching'
      WINDOW same AS (PARTITION BY school_id, class_key, said ->> 'subject_code', said ->> 'semester',
                      coalesce(said ->> 'staff_id', said ->> 'staff_name') ORDER BY seq)) d
JOIN intake_stage s ON s.seq = d.seq
WHERE d.first_seq <> s.seq
UNION ALL
SELECT s.seq, cell.name, '', 'INT-66', cell.message, 'reject'
FROM intake_stage s
CROSS JOIN (VALUES ('subject_code', 'Hãy ghi môn học.'), ('semester', 'Hãy ghi học kì 1 hoặc 2.')) cell (name, message)
WHERE s.noun = 'teaching' AND coalesce(s.said ->> cell.name, '') = ''
UNION ALL
SELECT s.seq, 'subject_code', s.said ->> 'subject_code', 'INT-63', 'Môn không thuộc cấp học của lớp (AS-03).', 'reject'
FROM intake_stage s
JOIN intake_class c ON c.school_id = s.school_id AND c.class_key = s.class_key
JOIN codes_grade g ON g.code = c.grades[1]
JOIN codes_codevalue k ON k.list_name = 'subject' AND k.code = s.said ->> 'subject_code'
WHERE s.noun = 'teaching' AND s.side_id IS NULL
  AND (g.level_code = '01' OR coalesce(k.extra ->> 'level_code', '') NOT IN ('', g.level_code));
