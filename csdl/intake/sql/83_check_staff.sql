-- Purpose: what would break a constraint or a rule of the record, each with its cell and what would be right.
-- Inputs:  first_day, default_day.
INSERT INTO intake_found (seq, column_name, value, code, message, effect)
SELECT s.seq, CASE WHEN n.is_number THEN 'citizen_id_no' ELSE 'full_name' END,
       CASE WHEN n.is_number THEN s.said ->> 'citizen_id_no' ELSE s.label END, 'INT-44',
       CASE WHEN n.is_number
            THEN 'Trùng số định danh với dòng ' || d.row_no || CASE WHEN f.name_key = s.name_key THEN '' ELSE ', ' || f.label END
                 || '. Mỗi người chỉ ghi một dòng'
                 || CASE WHEN f.name_key = s.name_key THEN '.' ELSE '; nếu là hai người thì hãy sửa số định danh.' END
            ELSE 'Người này đã có ở dòng ' || d.row_no || '. Mỗi người chỉ ghi một dòng.' END, 'reject'
FROM (SELECT seq, first_value(row_no) OVER same AS row_no, first_value(seq) OVER same AS first_seq
      FROM intake_stage WHERE noun = 'staff'
      WINDOW same AS (PARTITION BY school_id, coalesce('#' || side_id, '@' || target_id, nullif(said ->> 'citizen_id_no', ''),
                                                      name_key || coalesce(said ->> 'birth_date', '')) ORDER BY seq)) d
JOIN intake_stage s ON s.seq = d.seq
JOIN intake_stage f ON f.seq = d.first_seq
CROSS JOIN LATERAL (SELECT s.said ->> 'citizen_id_no' <> '' AND s.said ->> 'citizen_id_no' = f.said ->> 'citizen_id_no'
                    AS is_number) n
WHERE d.first_seq <> s.seq
UNION ALL
-- A person of several postings has a row for each: two rows that change one cell of the person differently say nothing
-- certain, the first is taken.
SELECT s.seq, cell.key, cell.value #>> '{}', 'INT-44',
       'Dòng ' || f.row_no || ' ghi ô này của cùng một người khác đi; ô này lấy theo dòng ấy.', 'leave'
FROM intake_stage s
JOIN intake_stage f ON f.noun = 'staff' AND f.target_id = s.target_id AND f.school_id = s.school_id AND f.seq < s.seq
    AND f.side_id <> s.side_id
CROSS JOIN LATERAL jsonb_each(s.said) cell
WHERE s.noun = 'staff' AND cell.key NOT IN ('staff_group_code', 'position_code', 'contract_code', 'rank_code',
                                            'status_code', 'valid_from', 'valid_to')
  AND f.said ? cell.key AND f.said -> cell.key <> cell.value AND s.stands ? cell.key
  AND s.stands -> cell.key NOT IN (cell.value, f.said -> cell.key)
UNION ALL
-- The record or code of one person, the name and birth date, or the number, of another: columns were sorted without the
-- others. So is a row that is unlike its record in both, name and birth date.
SELECT s.seq, 'full_name', s.label, 'INT-15',
       CASE WHEN s.said ? 'record' THEN 'Mã bản ghi' ELSE 'Mã, số định danh' END || ' của dòng là của ' || m.full_name
       || coalesce(' (' || to_char(m.birth_date, 'DD/MM/YYYY') || ')', '')
       || coalesce(', nhưng họ tên, ngày sinh hoặc số định danh là của ' || o.words,
                   ', nhưng họ tên và ngày sinh trong dòng đều khác')
       || CASE WHEN s.said ? 'record'
               THEN '. Tệp đã sắp xếp lệch hai cột ẩn A, B: hãy tải lại tệp, hoặc xóa hai ô ấy của dòng để dò theo họ tên, ngày sinh.'
               ELSE '. Hãy sửa mã, số định danh hoặc họ tên, ngày sinh của dòng.' END, 'reject'
FROM intake_stage s
JOIN staff_staffmember m ON m.id = s.target_id
LEFT JOIN LATERAL (
    SELECT min(o.full_name || coalesce(' (' || to_char(o.birth_date, 'DD/MM/YYYY') || ')', '')) AS words
    FROM staff_staffposting p JOIN staff_staffmember o ON o.id = p.staff_id
    WHERE p.unit_id = s.school_id AND o.id <> m.id
      AND ((csdl_fold(o.full_name) = s.name_key AND o.birth_date = (s.said ->> 'birth_date')::date)
           OR (o.citizen_id_no <> '' AND o.citizen_id_no = s.said ->> 'citizen_id_no' AND o.citizen_id_no <> m.citizen_id_no))
) o ON true
WHERE s.noun = 'staff' AND s.name_key <> ''
  AND (csdl_fold(m.full_name) <> s.name_key OR m.birth_date <> (s.said ->> 'birth_date')::date)
  AND (o.words IS NOT NULL
       OR (m.birth_date <> (s.said ->> 'birth_date')::date AND similarity(csdl_fold(m.full_name), s.name_key) < 0.4))
UNION ALL
SELECT s.seq, 'full_name', s.label, 'INT-42',
       'Dòng này có thể là hồ sơ đã có của trường: ' || s.candidates
       || '. Hãy ghi thêm ngày sinh, mã hoặc số định danh.', 'warn'
FROM intake_stage s WHERE s.noun = 'staff' AND s.candidates IS NOT NULL
UNION ALL
SELECT s.seq, 'citizen_id_no', s.said ->> 'citizen_id_no', 'INT-45',
       'Số định danh này đã có ở một hồ sơ khác. Hãy đối chiếu với giấy tờ; hồ sơ kia được giữ nguyên.', 'warn'
