-- Floor of one sending: the rows that the product writes for it, nothing looked up or checked. Keys, triggers, history on.
UPDATE reports_submission SET state = 'submitted', sent_at = clock_timestamp(), open_until = NULL, late_minutes = NULL
WHERE id = %(report)s;
--;
INSERT INTO reports_statemove
    (period_id, unit_id, level_code, submission_id, name, from_state, to_state, snapshot_id, reason, account_id, actor_label,
     moved_at, due_at)
VALUES (%(period)s, %(unit)s, %(level)s, %(report)s, 'send', 'snapshotted', 'submitted', %(snapshot)s, '', %(account)s,
        %(label)s, clock_timestamp(), '2023-10-07 17:00+07');
--;
INSERT INTO audit_event (account_id, actor_label, kind, unit_id, data)
VALUES (%(account)s, %(label)s, 'report:send', %(unit)s,
        '{"period": "2023-dau-nam", "level": "01", "version": 1, "late_minutes": null}');
