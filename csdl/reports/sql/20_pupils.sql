-- Purpose: pupils of some snapshots' units and levels as facts valid at the end of a day, known now (reports.md section 9).
-- Inputs:  snapshot_ids, start_year, day, starts_on, with_leavers (who left within the year too, with the year's result),
--          code sets of data/counting.csv, minority and very_small (ethnic groups).
-- Rows:    one per pupil in a class of the level. A pupil is present whose spell covers the day and who had a class then;
--          the class on the day is the present one unless the pupil moved after the day. The status says nothing more:
--          the table holds that whoever has left by it has a last day, and who left later was there on the day.
-- Used by: the freeze (INSERT ... SELECT) and by the comparison of a freeze with the records as they are now.
WITH chosen AS (
    SELECT id, period_id, unit_id, level_code, school_type_code FROM reports_snapshot WHERE id = ANY (%(snapshot_ids)s)
), moved AS (
    SELECT DISTINCT ON (enrolment_id) enrolment_id, from_class_id
    FROM years_classmove
    WHERE start_year = %(start_year)s AND moved_on > %(day)s
    ORDER BY enrolment_id, moved_on, id
), placed AS MATERIALIZED (
    -- A step of its own: the class on the day is known here, so that its class is found by it and not by trying every
    -- class of the school.
    SELECT e.id, e.student_id, e.school_id, e.grade_code, e.enrolled_on, e.left_on, e.admission_kind, e.status_code,
           e.leaving_reason_code, e.transfer_destination_code, m.enrolment_id IS NULL AS has_stayed,
           CASE WHEN m.enrolment_id IS NULL THEN e.class_id ELSE m.from_class_id END AS class_id,
           -- Counted like anybody, and not named: asked once, ahead of the rows.
           e.student_id = ANY ((SELECT students FROM csdl_erased_persons())::bigint[]) AS is_erased
    FROM years_enrolment e
    LEFT JOIN moved m ON m.enrolment_id = e.id
    WHERE e.start_year = %(start_year)s AND e.school_id IN (SELECT unit_id FROM chosen)
      AND e.enrolled_on <= %(day)s
      AND (e.left_on IS NULL OR e.left_on > %(day)s OR (%(with_leavers)s AND e.left_on > %(starts_on)s))
), class_of AS MATERIALIZED (
    -- Once for each class, not for each of its pupils.
    SELECT s.id AS snapshot_id, s.period_id, c.school_id, s.school_type_code, c.id, c.name, c.grade_code, c.level_code, c.age_group_code, c.is_combined, c.is_special, c.is_gifted,
           c.is_semi_boarding, c.fl1_code <> '' AS has_language,
           CASE WHEN c.sessions_per_week_code <> '' THEN c.sessions_per_week_code = ANY (%(two_sessions_weekly)s)
                ELSE c.session_code = ANY (%(two_sessions_day)s) END AS has_two_sessions,
           EXISTS (SELECT 1 FROM years_teachingassignment t
                   WHERE t.class_id = c.id AND t.subject_code = ANY (%(informatics_subject)s)) AS has_informatics
    FROM chosen s
    JOIN years_schoolclass c ON c.school_id = s.unit_id AND c.level_code = s.level_code
    WHERE c.start_year = %(start_year)s
)
SELECT c.period_id, c.snapshot_id, c.school_id AS unit_id, e.id AS enrolment_id, e.student_id, c.id AS class_id,
       c.name AS class_name, CASE WHEN e.is_erased THEN '' ELSE p.full_name END AS full_name,
       CASE WHEN NOT e.is_erased THEN p.birth_date END AS birth_date,
       CASE WHEN e.is_erased THEN '' ELSE p.local_code END AS local_code,
       CASE WHEN e.has_stayed OR c.is_combined THEN e.grade_code ELSE c.grade_code END AS grade_code,
       (%(start_year)s - date_part('year', p.birth_date))::smallint AS age,
       CASE WHEN c.level_code = '01' THEN (
           12 * (date_part('year', %(day)s::date) - date_part('year', p.birth_date))
           + date_part('month', %(day)s::date) - date_part('month', p.birth_date)
           - (date_part('day', p.birth_date) > date_part('day', %(day)s::date))::int)::smallint END AS age_months,
       c.age_group_code,
       p.gender_code = '02' AS is_female,
       p.ethnic_code = ANY (%(minority)s) AS is_minority,
       p.ethnic_code = ANY (%(very_small)s) AS is_very_small_group,
       g.is_entry AND e.admission_kind IN ('0', '2') AS is_new_intake,
       e.admission_kind = '3' AS is_repeater,
       c.has_two_sessions,
       c.is_semi_boarding OR coalesce(x.boards_by_day, false) AS is_semi_boarder,
       coalesce(x.boards, false) AS is_boarder,
       coalesce(x.is_ethnic_semi_boarder, false) AS is_ethnic_semi_boarder,
       p.is_disabled,
       CASE WHEN p.is_disabled THEN p.disability_code ELSE '' END AS disability_code,
       p.is_disabled AND NOT (c.is_special OR c.school_type_code = ANY (%(special_school_type)s)) AS is_inclusive,
       p.is_disabled AND (c.is_special OR c.school_type_code = ANY (%(special_school_type)s)) AS is_special,
       c.has_informatics AS learns_informatics,
       c.has_language AS learns_foreign_language,
       coalesce(x.learns_ethnic_language, false) AS learns_ethnic_language,
       c.is_gifted AS is_in_gifted_class,
       coalesce(x.learns_vocation, false) AS learns_vocation,
       coalesce(x.study_mode_code, '') AS study_mode_code,
       p.policy_code <> '' AS has_policy,
       coalesce(x.has_study_cost_support, false) AS has_study_cost_support,
       coalesce(x.has_living_support, false) AS has_living_support,
       coalesce(x.has_lunch_support, false) AS has_lunch_support,
       coalesce(x.fee_support_code, '') AS fee_support_code,
       coalesce(x.is_nutrition_checked, false) AS is_nutrition_checked,
       coalesce(x.nutrition_code, '') AS nutrition_code,
       e.left_on IS NULL OR e.left_on > %(day)s AS is_present,
       e.enrolled_on <= %(starts_on)s AS was_here_at_start,
       e.enrolled_on > %(starts_on)s AND e.status_code NOT IN ('03', '07') AS has_arrived,
       e.enrolled_on > %(starts_on)s AND e.status_code IN ('03', '07') AS has_returned,
       CASE WHEN e.left_on IS NULL OR e.left_on > %(day)s THEN ''
            WHEN e.leaving_reason_code = '08' THEN 'vocational'
            WHEN e.status_code IN ('04', '08', '11') THEN 'transferred'
            ELSE 'dropped' END AS left_how,
       CASE WHEN e.left_on <= %(day)s THEN e.leaving_reason_code ELSE '' END AS leaving_reason_code,
       CASE WHEN e.left_on <= %(day)s THEN e.transfer_destination_code ELSE '' END AS transfer_destination_code,
       coalesce(r.outcome, '') AS outcome, coalesce(r.learning_level, '') AS learning_level,
       coalesce(r.training_level, '') AS training_level
FROM placed e
JOIN class_of c ON c.id = e.class_id AND c.school_id = e.school_id
JOIN codes_grade g ON g.code = e.grade_code
JOIN students_student p ON p.id = e.student_id
LEFT JOIN years_yearresult r ON %(with_leavers)s AND r.start_year = %(start_year)s AND r.enrolment_id = e.id AND r.is_current
-- Few pupils have any of these; the others are not searched ten times.
LEFT JOIN LATERAL (
    SELECT p.extra ->> 'BanTru' = '1' AS boards_by_day, p.extra ->> 'NoiTru' = '1' AS boards,
           p.extra ->> 'PtdtBanTru' = '1' AS is_ethnic_semi_boarder,
           p.extra ->> 'IsHocSinhTiengDanToc' = '1' AS learns_ethnic_language,
           coalesce(p.extra ->> 'MaLopHuongNghiepDayNghe', '') <> '' AS learns_vocation,
           left(p.extra ->> 'MaHinhThucHocTap', 2) AS study_mode_code,
           p.extra ->> 'IsHoTroChiPhiHocTap' = '1' AS has_study_cost_support,
           '1' IN (p.extra ->> 'IsHoTroNhaO', p.extra ->> 'IsCapGao', p.extra ->> 'IsCapTienHangThang')
               AS has_living_support,
           p.extra ->> 'IsHoTroAnTrua' = '1' AS has_lunch_support,
           left(p.extra ->> 'HtHoTro', 2) AS fee_support_code,
           p.extra ->> 'KiemTraSucKhoeDinhDuong' = '1' AS is_nutrition_checked,
           left(p.extra ->> 'TinhTrangDinhDuong', 2) AS nutrition_code
    WHERE p.extra ?| ARRAY['BanTru', 'NoiTru', 'PtdtBanTru', 'IsHocSinhTiengDanToc', 'MaLopHuongNghiepDayNghe',
        'MaHinhThucHocTap', 'IsHoTroChiPhiHocTap', 'IsHoTroNhaO', 'IsCapGao', 'IsCapTienHangThang', 'IsHoTroAnTrua',
        'HtHoTro', 'KiemTraSucKhoeDinhDuong', 'TinhTrangDinhDuong']
) x ON true