FROM intake_stage s
WHERE s.noun = 'staff' AND s.said ->> 'citizen_id_no' <> ''
  AND s.said ->> 'citizen_id_no' IS DISTINCT FROM s.stands ->> 'citizen_id_no'
  AND EXISTS (SELECT 1 FROM staff_staffmember m WHERE m.citizen_id_no = s.said ->> 'citizen_id_no'
              AND m.id IS DISTINCT FROM s.target_id)
UNION ALL
SELECT s.seq, cell.name, s.said ->> cell.name, 'INT-46',
       'Hồ sơ đã xác thực nên ô này được giữ nguyên ' || CASE WHEN s.stands ->> cell.name IS NULL OR s.stands ->> cell.name = '' THEN 'để trống'
            WHEN cell.name = 'birth_date' THEN 'là ' || to_char((s.stands ->> cell.name)::date, 'DD/MM/YYYY')
            WHEN cell.name = 'gender_code' THEN 'là ' || coalesce((
                SELECT k.name_vi FROM codes_codevalue k WHERE k.list_name = 'gender' AND k.code = s.stands ->> cell.name),
                s.stands ->> cell.name)
            ELSE 'là ' || (s.stands ->> cell.name) END || '.', 'leave'
FROM intake_stage s
JOIN staff_staffmember m ON m.id = s.target_id AND m.id_state = 'verified'
CROSS JOIN (VALUES ('full_name'), ('birth_date'), ('gender_code'), ('citizen_id_no')) cell (name)
WHERE s.noun = 'staff' AND s.said ? cell.name AND s.said -> cell.name <> s.stands -> cell.name
UNION ALL
SELECT s.seq, 'valid_from', s.said ->> 'valid_from', 'INT-68',
       'Ngày bắt đầu làm việc tại trường không sửa bằng tệp; giá trị cũ được giữ lại.', 'leave'
FROM intake_stage s
WHERE s.noun = 'staff' AND s.side_id IS NOT NULL AND s.said ? 'valid_from'
  AND s.said -> 'valid_from' <> s.stands -> 'valid_from'
UNION ALL
SELECT s.seq, 'valid_to', s.said ->> 'valid_to', 'INT-68',
       'Ngày thôi làm việc phải sau ngày bắt đầu.', CASE WHEN s.side_id IS NULL THEN 'reject' ELSE 'leave' END
FROM intake_stage s
LEFT JOIN LATERAL (
    SELECT p.valid_to AS ended FROM staff_staffposting p
    WHERE s.side_id IS NULL AND p.staff_id = s.target_id AND p.unit_id = s.school_id ORDER BY p.valid_from DESC LIMIT 1
) before ON true
WHERE s.noun = 'staff' AND (s.said ->> 'valid_to')::date
      <= greatest(coalesce((s.stands ->> 'valid_from')::date, (s.said ->> 'valid_from')::date, %(default_day)s), before.ended)
UNION ALL
SELECT s.seq, 'valid_to', s.said ->> 'valid_to', 'INT-68',
       'Người này làm việc lại tại trường từ ' || to_char(p.valid_from, 'DD/MM/YYYY')
       || ' nên ngày thôi làm việc của lần trước phải không muộn hơn ngày ấy.', 'leave'
FROM intake_stage s
JOIN staff_staffposting p ON p.staff_id = s.target_id AND p.unit_id = s.school_id AND p.id <> s.side_id
    AND p.valid_from > (s.stands ->> 'valid_from')::date AND p.valid_from < (s.said ->> 'valid_to')::date
WHERE s.noun = 'staff'
UNION ALL
SELECT s.seq, 'valid_to', s.said ->> 'valid_to', 'INT-68',
       'Người này là thủ trưởng đơn vị. Cơ quan quản lý ghi nhận người thay từ ngày ấy trước.', 'leave'
FROM intake_stage s
WHERE s.noun = 'staff' AND s.side_id IS NOT NULL AND s.said ? 'valid_to' AND s.said -> 'valid_to' <> s.stands -> 'valid_to'
  AND EXISTS (SELECT 1 FROM staff_unithead h
              WHERE h.unit_id = s.school_id AND h.staff_id = s.target_id
                AND (h.valid_to IS NULL OR h.valid_to > greatest(h.valid_from, (s.said ->> 'valid_to')::date)))
UNION ALL
SELECT s.seq, 'status_code', s.said ->> 'status_code', 'INT-66',
       'Trạng thái này là thôi làm việc tại trường. Hãy ghi cả ngày thôi làm việc.',
       CASE WHEN s.side_id IS NULL THEN 'reject' ELSE 'leave' END
FROM intake_stage s
WHERE s.noun = 'staff' AND s.said ->> 'status_code' IN ('02', '03', '05') AND NOT s.said ? 'valid_to'
  AND s.stands ->> 'valid_to' IS NULL
UNION ALL
SELECT s.seq, cell.name, '', 'INT-66', cell.message, 'warn'
FROM intake_stage s
CROSS JOIN (VALUES ('contract_code', 'Giáo viên phải có hình thức hợp đồng.'),
                   ('teacher_subject_code', 'Giáo viên phải có môn dạy.')) cell (name, message)
WHERE s.noun = 'staff' AND coalesce(s.said ->> 'staff_group_code', s.stands ->> 'staff_group_code') = '03'
  AND NOT s.said ? cell.name AND coalesce(s.stands ->> cell.name, '') = '';
