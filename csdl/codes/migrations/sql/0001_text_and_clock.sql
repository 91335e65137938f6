-- Functions and extensions that every later table relies on: Vietnamese sort and search keys, the clock.
-- No schema is named anywhere: one province lives in one schema, found by search_path (D15).

CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- Lower-case NFC with single blanks. pg_c_utf8 is built into the server: the same answer on every platform.
CREATE FUNCTION csdl_squeeze(name text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN btrim(regexp_replace(normalize(name, NFC), '\s+', ' ', 'g'));

CREATE FUNCTION csdl_fold(name text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN translate(
    lower(csdl_squeeze(name) COLLATE pg_c_utf8),
    'ăâđêôơưàèìòùỳằầềồờừảẻỉỏủỷẳẩểổởửãẽĩõũỹẵẫễỗỡữáéíóúýắấếốớứạẹịọụỵặậệộợự',
    'aadeoouaeiouyaaeoouaeiouyaaeoouaeiouyaaeoouaeiouyaaeoouaeiouyaaeoou');

-- One part of a name: letters as ASCII signs of rising value, a blank, then the tones; see csdl/lib/vietnamese.py.
CREATE FUNCTION csdl_name_part_key(part text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN translate(
    part,
    ' aăâbcdđeêfghijklmnoôơpqrstuưvwxyzàèìòùỳằầềồờừảẻỉỏủỷẳẩểổởửãẽĩõũỹẵẫễỗỡữáéíóúýắấếốớứạẹịọụỵặậệộợự',
    '+ABCDEFGHIJKLMNOPQRSTUVWXYZ[\]^_`aAHMS[`BCITU\AHMS[`BCITU\AHMS[`BCITU\AHMS[`BCITU\AHMS[`BCITU\')
    || ' ' || translate(
    part,
    'àèìòùỳằầềồờừảẻỉỏủỷẳẩểổởửãẽĩõũỹẵẫễỗỡữáéíóúýắấếốớứạẹịọụỵặậệộợựaăâbcdđeêfghijklmnoôơpqrstuưvwxyz ',
    '111111111111222222222222333333333333444444444444555555555555');

CREATE FUNCTION csdl_name_key_of(name text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN CASE WHEN position(' ' in name) = 0
    THEN csdl_name_part_key(name) || '    '
    ELSE csdl_name_part_key(reverse(split_part(reverse(name), ' ', 1)))
      || ' ' || csdl_name_part_key(btrim(substr(name, length(split_part(name, ' ', 1)) + 2,
            greatest(length(name) - length(split_part(name, ' ', 1)) - length(split_part(reverse(name), ' ', 1)) - 2, 0))))
      || ' ' || csdl_name_part_key(split_part(name, ' ', 1))
    END;

CREATE FUNCTION csdl_name_key(name text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN csdl_name_key_of(lower(csdl_squeeze(name) COLLATE pg_c_utf8));

-- The clock of the business (D18). One row; the shift is zero wherever the demo has not moved it.
CREATE TABLE csdl_clock (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    shift interval NOT NULL DEFAULT '0'
);
INSERT INTO csdl_clock DEFAULT VALUES;

CREATE FUNCTION csdl_now() RETURNS timestamptz
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT now() + shift FROM csdl_clock;
END;

CREATE FUNCTION csdl_today() RETURNS date
LANGUAGE sql STABLE PARALLEL SAFE
RETURN (csdl_now() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date;

CREATE FUNCTION csdl_move_clock(instant timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
AS $$
BEGIN
    UPDATE csdl_clock SET shift = coalesce(instant - now(), '0');
END;
$$;
REVOKE ALL ON FUNCTION csdl_move_clock FROM PUBLIC;

-- `changed_at` moves with every change of the row, whoever writes it.
CREATE FUNCTION csdl_touch() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    NEW.changed_at := now();
    RETURN NEW;
END;
$$;

-- Order of ordinary names (units): word by word from the left, in the dictionary order of letters and tones.
CREATE FUNCTION csdl_text_key(name text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN csdl_name_part_key(lower(csdl_squeeze(name) COLLATE pg_c_utf8));

CREATE PROCEDURE csdl_add_touch(tables regclass[])
LANGUAGE plpgsql
AS $$
DECLARE
    t regclass;
BEGIN
    FOREACH t IN ARRAY tables LOOP
        EXECUTE format('CREATE TRIGGER touch BEFORE UPDATE ON %s FOR EACH ROW EXECUTE FUNCTION csdl_touch()', t);
    END LOOP;
END;
$$;

-- Class names in the order people read them: 6A2 before 6A10, 9B before 10A.
CREATE FUNCTION csdl_class_key(name text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN regexp_replace(
    regexp_replace(csdl_text_key(name), '(\d+)', '0000\1', 'g'),
    '0*(\d{4})(?!\d)', '\1', 'g');
