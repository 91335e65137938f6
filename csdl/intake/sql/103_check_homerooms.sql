-- Purpose: what would break a constraint of homeroom assignments, each with its cell. Inputs: first_day, last_day.
WITH term AS MATERIALIZED (
    SELECT seq, row_no, label, school_id, class_key, target_id, side_id IS NULL AS is_new,
           coalesce((stands ->> 'valid_from')::date, (said ->> 'valid_from')::date) AS since,
           coalesce((said ->> 'valid_to')::date, (stands ->> 'valid_to')::date) AS until
    FROM intake_stage WHERE noun = 'homeroom'
)
INSERT INTO intake_found (seq, column_name, value, code, message, effect)
-- A class has one teacher on a day; whoever leads it without an end does so until a new teacher's day.
SELECT s.seq, 'class_name', s.label, 'INT-44',
       'Lớp này đã có ở dòng ' || min(d.row_no) || ' trong cùng những ngày ấy. Lớp đổi giáo viên trong năm thì hãy ghi ngày '
       'bắt đầu và ngày thôi chủ nhiệm của từng người.', 'reject'
FROM term s
JOIN term d ON d.seq < s.seq AND d.school_id = s.school_id AND d.class_key = s.class_key
WHERE d.target_id = s.target_id
   OR (s.since < coalesce(d.until, CASE WHEN s.is_new AND NOT d.is_new AND s.since > d.since THEN s.since END, 'infinity')
       AND d.since < coalesce(s.until, CASE WHEN d.is_new AND NOT s.is_new AND d.since > s.since THEN d.since END, 'infinity'))
GROUP BY s.seq, s.label
UNION ALL
SELECT s.seq, 'valid_from', s.said ->> 'valid_from', 'INT-68',
       'Ngày phải từ ' || to_char(%(first_day)s::date, 'DD/MM/YYYY') || ' đến ' || to_char(%(last_day)s::date, 'DD/MM/YYYY')
       || '.', 'judge'
FROM intake_stage s
WHERE s.noun = 'homeroom' AND NOT (s.said ->> 'valid_from')::date BETWEEN %(first_day)s AND %(last_day)s
UNION ALL
SELECT s.seq, 'staff_name', s.said ->> 'staff_name', 'INT-64',
       'Người này không làm việc tại trường vào ngày bắt đầu chủ nhiệm.', 'reject'
FROM intake_stage s
WHERE s.noun = 'homeroom' AND s.side_id IS NULL AND s.said ? 'staff_id' AND NOT EXISTS (
    SELECT 1 FROM staff_staffposting p
    WHERE p.staff_id = (s.said ->> 'staff_id')::bigint AND p.unit_id = s.school_id
      AND p.valid_from <= (s.said ->> 'valid_from')::date
      AND (p.valid_to IS NULL OR p.valid_to > (s.said ->> 'valid_from')::date))
UNION ALL
SELECT s.seq, 'valid_to', s.said ->> 'valid_to', 'INT-68', 'Ngày thôi chủ nhiệm phải sau ngày bắt đầu.', 'judge'
FROM intake_stage s
WHERE s.noun = 'homeroom' AND (s.said ->> 'valid_to')::date
      <= coalesce((s.said ->> 'valid_from')::date, (s.stands ->> 'valid_from')::date)
UNION ALL
-- Later assignments of the class stand in the way of a new one.
SELECT s.seq, 'valid_from', s.said ->> 'valid_from', 'INT-61',
       'Lớp đã có giáo viên chủ nhiệm khác từ ' || to_char(h.valid_from, 'DD/MM/YYYY') || '. Hãy sửa ở trang của lớp.', 'reject'
FROM intake_stage s
JOIN years_homeroomassignment h ON h.class_id = s.class_id AND h.id IS DISTINCT FROM s.target_id
    AND (h.valid_from > (s.said ->> 'valid_from')::date
         OR (h.valid_from = (s.said ->> 'valid_from')::date AND s.target_id IS NULL))
    AND ((s.said ->> 'valid_to') IS NULL OR h.valid_from < (s.said ->> 'valid_to')::date)
WHERE s.noun = 'homeroom'
UNION ALL
-- Whoever leads the class until a day after the row's begins would have to be cut off twice.
SELECT s.seq, 'valid_from', s.said ->> 'valid_from', 'INT-61',
       'Lớp đã có giáo viên chủ nhiệm đến ' || to_char(h.valid_to, 'DD/MM/YYYY') || '. Hãy sửa ở trang của lớp.', 'reject'
FROM intake_stage s
JOIN years_homeroomassignment h ON h.class_id = s.class_id AND h.id IS DISTINCT FROM s.target_id
    AND h.valid_from < (s.said ->> 'valid_from')::date AND h.valid_to > (s.said ->> 'valid_from')::date
WHERE s.noun = 'homeroom'
UNION ALL
SELECT s.seq, 'valid_from', s.said ->> 'valid_from', 'INT-68',
       'Ngày bắt đầu của người đang chủ nhiệm được giữ nguyên.', 'leave'
FROM intake_stage s
WHERE s.noun = 'homeroom' AND s.target_id IS NOT NULL AND s.said -> 'valid_from' <> s.stands -> 'valid_from';
