-- Purpose: cells the run changed that were changed again since: they do not go back. (row_id, what). Input: noun.
SELECT w.row_id, 'ô đã được sửa lại sau khi nhập: ' || string_agg(c.value ->> 'column', ', ' ORDER BY c.value ->> 'column') AS what
FROM intake_write w
JOIN intake_stage s ON s.noun = w.noun AND s.row_no = w.row_id
CROSS JOIN LATERAL jsonb_array_elements(w.changes) c
WHERE w.noun = %(noun)s AND s.stands ? (c.value ->> 'column')
  AND s.stands -> (c.value ->> 'column') IS DISTINCT FROM c.value -> 'new'
GROUP BY w.row_id;
