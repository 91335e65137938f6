-- `run_id` of a record names an import or a rollover: their numbers never meet, so that neither takes back the other's rows.
ALTER TABLE intake_importrun ALTER COLUMN id RESTART WITH 1000000001;
