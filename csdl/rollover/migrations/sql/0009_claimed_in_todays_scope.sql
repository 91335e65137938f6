-- As before, asked of today's scopes that read the rollover (bit 512, Area.ROLLOVER) alone.
CREATE OR REPLACE FUNCTION csdl_claimed_elsewhere(leaving smallint, school_ids bigint[]) RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER
BEGIN ATOMIC
    SELECT e.id
    FROM years_enrolment e
    WHERE e.start_year = leaving AND e.school_id = ANY (school_ids)
      AND (SELECT csdl_account_id()) IS NOT NULL
      AND e.school_id IN (
        SELECT s.unit_id FROM access_scopeunit s
        WHERE s.account_id = (SELECT csdl_account_id()) AND s.reads & 512 <> 0
          AND s.valid_from <= (SELECT csdl_today()) AND (s.valid_to IS NULL OR s.valid_to > (SELECT csdl_today())))
      AND EXISTS (
        SELECT 1 FROM years_enrolment n
        WHERE n.start_year = leaving + 1 AND n.student_id = e.student_id AND n.school_id <> e.school_id);
END;
