-- Purpose: who completed a level in the year before takes a seat in an entry class of the next one, near home.
-- Inputs:  start_year, outcomes (of the year before), grades (entry grades whose empty classes are filled), enrolled_on.
-- Writes:  one enrolment each; classes are filled evenly, district by district, in the order of the schools.
-- Safe to run again: who is enrolled in the year is left out, and so is a class that has pupils.
WITH leaver AS (
    SELECT e.student_id, row_number() OVER place - 1 AS place, count(*) OVER () AS whole
    FROM years_enrolment e
    JOIN years_yearresult r ON r.start_year = e.start_year AND r.enrolment_id = e.id AND r.is_current
    JOIN orgs_schoolprofile p ON p.school_id = e.school_id AND p.start_year = e.start_year
    WHERE e.start_year = %(start_year)s - 1 AND r.outcome = ANY (%(outcomes)s)
      AND NOT EXISTS (SELECT 1 FROM years_enrolment n WHERE n.start_year = %(start_year)s AND n.student_id = e.student_id)
    WINDOW place AS (ORDER BY p.district_code, e.school_id, e.id)
), seat AS (
    SELECT c.id, c.school_id, c.grade_code, p.ownership_code, row_number() OVER place - 1 AS place, count(*) OVER () AS whole
    FROM years_schoolclass c
    JOIN orgs_schoolprofile p ON p.school_id = c.school_id AND p.start_year = c.start_year
    WHERE c.start_year = %(start_year)s AND c.grade_code = ANY (%(grades)s) AND NOT c.is_special
      AND NOT EXISTS (SELECT 1 FROM years_enrolment n WHERE n.start_year = %(start_year)s AND n.class_id = c.id)
    WINDOW place AS (ORDER BY p.district_code, c.school_id, c.grade_code, c.sort_key)
)
INSERT INTO years_enrolment
    (start_year, student_id, school_id, class_id, first_class_id, grade_code, enrolled_on, admission_kind)
SELECT %(start_year)s, l.student_id, s.school_id, s.id, s.id, s.grade_code, %(enrolled_on)s,
       CASE WHEN s.grade_code = '10' AND s.ownership_code = '01' THEN '0' ELSE '2' END
FROM leaver l
JOIN seat s ON s.place = l.place * s.whole / l.whole
