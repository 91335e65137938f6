-- Whether anything ties a person to a unit: until then whoever wrote the person down still sees the row (lib.gate.Born).
-- With the owner's rights: ties at schools that the asking account does not see count as well.
CREATE FUNCTION csdl_student_is_tied(student bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER
BEGIN ATOMIC
    SELECT EXISTS (SELECT 1 FROM years_enrolment WHERE student_id = student);
END;
REVOKE ALL ON FUNCTION csdl_student_is_tied FROM PUBLIC;
