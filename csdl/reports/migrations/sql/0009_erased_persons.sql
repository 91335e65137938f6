-- Who was erased by order, as two arrays of keys: a freeze of the web counts them without a name, and may not read who it
-- was and why. Runs with the owner's rights, because the table is the department's alone.
CREATE FUNCTION csdl_erased_persons(OUT students bigint[], OUT staff bigint[])
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER
AS $$
    SELECT coalesce(array_agg(student_id) FILTER (WHERE student_id IS NOT NULL), '{}'),
           coalesce(array_agg(staff_id) FILTER (WHERE staff_id IS NOT NULL), '{}')
    FROM reports_erasedperson
$$;
REVOKE ALL ON FUNCTION csdl_erased_persons FROM PUBLIC;

-- Who was erased before is known from the log; rows frozen since then named them again.
INSERT INTO reports_erasedperson (student_id, staff_id, decision, erased_by_label, erased_at)
SELECT nullif((data ->> 'student_id')::bigint, 0), nullif((data ->> 'staff_id')::bigint, 0),
       left(coalesce(data ->> 'order', ''), 200), actor_label, at
FROM audit_event
WHERE kind = 'report:erase_person'
  AND (coalesce((data ->> 'student_id')::bigint, 0) = 0) <> (coalesce((data ->> 'staff_id')::bigint, 0) = 0)
ORDER BY at
ON CONFLICT DO NOTHING;
SELECT csdl_erase_counted_person(coalesce(student_id, 0), coalesce(staff_id, 0)) FROM reports_erasedperson;
