-- Purpose: the posting at the school of persons who had none reaching into the year; never before an earlier one ends.
-- Inputs:  run_id, account_id, default_day, applied_at.
INSERT INTO staff_staffposting
    (staff_id, unit_id, valid_from, valid_to, staff_group_code, position_code, status_code, contract_code, rank_code,
     level_codes, extra, created_by, run_id, changed_at)
SELECT w.target_id, w.school_id, greatest(coalesce((w.said ->> 'valid_from')::date, %(default_day)s), before.ended),
       (w.said ->> 'valid_to')::date, coalesce(w.said ->> 'staff_group_code', before.staff_group_code, '03'),
       coalesce(w.said ->> 'position_code', ''), coalesce(w.said ->> 'status_code', '01'),
       coalesce(w.said ->> 'contract_code', ''), coalesce(w.said ->> 'rank_code', ''), '{}', '{}', %(account_id)s,
       %(run_id)s, %(applied_at)s
FROM intake_write w
LEFT JOIN LATERAL (
    SELECT p.valid_to AS ended, p.staff_group_code FROM staff_staffposting p
    WHERE p.staff_id = w.target_id AND p.unit_id = w.school_id ORDER BY p.valid_from DESC LIMIT 1
) before ON true
WHERE w.noun = 'staff' AND w.state = 'created';
