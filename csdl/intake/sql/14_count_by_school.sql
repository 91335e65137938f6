-- Purpose: how many rows of a run were written to each school: (school_id, {noun: {state: rows}}). Input: run_id.
SELECT school_id, jsonb_object_agg(noun, states) AS states
FROM (
    SELECT school_id, noun, jsonb_object_agg(state, rows) AS states
    FROM (
        SELECT school_id, noun, state, count(*) AS rows FROM intake_importrow
        WHERE run_id = %(run_id)s AND is_wanted AND state IN ('created', 'updated', 'conflict') AND school_id IS NOT NULL
        GROUP BY 1, 2, 3
    ) counted GROUP BY 1, 2
) by_noun
GROUP BY school_id ORDER BY school_id;
