-- What a consolidation added stays as it was: another count is another version.
DO $$
DECLARE
    kept text;
BEGIN
    FOREACH kept IN ARRAY ARRAY['consolidationpart', 'consolidationrow'] LOOP
        EXECUTE format('CREATE TRIGGER stays BEFORE UPDATE OR DELETE OR TRUNCATE ON %I'
                       ' FOR EACH STATEMENT EXECUTE FUNCTION csdl_frozen_rows_stay()', 'reports_' || kept);
    END LOOP;
END;
$$;

CALL csdl_add_touch('{reports_cellremark,reports_consolidation,reports_consolidationversion,reports_unlockrequest}');
