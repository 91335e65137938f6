-- Purpose: the classes of the new year, from the classes of the old one.
-- Inputs:  from_year, school_ids.
-- Writes:  one rollover_planclass per class that goes up a grade (6A -> 7A), one per class of an entry grade (a new,
--          empty 6A) and one per preschool class (groups keep their names, children move between them by age).
-- A name the school has chosen stays. A name without its grade's number cannot be mapped and is left empty: the
-- precondition P5 then asks the school for it.
WITH source AS (
    SELECT c.id, c.school_id, c.name, c.grade_code, c.age_group_code, g.level_code, g.is_entry,
           g.number, g.next_code, n.number AS next_number,
           row_number() OVER (PARTITION BY c.school_id, c.grade_code, c.age_group_code ORDER BY c.sort_key, c.id) AS ordinal
    FROM years_schoolclass c
    JOIN codes_grade g ON g.code = c.grade_code
    LEFT JOIN codes_grade n ON n.code = g.next_code
    WHERE c.start_year = %(from_year)s AND c.school_id = ANY (%(school_ids)s)
), planned AS (
    SELECT id, school_id, false AS is_entry, next_code AS grade_code, '' AS age_group_code, ordinal,
           CASE WHEN ltrim(substring(name FROM '\d+'), '0') = number::text
                THEN regexp_replace(name, '\d+', next_number::text) ELSE '' END AS name
    FROM source WHERE next_code <> ''
    UNION ALL
    SELECT id, school_id, true, grade_code, age_group_code, ordinal, name
    FROM source WHERE is_entry
)
INSERT INTO rollover_planclass
    (from_year, school_id, source_class_id, is_entry, grade_code, age_group_code, ordinal, name, is_name_chosen)
SELECT %(from_year)s, school_id, id, is_entry, grade_code, age_group_code, ordinal, name, false
FROM planned
ON CONFLICT (from_year, source_class_id, is_entry) DO UPDATE
SET grade_code = excluded.grade_code, age_group_code = excluded.age_group_code, ordinal = excluded.ordinal,
    name = CASE WHEN rollover_planclass.is_name_chosen THEN rollover_planclass.name ELSE excluded.name END;
