-- Purpose: a row whose record, code or number is one child's while its name and birth date, or its numbers, are another's:
--          columns were sorted without the others. Nothing of it is written. So is one that is unlike its record in both,
--          name and birth date: the record of one child is not made another's. After what stands is read. Input: start_year.
WITH unlike AS MATERIALIZED (
    SELECT s.seq, s.school_id, s.label, s.name_key, s.said, t.id, t.full_name, t.birth_date, t.citizen_id_no, t.moet_code,
           t.birth_date <> (s.said ->> 'birth_date')::date AND similarity(t.search_key, s.name_key) < 0.4 AS is_nobody
    FROM intake_stage s JOIN students_student t ON t.id = s.target_id
    WHERE s.noun = 'pupils' AND s.name_key <> ''
      AND (t.search_key <> s.name_key OR t.birth_date <> (s.said ->> 'birth_date')::date)
), mixed AS (
    SELECT DISTINCT ON (u.seq) u.seq, o.full_name, o.birth_date, c.name AS class_name,
           o.search_key = u.name_key AND o.birth_date = (u.said ->> 'birth_date')::date AS is_name
    FROM unlike u
    JOIN intake_pool p ON p.school_id = u.school_id AND p.student_id <> u.id
    JOIN students_student o ON o.id = p.student_id AND (
        (o.search_key = u.name_key AND o.birth_date = (u.said ->> 'birth_date')::date)
        OR (u.said ->> 'citizen_id_no' <> u.citizen_id_no AND o.citizen_id_no = u.said ->> 'citizen_id_no'
            AND o.citizen_id_no <> '')
        OR (u.said ->> 'moet_code' <> u.moet_code AND o.moet_code = u.said ->> 'moet_code' AND o.moet_code <> ''))
    LEFT JOIN years_enrolment e ON e.start_year = %(start_year)s AND e.student_id = o.id AND e.school_id = u.school_id
    LEFT JOIN years_schoolclass c ON c.id = e.class_id
    ORDER BY u.seq, is_name DESC, p.is_now DESC, o.id
)
INSERT INTO intake_found (seq, column_name, value, code, message, effect)
SELECT u.seq, 'full_name', u.label, 'INT-15',
       CASE WHEN u.said ? 'record' THEN 'Mã bản ghi' ELSE 'Mã, số định danh' END || ' của dòng là của ' || u.full_name
       || coalesce(' (' || to_char(u.birth_date, 'DD/MM/YYYY') || ')', '')
       || CASE WHEN m.seq IS NULL THEN ', nhưng họ tên và ngày sinh trong dòng đều khác'
               ELSE CASE WHEN m.is_name THEN ', nhưng họ tên, ngày sinh là của ' ELSE ', nhưng số định danh là của ' END
                    || m.full_name || coalesce(' (' || to_char(m.birth_date, 'DD/MM/YYYY') || ')', '')
                    || coalesce(', lớp ' || m.class_name, '') END
       || CASE WHEN u.said ? 'record'
               THEN '. Tệp đã sắp xếp lệch hai cột ẩn A, B: hãy tải lại tệp, hoặc xóa hai ô ấy của dòng để dò theo họ tên, ngày sinh.'
               ELSE '. Hãy sửa mã, số định danh hoặc họ tên, ngày sinh của dòng.' END, 'reject'
FROM unlike u LEFT JOIN mixed m USING (seq)
WHERE m.seq IS NOT NULL OR u.is_nobody;
