-- Purpose: the school of each snapshot as the form's first section asks for it; counts come from the frozen rows.
-- Inputs:  snapshot_ids, period_id, start_year.
WITH classes AS (
    SELECT snapshot_id, count(*) AS classes, sum(disabled_count) AS inclusive
    FROM reports_countedclass WHERE snapshot_id = ANY (%(snapshot_ids)s) GROUP BY snapshot_id
), sites AS (
    SELECT snapshot_id, count(*) FILTER (WHERE NOT is_main) AS others
    FROM reports_countedsite WHERE snapshot_id = ANY (%(snapshot_ids)s) GROUP BY snapshot_id
)
SELECT s.id AS snapshot_id, s.unit_id, s.unit_name AS name, p.national_standard_code, coalesce(c.classes, 0) AS class_count,
       coalesce(c.inclusive, 0) AS inclusive_count, coalesce(o.others, 0) AS other_site_count,
       coalesce(p.extra ->> 'Hoc2BuoiNgay' = '1', false) AS has_two_sessions,
       coalesce(p.extra ->> 'SuDungMayTinhDayHoc' = '1', false) AS uses_computers,
       coalesce(p.extra ->> 'KhaiThacInternetDayHoc' = '1', false) AS uses_internet,
       coalesce(p.extra ->> 'DienLuoi' = '1', false) AS has_grid_power,
       coalesce(p.extra ->> 'NguonNuocSach' = '1', false) AS has_clean_water,
       coalesce(p.extra ->> 'CongTrinhVeSinh' = '1', false) AS has_toilets,
       coalesce(p.extra ->> 'CtGdvsDoiTay' = '1', false) AS has_handwash_programme,
       coalesce(p.extra ->> 'ChuongTrinhGiaoDucCoBan' = '1', false) AS has_safety_education,
       coalesce(p.extra ->> 'CoHaTangTlhtPhuHopHskt' = '1', false) AS has_disabled_access,
       coalesce(p.extra ->> 'CongTacTuVanHocDuong' = '1', false) AS has_counselling
FROM reports_snapshot s
JOIN orgs_schoolprofile p ON p.school_id = s.unit_id AND p.start_year = %(start_year)s
LEFT JOIN classes c ON c.snapshot_id = s.id
LEFT JOIN sites o ON o.snapshot_id = s.id
WHERE s.id = ANY (%(snapshot_ids)s)
