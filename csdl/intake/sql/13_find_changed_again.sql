-- Purpose: cells the run changed that were changed again since: they do not go back. (row_id, columns). Input: noun. Names
--          of a class or a teacher may change by themselves: what they are tied to is compared where the noun is; so may
--          the code of a class's site, which is compared by key here where the run kept one.
SELECT w.row_id, array_agg(c.value ->> 'column' ORDER BY c.value ->> 'column') AS columns
FROM intake_write w
JOIN intake_stage s ON s.noun = w.noun AND s.row_no = w.row_id
CROSS JOIN LATERAL jsonb_array_elements(w.changes) c
WHERE w.noun = %(noun)s AND (w.noun, c.value ->> 'column') NOT IN (('pupils', 'class_name'), ('homeroom', 'staff_name'))
  AND s.stands ? (c.value ->> 'column')
  AND CASE WHEN w.noun = 'classes' AND c.value ->> 'column' = 'site' AND w.kept ? 'site_id'
           THEN s.stands -> 'site_id' IS DISTINCT FROM w.kept -> 'site_id'
           ELSE s.stands -> (c.value ->> 'column') IS DISTINCT FROM c.value -> 'new' END
GROUP BY w.row_id;
