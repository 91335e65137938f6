-- Purpose: send pupils into a class from a day, keeping the class they came from. Inputs: start_year, enrolment_ids,
-- to_class, moved_on, account_id. Reads and writes those enrolments, adds one class move for each that had a class; a
-- first class is no move. Run again it moves nobody on: the caller gives only pupils who are elsewhere.
WITH noted AS (
    INSERT INTO years_classmove (start_year, enrolment_id, from_class_id, to_class_id, moved_on, created_by)
    SELECT start_year, id, class_id, %(to_class)s, %(moved_on)s, %(account_id)s
    FROM years_enrolment
    WHERE start_year = %(start_year)s AND id = ANY (%(enrolment_ids)s) AND class_id IS NOT NULL
)
UPDATE years_enrolment
SET class_id = %(to_class)s, first_class_id = coalesce(first_class_id, %(to_class)s)
WHERE start_year = %(start_year)s AND id = ANY (%(enrolment_ids)s);
