-- Purpose: a row whose record, code or number is one child's while its name and birth date, or its numbers, are another's:
--          columns were sorted without the others. Nothing of it is written. So is one that is unlike its record in both,
--          name and birth date: the record of one child is not made another's. After what stands is read. Input: start_year.
WITH unlike AS MATERIALIZED (
    SELECT s.seq, s.school_id, s.label, s.name_key, (s.said ->> 'birth_date')::date AS born, s.said ? 'record' AS has_record,
           nullif(nullif(s.said ->> 'citizen_id_no', ''), t.citizen_id_no) AS number,
           nullif(nullif(s.said ->> 'moet_code', ''), t.moet_code) AS moet_code, t.id, t.full_name, t.birth_date,
           t.birth_date <> (s.said ->> 'birth_date')::date AND similarity(t.search_key, s.name_key) < 0.4 AS is_nobody
    FROM intake_stage s JOIN students_student t ON t.id = s.target_id
    WHERE s.noun = 'pupils' AND s.name_key <> ''
      AND (t.search_key <> s.name_key OR t.birth_date <> (s.said ->> 'birth_date')::date)
), other AS MATERIALIZED (
    SELECT p.school_id, p.is_now, o.id, o.full_name, o.search_key, o.birth_date, o.citizen_id_no, o.moet_code
    FROM intake_pool p JOIN students_student o ON o.id = p.student_id
    WHERE EXISTS (SELECT 1 FROM unlike)
), hit AS (
    SELECT u.seq, o.id, o.full_name, o.birth_date, o.is_now, o.school_id, true AS is_name
    FROM unlike u
    JOIN other o ON o.school_id = u.school_id AND o.search_key = u.name_key AND o.birth_date = u.born AND o.id <> u.id
    UNION ALL
    SELECT u.seq, o.id, o.full_name, o.birth_date, o.is_now, o.school_id, false
    FROM unlike u JOIN other o ON o.school_id = u.school_id AND o.citizen_id_no = u.number AND o.id <> u.id
    UNION ALL
    SELECT u.seq, o.id, o.full_name, o.birth_date, o.is_now, o.school_id, false
    FROM unlike u JOIN other o ON o.school_id = u.school_id AND o.moet_code = u.moet_code AND o.id <> u.id
), mixed AS (
    SELECT DISTINCT ON (h.seq) h.seq, h.full_name, h.birth_date, h.is_name, c.name AS class_name
    FROM hit h
    LEFT JOIN years_enrolment e ON e.start_year = %(start_year)s AND e.student_id = h.id
        AND e.school_id = h.school_id
    LEFT JOIN years_schoolclass c ON c.id = e.class_id
    ORDER BY h.seq, h.is_name DESC, h.is_now DESC, h.id, e.left_on NULLS FIRST
)
INSERT INTO intake_found (seq, column_name, value, code, message, effect)
SELECT u.seq, 'full_name', u.label, 'INT-15',
       CASE WHEN u.has_record THEN 'Mã bản ghi' ELSE 'Mã, số định danh' END || ' của dòng là của ' || u.full_name
       || coalesce(' (' || to_char(u.birth_date, 'DD/MM/YYYY') || ')', '')
       || CASE WHEN m.seq IS NULL THEN ', nhưng họ tên và ngày sinh trong dòng đều khác'
               ELSE CASE WHEN m.is_name THEN ', nhưng họ tên, ngày sinh là của ' ELSE ', nhưng số định danh là của ' END
                    || m.full_name || coalesce(' (' || to_char(m.birth_date, 'DD/MM/YYYY') || ')', '')
                    || coalesce(', lớp ' || m.class_name, '') END
       || CASE WHEN u.has_record
               THEN '. Tệp đã sắp xếp lệch hai cột ẩn A, B: hãy tải lại tệp, hoặc xóa hai ô ấy của dòng để dò theo họ tên, ngày sinh.'
               ELSE '. Hãy sửa mã, số định danh hoặc họ tên, ngày sinh của dòng.' END, 'reject'
FROM unlike u LEFT JOIN mixed m USING (seq)
WHERE m.seq IS NOT NULL OR u.is_nobody;
