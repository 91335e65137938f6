-- Purpose: forget the plan rows of these schools before they are written anew. Inputs: from_year, school_ids.
-- What people decided stands in rollover_choice and is not lost.
DELETE FROM rollover_planrow WHERE from_year = %(from_year)s AND school_id = ANY (%(school_ids)s);
