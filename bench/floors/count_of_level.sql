-- Floor of the list of one level of a school that teaches several: its foot.
SELECT count(*) FROM years_enrolment
WHERE start_year = 2023 AND school_id = %(school_id)s
  AND grade_code IN (SELECT code FROM codes_grade WHERE level_code = ANY (%(levels)s));
