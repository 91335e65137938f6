-- Purpose: what stands of each matched assignment; a row confirms what was only proposed.
UPDATE intake_stage s
SET side_id = t.id, stands = jsonb_build_object('periods_per_week', t.periods_per_week, 'state', t.state),
    said = CASE WHEN s.sheet = '' THEN s.said ELSE s.said || '{"state": "confirmed"}' END
FROM years_teachingassignment t
WHERE s.noun = 'teaching' AND t.id = s.target_id;
