-- Purpose: every class that enrolments which stay were or are in. Inputs: from_year, kept.
SELECT DISTINCT class_id FROM (
    SELECT unnest(ARRAY[e.class_id, e.first_class_id]) AS class_id
    FROM years_enrolment e WHERE e.start_year = %(from_year)s + 1 AND e.id = ANY (%(kept)s)
    UNION ALL
    SELECT unnest(ARRAY[m.from_class_id, m.to_class_id])
    FROM years_classmove m WHERE m.start_year = %(from_year)s + 1 AND m.enrolment_id = ANY (%(kept)s)
) classes WHERE class_id IS NOT NULL;
