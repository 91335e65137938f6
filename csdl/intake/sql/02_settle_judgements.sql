-- Purpose: a fault that rejects a new record leaves the cell of a known one alone; what a new record needs, or
--          should have, is nothing to a known one. Input: noun. After the noun's rows are matched.
UPDATE intake_found f
SET effect = CASE WHEN s.target_id IS NULL AND s.candidates IS NULL THEN CASE WHEN f.effect IN ('wanted', 'shaky') THEN 'warn' ELSE 'reject' END
                  WHEN f.effect IN ('judge', 'shaky') THEN 'leave' ELSE 'drop' END
FROM intake_stage s
WHERE s.seq = f.seq AND s.noun = %(noun)s AND f.effect IN ('judge', 'new', 'shaky', 'wanted');
