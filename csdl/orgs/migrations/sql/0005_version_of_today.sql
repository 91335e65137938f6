-- The unit's own name, kind and parent are those of the version that holds today by the business clock, not of one to
-- come: a unit renamed from next month on is shown by its present name until then. A unit that ended keeps its last
-- version, one that has not begun shows its first. Kept by triggers when versions change, and refreshed by the worker
-- and by `csdl db prepare` as days pass. `units` NULL: every unit. Answers how many changed.
CREATE FUNCTION csdl_refresh_units(units bigint[]) RETURNS integer
LANGUAGE plpgsql
AS $$
DECLARE
    today date := (csdl_now() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date;
    refreshed integer;
BEGIN
    UPDATE orgs_orgunit u
    SET name = v.name, kind = v.kind, parent_id = v.parent_id
    FROM (
        SELECT DISTINCT ON (unit_id) unit_id, name, kind, parent_id
        FROM orgs_unitversion
        WHERE units IS NULL OR unit_id = ANY (units)
        ORDER BY unit_id, valid_from > today, abs(valid_from - today)
    ) v
    WHERE u.id = v.unit_id
      AND (u.name, u.kind, u.parent_id) IS DISTINCT FROM (v.name, v.kind, v.parent_id);
    GET DIAGNOSTICS refreshed = ROW_COUNT;
    RETURN refreshed;
END;
$$;

DROP TRIGGER newest_version_after_insert ON orgs_unitversion;
DROP TRIGGER newest_version_after_update ON orgs_unitversion;
DROP TRIGGER newest_version_after_delete ON orgs_unitversion;
DROP FUNCTION csdl_unit_newest_version();

CREATE FUNCTION csdl_unit_version_of_today() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    -- No row touched: an empty list, which is not "every unit".
    PERFORM csdl_refresh_units(coalesce((SELECT array_agg(DISTINCT unit_id) FROM changed), ARRAY[]::bigint[]));
    RETURN NULL;
END;
$$;

CREATE TRIGGER version_of_today_after_insert AFTER INSERT ON orgs_unitversion
REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION csdl_unit_version_of_today();
CREATE TRIGGER version_of_today_after_update AFTER UPDATE ON orgs_unitversion
REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION csdl_unit_version_of_today();
CREATE TRIGGER version_of_today_after_delete AFTER DELETE ON orgs_unitversion
REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION csdl_unit_version_of_today();
