-- Purpose: the records a run made of a noun, which undo would delete: (row_id, target_id). Input: noun.
SELECT row_id, target_id FROM intake_write WHERE noun = %(noun)s AND state = 'created';
