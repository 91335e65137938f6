-- Floor of a class's list: its foot ("1–50 / 1.834").
SELECT count(*) FROM years_enrolment
WHERE start_year = 2023 AND school_id = %(school_id)s AND class_id = %(class_id)s;
