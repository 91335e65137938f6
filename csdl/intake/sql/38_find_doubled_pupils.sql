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
SELECT s.seq, 'full_name', s.label, 'INT-44',
       'Học sinh này đã có ở dòng ' || f.row_no || CASE WHEN f.sheet = s.sheet THEN '' ELSE ' của trang tính ' || f.sheet END
       || '. Mỗi học sinh chỉ ghi một dòng (EN-02).', 'reject'
FROM (SELECT seq, min(first_seq) AS first_seq FROM same WHERE first_seq <> seq GROUP BY seq) d
JOIN intake_stage s ON s.seq = d.seq
JOIN intake_stage f ON f.seq = d.first_seq;
