-- Purpose: forget which accounts see everything. Input: account_ids (NULL: all).
DELETE FROM access_scopeall WHERE %(account_ids)s::bigint[] IS NULL OR account_id = ANY (%(account_ids)s);
