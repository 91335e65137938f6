-- Purpose: rows that newer facts depend on stay as the import left them. Input: row_ids.
DELETE FROM intake_write WHERE row_id = ANY (%(row_ids)s);
