-- Purpose: the instant that everything a run writes carries: that of its transaction.
SELECT now() AS instant;
