-- Before the first school: the plan's table of the year, and the one batch that all runs belong to.
CREATE TABLE rollover_planrow_2023 PARTITION OF rollover_planrow FOR VALUES IN (2023);
INSERT INTO rollover_rolloverbatch SELECT * FROM ready.rollover_rolloverbatch;
