-- Who an exact number and birth date name, wherever that person works: the key and the name, nothing of any posting.
-- A school that receives somebody may not read the other school's staff; it must still not write the person twice.
CREATE FUNCTION csdl_staff_found(number text, born date) RETURNS TABLE (staff bigint, full_name varchar)
LANGUAGE sql STABLE SECURITY DEFINER
BEGIN ATOMIC
    SELECT s.id, s.full_name
    FROM staff_staffmember s
    WHERE csdl_account_id() IS NOT NULL
      AND length(number) >= 9
      AND (s.citizen_id_no = number OR s.moet_code = number)
      AND s.birth_date = born
    ORDER BY s.id
    LIMIT 2;
END;
REVOKE ALL ON FUNCTION csdl_staff_found FROM PUBLIC;

CREATE INDEX staff_by_citizen_id ON staff_staffmember (citizen_id_no) WHERE citizen_id_no <> '';
CREATE INDEX staff_by_moet_code ON staff_staffmember (moet_code) WHERE moet_code <> '';
