-- Floor of the whole-province count.
SELECT count(*) FROM years_enrolment WHERE start_year = 2023;
