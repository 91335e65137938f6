-- Purpose: planned classes that the old year's classes no longer yield (a grade that was corrected). Inputs: from_year,
--          school_ids. A pupil who was sent there by choice goes by the rule again.
WITH gone AS (
    DELETE FROM rollover_planclass p USING years_schoolclass c, codes_grade g
    WHERE p.from_year = %(from_year)s AND p.school_id = ANY (%(school_ids)s)
      AND c.id = p.source_class_id AND g.code = c.grade_code
      AND NOT (CASE WHEN p.is_entry THEN g.is_entry ELSE g.next_code <> '' END)
    RETURNING p.id
)
UPDATE rollover_choice SET plan_class_id = NULL WHERE plan_class_id IN (SELECT id FROM gone);
