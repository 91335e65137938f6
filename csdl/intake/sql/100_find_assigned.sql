-- Purpose: the class and the teacher an assignment's row names: the class spelt as it is, the teacher's key where the
--          records have one, else the row of the file that brings the teacher; who does not exist is found wrong. Inputs: noun, first_day, last_day.
UPDATE intake_stage s
SET class_id = c.class_id, said = s.said || jsonb_build_object('class_name', c.name)
FROM intake_class c
WHERE s.noun = %(noun)s AND c.school_id = s.school_id AND c.class_key = s.class_key;
WITH person AS MATERIALIZED (
    SELECT p.unit_id, m.id, NULL::integer AS seq, m.full_name, csdl_fold(m.full_name) AS name_key, m.birth_date,
           ARRAY[m.moet_code, m.citizen_id_no, m.phone] AS numbers
    FROM staff_staffposting p JOIN staff_staffmember m ON m.id = p.staff_id
    WHERE p.unit_id IN (SELECT school_id FROM intake_stage WHERE noun = %(noun)s)
      AND p.valid_from <= %(last_day)s AND (p.valid_to IS NULL OR p.valid_to > %(first_day)s)
    UNION
    SELECT s.school_id, NULL, s.seq, s.said ->> 'full_name', s.name_key, (s.said ->> 'birth_date')::date,
           ARRAY[coalesce(s.said ->> 'moet_code', ''), coalesce(s.said ->> 'citizen_id_no', ''), coalesce(s.said ->> 'phone', '')]
    FROM intake_stage s
    WHERE s.noun = 'staff' AND s.target_id IS NULL AND s.candidates IS NULL
      AND NOT EXISTS (SELECT 1 FROM intake_found f WHERE f.seq = s.seq AND f.effect = 'reject')
), hit AS (
    SELECT s.seq, count(*) AS people, min(p.id) AS id, min(p.seq) AS staff_seq, min(p.full_name) AS full_name,
           string_agg(p.full_name || coalesce(' (' || to_char(p.birth_date, 'DD/MM/YYYY') || ')', ''), '; '
                      ORDER BY p.birth_date, p.id, p.seq) AS names
    FROM intake_stage s
    LEFT JOIN person p ON p.unit_id = s.school_id AND p.name_key = csdl_fold(coalesce(s.said ->> 'staff_name', ''))
        -- A number cell loses the zero in front.
        AND (NOT s.said ? 'staff_code' OR s.said ->> 'staff_code' = to_char(p.birth_date, 'DD/MM/YYYY')
             OR ltrim(s.said ->> 'staff_code', '0') IN (SELECT ltrim(number, '0') FROM unnest(p.numbers) number WHERE number <> ''))
    WHERE s.noun = %(noun)s AND p.unit_id IS NOT NULL
    GROUP BY s.seq
), told AS (
    INSERT INTO intake_found (seq, column_name, value, code, message, effect)
    SELECT s.seq, 'staff_name', coalesce(s.said ->> 'staff_name', ''), CASE WHEN h.people > 1 THEN 'INT-42' ELSE 'INT-64' END,
           CASE WHEN h.people > 1 THEN 'Trường có nhiều người cùng tên này: ' || h.names || '. Hãy ghi thêm mã, số định danh, điện thoại hoặc ngày '
                'sinh của người ấy vào cột Mã giáo viên.'
                ELSE 'Trường không có cán bộ, giáo viên này trong năm học. Hãy ghi đúng họ tên hoặc nhập cán bộ trước.' END,
           'reject'
    FROM intake_stage s LEFT JOIN hit h USING (seq)
    WHERE s.noun = %(noun)s AND h.people IS DISTINCT FROM 1
    UNION ALL
    SELECT s.seq, 'class_name', coalesce(s.said ->> 'class_name', ''), 'INT-41',
           'Trường không có lớp này trong năm học. Hãy lập lớp trước hoặc ghi lớp trong trang tính Lớp học của tệp.', 'reject'
    FROM intake_stage s
    LEFT JOIN intake_class c ON c.school_id = s.school_id AND c.class_key = s.class_key
    WHERE s.noun = %(noun)s AND c.school_id IS NULL
)
UPDATE intake_stage s
SET staff_seq = h.staff_seq,
    said = s.said || jsonb_build_object('staff_name', h.full_name)
           || CASE WHEN h.id IS NULL THEN '{}'::jsonb ELSE jsonb_build_object('staff_id', h.id) END
FROM hit h WHERE s.seq = h.seq AND h.people = 1;
