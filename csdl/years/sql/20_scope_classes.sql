-- Purpose: classes tied to grants that hold today. Input: account_ids (NULL: all).
INSERT INTO years_scopeclass (grant_id, account_id, class_id)
SELECT g.id, g.account_id, s.class_id
FROM years_classscope s JOIN access_grant g ON g.id = s.grant_id
WHERE g.state = 'active' AND g.valid_from <= csdl_today() AND (g.valid_to IS NULL OR g.valid_to > csdl_today())
  AND (%(account_ids)s::bigint[] IS NULL OR g.account_id = ANY (%(account_ids)s));
