-- Purpose: sites the school did not have. Inputs: run_id, account_id, start_year, applied_at.
INSERT INTO orgs_schoolsite
    (id, school_id, start_year, code, name, is_main, commune_code, address, closed_on, extra, created_by, run_id, changed_at)
SELECT w.target_id, w.school_id, %(start_year)s, w.said ->> 'code', w.said ->> 'name',
       coalesce((w.said ->> 'is_main')::boolean, false), coalesce(w.said ->> 'commune_code', ''),
       coalesce(w.said ->> 'address', ''), (w.said ->> 'closed_on')::date, '{}', %(account_id)s, %(run_id)s, %(applied_at)s
FROM intake_write w WHERE w.noun = 'sites' AND w.state = 'created';
