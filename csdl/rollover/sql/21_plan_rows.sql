-- Purpose: what happens to every pupil who is there on the year's last day (rollover.md section 4).
-- Inputs:  from_year, school_ids; {plan_rows} is the plan's table or the one being filled for the whole province.
-- Writes:  one row per enrolment that covers the last day: act, rule, target grade and class. Rules: ../rules.py.
-- Reads the old year only; no row of it is changed (D6).
-- OFFSET 0 keeps each step's expressions computed once: folded into one another, their copies multiply, and planning the
-- statement for one school took longer (35 of 50 ms) than running it.
WITH days AS (
    SELECT from_y.ends_on, to_y.starts_on, to_y.start_year AS to_year
    FROM years_schoolyear from_y, years_schoolyear to_y
    WHERE from_y.start_year = %(from_year)s AND to_y.start_year = %(from_year)s + 1
), next_year AS (
    -- Asked once: into an empty year nobody is looked up.
    SELECT EXISTS (SELECT 1 FROM years_enrolment WHERE start_year = %(from_year)s + 1) AS is_begun
), class_of AS (
    SELECT c.id, c.school_id, c.name, c.grade_code, c.age_group_code,
           row_number() OVER (PARTITION BY c.school_id, c.grade_code, c.age_group_code ORDER BY c.sort_key, c.id) AS ordinal
    FROM years_schoolclass c
    WHERE c.start_year = %(from_year)s AND c.school_id = ANY (%(school_ids)s)
), target AS (
    SELECT id, school_id, grade_code, age_group_code, name, is_entry, source_class_id,
           row_number() OVER cohort AS place, count(*) OVER (PARTITION BY school_id, grade_code, age_group_code) AS width
    FROM rollover_planclass
    WHERE from_year = %(from_year)s AND school_id = ANY (%(school_ids)s)
    WINDOW cohort AS (PARTITION BY school_id, grade_code, age_group_code ORDER BY ordinal, id)
), upward AS (
    SELECT source_class_id, id AS plan_class_id FROM target WHERE NOT is_entry
), again AS (
    -- Who stays down joins the new class of the same name (6A -> new 6A), else the one in the same place of the grade.
    SELECT DISTINCT ON (c.id) c.id AS source_class_id, t.id AS plan_class_id
    FROM class_of c
    JOIN target t ON t.school_id = c.school_id AND t.grade_code = c.grade_code AND t.age_group_code = ''
    WHERE c.age_group_code = ''
    ORDER BY c.id, (t.name = c.name) DESC, (t.place = (c.ordinal - 1) %% t.width + 1) DESC, t.place
), by_age AS (
    -- Preschool: the group comes from the birth date; the place among the groups follows the class the child is in.
    SELECT DISTINCT ON (c.id, t.age_group_code) c.id AS source_class_id, t.age_group_code, t.id AS plan_class_id
    FROM class_of c
    JOIN target t ON t.school_id = c.school_id AND t.age_group_code <> ''
    ORDER BY c.id, t.age_group_code, (t.place = (c.ordinal - 1) %% t.width + 1) DESC, t.place
), age_rule AS (
    -- Group of the coming year by birth year; the youngest by months at 30 September (results-and-promotion section 1).
    SELECT code, nullif(extra ->> 'birth_years_before', '')::int AS years_before,
           nullif(extra ->> 'max_months', '')::int AS max_months
    FROM codes_codevalue WHERE list_name = 'preschool_age_group'
), pupil AS (
    SELECT e.id, e.student_id, e.school_id, e.class_id, e.grade_code, e.status_code, e.leaving_reason_code,
           g.level_code, g.next_code, g.completed_outcome, coalesce(r.outcome, '') AS outcome,
           c.age_group_code, ch.act AS chosen_act, ch.plan_class_id AS chosen_class_id,
           n.admission_kind AS done_kind, n.grade_code AS done_grade, n.class_id AS done_class_id,
           n.previous_id, n.student_id AS next_student_id,
           claimed.id AS claimed_id,
           CASE
           WHEN s.birth_date IS NULL THEN NULL
           WHEN rule.code IS NOT NULL THEN rule.code
           WHEN d.to_year - extract(year FROM s.birth_date) > (SELECT max(years_before) FROM age_rule) THEN '99'
           ELSE (
                SELECT a.code FROM age_rule a
                WHERE a.max_months IS NOT NULL
                ORDER BY a.max_months < (d.to_year * 12 + 9) - (extract(year FROM s.birth_date) * 12
                    + extract(month FROM s.birth_date)),
                    abs(a.max_months - ((d.to_year * 12 + 9) - (extract(year FROM s.birth_date) * 12
                    + extract(month FROM s.birth_date))))
                LIMIT 1)
           END AS new_group
    FROM years_enrolment e
    CROSS JOIN days d
    JOIN codes_grade g ON g.code = e.grade_code
    LEFT JOIN class_of c ON c.id = e.class_id
    LEFT JOIN years_yearresult r ON r.start_year = %(from_year)s AND r.enrolment_id = e.id AND r.is_current
    -- Only a preschool child's birth date is asked for: a join would read every pupil of the province.
    LEFT JOIN LATERAL (
        SELECT student.birth_date FROM students_student student
        WHERE g.level_code = '01' AND student.id = e.student_id
        OFFSET 0
    ) s ON true
    LEFT JOIN age_rule rule ON rule.years_before = d.to_year - extract(year FROM s.birth_date)
    LEFT JOIN rollover_choice ch ON ch.from_year = %(from_year)s AND ch.enrolment_id = e.id
    -- Looked up pupil by pupil: the new year's table fills while its statistics still say "empty", and a join planned by
    -- those would walk all of it for each pupil. What a run wrote for this enrolment counts first, even if the pupil has
    -- left since: nobody is moved twice.
    LEFT JOIN LATERAL (
        SELECT there.* FROM years_enrolment there
        WHERE (SELECT is_begun FROM next_year) AND there.start_year = %(from_year)s + 1 AND there.student_id = e.student_id
        ORDER BY (there.previous_id = e.id) DESC NULLS LAST
        LIMIT 1
    ) n ON true
    -- The same of another school, for the web role, whose row policies hide that row.
    LEFT JOIN csdl_claimed_elsewhere(%(from_year)s::smallint, %(school_ids)s::bigint[]) AS claimed (id) ON claimed.id = e.id
    WHERE e.start_year = %(from_year)s AND e.school_id = ANY (%(school_ids)s)
      AND e.enrolled_on <= d.ends_on AND (e.left_on IS NULL OR e.left_on > d.ends_on)
    OFFSET 0
), ruled AS (
    SELECT p.*, CASE
        WHEN previous_id = id THEN 'D1'
        WHEN leaving_reason_code = '10' THEN 'L4'
        WHEN leaving_reason_code = '07' THEN 'L3'
        WHEN status_code = '11' THEN 'L1'
        WHEN status_code IN ('04', '05', '08', '09', '12') THEN 'L2'
        WHEN next_student_id IS NOT NULL OR claimed_id IS NOT NULL THEN 'C6'
        WHEN level_code = '01' THEN CASE
            WHEN outcome = 'retained' OR chosen_act = 'retain' THEN 'M2'
            WHEN new_group IS NULL THEN 'M4'
            WHEN new_group = '99' THEN 'M3'
            ELSE 'M1' END
        WHEN outcome = '' THEN 'C1'
        WHEN outcome = 'pending_reassessment' THEN 'C2'
        WHEN outcome = 'pending_summer_training' THEN 'C3'
        WHEN outcome = 'not_assessed' THEN CASE
            WHEN chosen_act = 'promote' AND next_code <> '' THEN 'K1'
            WHEN chosen_act = 'retain' THEN 'K2'
            WHEN chosen_act = 'complete' AND completed_outcome <> '' THEN 'K3'
            ELSE 'C4' END
        WHEN outcome = 'retained' THEN 'T2'
        WHEN outcome = 'promoted' AND next_code <> '' THEN 'T1'
        WHEN outcome = completed_outcome OR (outcome = 'graduated' AND completed_outcome = 'completed_upper_secondary')
            THEN 'T3'
        ELSE 'C5' END AS rule_code
    FROM pupil p
    OFFSET 0
), acted AS (
    SELECT r.*, CASE
        WHEN rule_code = 'D1' THEN CASE done_kind WHEN '3' THEN 'retain' ELSE 'promote' END
        WHEN rule_code IN ('T1', 'K1', 'M1') THEN 'promote'
        WHEN rule_code IN ('T2', 'K2', 'M2') THEN 'retain'
        WHEN rule_code IN ('T3', 'K3', 'M3') THEN 'complete'
        WHEN rule_code IN ('L1', 'L2', 'L3', 'L4') THEN 'left'
        ELSE 'pending' END AS act,
        CASE
        WHEN rule_code = 'D1' THEN done_grade
        WHEN rule_code IN ('T1', 'K1') THEN next_code
        WHEN rule_code = 'M1' THEN CASE WHEN new_group <= '03' THEN '16' ELSE '17' END
        WHEN rule_code IN ('T2', 'K2', 'M2') THEN grade_code
        ELSE '' END AS target_grade_code
    FROM ruled r
    OFFSET 0
)
INSERT INTO {plan_rows}
    (from_year, enrolment_id, student_id, school_id, source_class_id, act, rule_code, outcome, target_grade_code,
     plan_class_id, is_chosen)
