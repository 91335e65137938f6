CALL csdl_add_touch('{delegation_inspection}');

-- No paper, no power: as before, and an inspector's right stands on the decision by which the unit let that person in.
CREATE OR REPLACE FUNCTION csdl_grant_stands_on_paper() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    IF NEW.state <> 'active' OR NEW.ground = 'setup' THEN
        RETURN NEW;
    END IF;
    IF NEW.ground = 'appointment' AND EXISTS (
        SELECT 1 FROM staff_unithead h JOIN staff_staffmember s ON s.id = h.staff_id
        WHERE h.id = NEW.paper_id AND h.unit_id = NEW.unit_id AND s.account_id = NEW.account_id
          AND h.valid_from <= NEW.valid_from
          AND (h.valid_to IS NULL OR NEW.valid_to <= h.valid_to)) THEN
        RETURN NEW;
    END IF;
    IF NEW.ground IN ('minutes', 'handover') AND EXISTS (
        SELECT 1 FROM delegation_minutes m
        JOIN delegation_commitment c ON c.account_id = m.receiver_id AND c.unit_id = m.unit_id
             AND c.start_year = m.start_year AND c.state = 'signed'
        WHERE m.id = NEW.paper_id AND m.state = 'signed' AND m.unit_id = NEW.unit_id AND m.receiver_id = NEW.account_id
          AND m.kind = CASE NEW.ground WHEN 'handover' THEN 'administration' ELSE 'delegation' END
          AND m.valid_from <= NEW.valid_from AND (m.valid_to IS NULL OR NEW.valid_to <= m.valid_to)) THEN
        RETURN NEW;
    END IF;
    IF NEW.ground = 'inspection' AND NEW.role_code = 'inspector' AND NEW.level_codes = '{}' AND EXISTS (
        SELECT 1 FROM delegation_inspection i JOIN documents_document d ON d.id = i.document_id
        WHERE i.id = NEW.paper_id AND i.unit_id = NEW.unit_id AND i.account_id = NEW.account_id
          AND d.unit_id = i.unit_id AND d.kind = 'inspection' AND d.file_id IS NOT NULL
          AND d.withdrawn_on IS NULL AND d.replaced_by_id IS NULL
          AND i.valid_from <= NEW.valid_from AND NEW.valid_to <= i.valid_to) THEN
        RETURN NEW;
    END IF;
    RAISE check_violation USING CONSTRAINT = 'an_active_grant_has_its_signed_papers',
        MESSAGE = 'a grant is active only with its signed minutes and commitment, its appointment or its inspection decision';
END $$;

DROP TRIGGER stands_on_paper ON access_grant;
CREATE TRIGGER stands_on_paper BEFORE INSERT
OR UPDATE OF state, ground, paper_id, account_id, unit_id, role_code, level_codes, valid_from, valid_to
ON access_grant FOR EACH ROW EXECUTE FUNCTION csdl_grant_stands_on_paper();

-- What a rights holder was told when the days to commit to the new text were over; the first words of the reason.
CREATE FUNCTION csdl_uncommitted(paper_no text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN 'Chưa ký bản cam kết mới số ' || paper_no;

-- Purpose: a signed commitment takes the place of an older one of the same person, unit and year, and gives the rights
-- back that were suspended because one was missing, be it one to an earlier text. The signature is the evidence: whoever asks can sign nothing by it.
-- Input: keys of commitments. Answer: keys of the grants that are active again.
CREATE FUNCTION csdl_take_up_commitments(commitment_ids bigint[]) RETURNS bigint[]
LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    resumed bigint[];
BEGIN
    UPDATE delegation_commitment old
    SET state = 'voided', voided_on = csdl_today(), void_reason = 'Được thay bằng bản cam kết số ' || new.paper_no
    FROM delegation_commitment new
    WHERE new.id = ANY (commitment_ids) AND new.state = 'signed' AND old.id < new.id AND old.state <> 'voided'
      AND (old.account_id, old.unit_id, old.start_year) = (new.account_id, new.unit_id, new.start_year);
    WITH back AS (
        UPDATE access_grant g SET state = 'active', suspended_because = ''
        FROM delegation_commitment c, delegation_minutes m
        WHERE c.id = ANY (commitment_ids) AND c.state = 'signed'
          AND g.account_id = c.account_id AND g.unit_id = c.unit_id AND g.state = 'suspended'
          AND starts_with(g.suspended_because, csdl_uncommitted('')) AND g.valid_to > csdl_today()
          AND g.ground IN ('minutes', 'handover') AND m.id = g.paper_id AND m.state = 'signed'
          AND m.start_year = c.start_year
        RETURNING g.id
    )
    SELECT array_agg(id) INTO resumed FROM back;
    RETURN coalesce(resumed, '{}');
END $$;
REVOKE ALL ON FUNCTION csdl_take_up_commitments FROM PUBLIC;
