SELECT count(*) FROM years_enrolment
WHERE start_year = 2023
  AND (school_id = ANY (%(schools)s) OR (school_id = ANY (%(mixed)s) AND grade_code = ANY (%(grades)s)));
