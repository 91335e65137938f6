-- Nobody decides on a request of one's own, nor in the web in a colleague's name; and a decision stands at the unit of its
-- request: there the row policies say who may write it. Looked at with the rights of whoever decides: a request out of
-- reach counts as none.
CREATE FUNCTION csdl_check_export_decision() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM exports_exportrequest r
        WHERE r.id = NEW.request_id AND r.unit_id = NEW.unit_id AND r.account_id <> NEW.account_id
          AND (NOT csdl_asked_by_web() OR NEW.account_id = csdl_account_id())
    ) THEN
        RAISE EXCEPTION 'nobody decides on an export of one''s own' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END;
$$;
CREATE TRIGGER export_decision_is_anothers BEFORE INSERT OR UPDATE ON exports_exportdecision
FOR EACH ROW EXECUTE FUNCTION csdl_check_export_decision();
CALL csdl_add_touch('{exports_exportrequest}');
