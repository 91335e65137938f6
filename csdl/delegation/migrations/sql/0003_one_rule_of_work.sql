-- Who works at a unit is asked of `csdl_days_at_work` (staff) alone.
DROP FUNCTION csdl_working_accounts(bigint[], bigint[]);
