-- Floor of a school's list: its foot.
SELECT count(*) FROM years_enrolment WHERE start_year = 2023 AND school_id = %(school_id)s;
