-- Purpose: how many rows of each noun are in which state, and how many problems there are. Input: run_id.
SELECT noun, state, count(*) AS rows, sum(jsonb_array_length(problems)) AS problems
FROM intake_importrow WHERE run_id = %(run_id)s GROUP BY noun, state ORDER BY noun, state;
