-- Purpose: forget the classes that accounts reach, before they are derived again. Input: account_ids (NULL: all).
DELETE FROM years_scopeclass WHERE %(account_ids)s::bigint[] IS NULL OR account_id = ANY (%(account_ids)s);
