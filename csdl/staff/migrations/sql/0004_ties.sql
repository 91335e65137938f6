-- As csdl_student_is_tied: postings, wherever they are, tie a staff member to a unit.
CREATE FUNCTION csdl_staff_is_tied(staff bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER
BEGIN ATOMIC
    SELECT EXISTS (SELECT 1 FROM staff_staffposting WHERE staff_id = staff);
END;
REVOKE ALL ON FUNCTION csdl_staff_is_tied FROM PUBLIC;
