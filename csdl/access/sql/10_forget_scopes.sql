-- Purpose: forget the units that accounts reach, before they are derived again. Input: account_ids (NULL: all).
DELETE FROM access_scopeunit WHERE %(account_ids)s::bigint[] IS NULL OR account_id = ANY (%(account_ids)s);
