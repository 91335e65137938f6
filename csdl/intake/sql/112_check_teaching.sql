-- Purpose: what a teaching assignment needs, and what the file says twice. A new one is of somebody who works at the school
--          on the day of import, or the nearest day of its semester, or comes within the semester.
-- Inputs:  opening_on, semester2_on, ends_on, moved_on, default_day.
INSERT INTO intake_found (seq, column_name, value, code, message, effect)
SELECT s.seq, 'subject_code', s.said ->> 'subject_code', 'INT-44',
       'Phân công này đã có ở dòng ' || d.row_no || '.', 'reject'
FROM (SELECT seq, first_value(row_no) OVER same AS row_no, first_value(seq) OVER same AS first_seq
      FROM intake_stage WHERE noun = 'teaching'
      WINDOW same AS (PARTITION BY school_id, class_key, said ->> 'subject_code', said ->> 'semester',
                      coalesce(said ->> 'staff_id', '#' || staff_seq, said ->> 'staff_name') ORDER BY seq)) d
JOIN intake_stage s ON s.seq = d.seq
WHERE d.first_seq <> s.seq
UNION ALL
SELECT s.seq, cell.name, '', 'INT-66', cell.message, 'reject'
FROM intake_stage s
CROSS JOIN (VALUES ('subject_code', 'Hãy ghi môn học.'), ('semester', 'Hãy ghi học kì 1 hoặc 2.')) cell (name, message)
WHERE s.noun = 'teaching' AND coalesce(s.said ->> cell.name, '') = ''
UNION ALL
SELECT s.seq, 'staff_name', s.said ->> 'staff_name', 'INT-64',
       'Người này không làm việc tại trường trong học kì ' || (s.said ->> 'semester') || ' từ ngày '
       || to_char(term.day, 'DD/MM/YYYY') || '. Hãy ghi người đang dạy.', 'reject'
FROM intake_stage s
CROSS JOIN LATERAL (
    SELECT least(greatest(%(moved_on)s::date, first), last) AS day, last
    FROM (VALUES (1, %(opening_on)s::date, %(semester2_on)s::date - 1), (2, %(semester2_on)s::date, %(ends_on)s::date))
        semester (number, first, last)
    WHERE number = (s.said ->> 'semester')::int
) term
WHERE s.noun = 'teaching' AND s.side_id IS NULL AND (s.said ? 'staff_id' OR s.staff_seq IS NOT NULL) AND NOT EXISTS (
    SELECT 1 FROM staff_staffposting p
    WHERE p.staff_id = (s.said ->> 'staff_id')::bigint AND p.unit_id = s.school_id
      AND p.valid_from <= term.last AND (p.valid_to IS NULL OR p.valid_to > term.day)
    UNION ALL
    SELECT 1 FROM intake_stage n
    WHERE n.seq = s.staff_seq AND coalesce((n.said ->> 'valid_from')::date, %(default_day)s) <= term.last
      AND (NOT n.said ? 'valid_to' OR (n.said ->> 'valid_to')::date > term.day))
UNION ALL
SELECT s.seq, 'subject_code', s.said ->> 'subject_code', 'INT-63', 'Môn không thuộc cấp học của lớp (AS-03).', 'reject'
FROM intake_stage s
JOIN intake_class c ON c.school_id = s.school_id AND c.class_key = s.class_key
JOIN codes_grade g ON g.code = c.grades[1]
JOIN codes_codevalue k ON k.list_name = 'subject' AND k.code = s.said ->> 'subject_code'
WHERE s.noun = 'teaching' AND s.side_id IS NULL
  AND (g.level_code = '01' OR coalesce(k.extra ->> 'level_code', '') NOT IN ('', g.level_code));