SELECT %(from_year)s, a.id, a.student_id, a.school_id, a.class_id, a.act, a.rule_code, a.outcome, a.target_grade_code,
       CASE
       WHEN a.act NOT IN ('promote', 'retain') THEN NULL
       WHEN a.rule_code <> 'D1' AND chosen.id IS NOT NULL THEN chosen.id
       WHEN a.rule_code IN ('T1', 'K1') THEN u.plan_class_id
       WHEN a.rule_code IN ('T2', 'K2') THEN g.plan_class_id
       WHEN a.rule_code IN ('M1', 'M2') THEN m.plan_class_id
       WHEN a.rule_code = 'D1' THEN held.id
       END,
       a.chosen_act IS NOT NULL OR chosen.id IS NOT NULL
FROM acted a
LEFT JOIN upward u ON u.source_class_id = a.class_id
LEFT JOIN again g ON g.source_class_id = a.class_id
LEFT JOIN by_age m ON m.source_class_id = a.class_id
    AND m.age_group_code = CASE WHEN a.rule_code = 'M2' THEN a.age_group_code ELSE a.new_group END
LEFT JOIN years_schoolclass done ON done.id = a.done_class_id
LEFT JOIN target held ON held.school_id = a.school_id AND held.name = done.name
LEFT JOIN target chosen ON chosen.id = a.chosen_class_id AND chosen.grade_code = a.target_grade_code;
