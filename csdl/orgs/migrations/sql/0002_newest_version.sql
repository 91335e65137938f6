-- The unit's own name, kind and parent are those of its newest version: kept here, so that no writer can forget it.
CREATE FUNCTION csdl_unit_newest_version() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    UPDATE orgs_orgunit u
    SET name = v.name, kind = v.kind, parent_id = v.parent_id
    FROM (
        SELECT DISTINCT ON (unit_id) unit_id, name, kind, parent_id
        FROM orgs_unitversion
        WHERE unit_id IN (SELECT unit_id FROM changed)
        ORDER BY unit_id, valid_from DESC
    ) v
    WHERE u.id = v.unit_id
      AND (u.name, u.kind, u.parent_id) IS DISTINCT FROM (v.name, v.kind, v.parent_id);
    RETURN NULL;
END;
$$;

CREATE TRIGGER newest_version_after_insert AFTER INSERT ON orgs_unitversion
REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION csdl_unit_newest_version();
CREATE TRIGGER newest_version_after_update AFTER UPDATE ON orgs_unitversion
REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION csdl_unit_newest_version();
CREATE TRIGGER newest_version_after_delete AFTER DELETE ON orgs_unitversion
REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION csdl_unit_newest_version();

-- Every unit below `root` on a day, `root` included.
CREATE FUNCTION csdl_subtree(root bigint, day date) RETURNS TABLE (unit_id bigint)
LANGUAGE sql STABLE
BEGIN ATOMIC
    WITH RECURSIVE below AS (
        SELECT root AS id
        UNION
        SELECT v.unit_id
        FROM below b
        JOIN orgs_unitversion v ON v.parent_id = b.id
        WHERE v.valid_from <= day AND (v.valid_to IS NULL OR v.valid_to > day)
    )
    SELECT id FROM below;
END;

-- A level belongs to a school's profile of the year, a site likewise.
ALTER TABLE orgs_schoollevel ADD CONSTRAINT a_level_is_taught_by_a_school_of_that_year
    FOREIGN KEY (school_id, start_year) REFERENCES orgs_schoolprofile (school_id, start_year);
ALTER TABLE orgs_schoolsite ADD CONSTRAINT a_site_belongs_to_a_school_of_that_year
    FOREIGN KEY (school_id, start_year) REFERENCES orgs_schoolprofile (school_id, start_year);

CREATE INDEX unit_version_by_parent ON orgs_unitversion (parent_id);

CALL csdl_add_touch('{orgs_orgunit,orgs_schoolsite}');
