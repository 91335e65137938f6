-- Purpose: each measure of each report of a level beside the period before, the year before, and its peers.
-- Inputs:  period_id, level_code, report_ids (null: all; else those the caller may see), start_year, snapshot_on, kind;
--          arrays measures, forms, above_places, above_columns, below_places (0: no divisor), below_columns, scales.
-- Rows:    one per report and measure: value, peers' count, mean, deviation, median, median of the distances from it,
--          the values of the last period and of the same one a year before.
-- Peers:   the reports of the same level in the period, each by the freeze that counts.
WITH measure AS (
    SELECT * FROM unnest(%(measures)s::text[], %(forms)s::text[], %(above_places)s::int[], %(above_columns)s::int[],
                         %(below_places)s::int[], %(below_columns)s::int[], %(scales)s::numeric[])
        AS m (measure, form_code, above_place, above_column, below_place, below_column, scale)
), held AS (
    SELECT b.unit_id, b.snapshot_id, b.period_id FROM reports_submission b
    JOIN reports_reportperiod p ON p.id = b.period_id
    WHERE b.level_code = %(level_code)s AND b.snapshot_id IS NOT NULL AND p.snapshot_on <= %(snapshot_on)s
      AND (%(report_ids)s::bigint[] IS NULL OR b.id = ANY (%(report_ids)s::bigint[]))
), valued AS MATERIALIZED (
    SELECT h.unit_id, h.period_id, m.measure,
           m.scale * a.figures[m.above_column]
               / CASE WHEN m.below_place = 0 THEN 1 ELSE nullif(d.figures[m.below_column], 0) END AS value
    FROM held h
    CROSS JOIN measure m
    JOIN reports_cellrow a ON a.snapshot_id = h.snapshot_id AND a.form_code = m.form_code AND a.place = m.above_place
    LEFT JOIN reports_cellrow d ON d.snapshot_id = h.snapshot_id AND d.form_code = m.form_code AND d.place = m.below_place
), peers AS MATERIALIZED (
    SELECT measure, count(value) AS peer_count, avg(value) AS mean, stddev_pop(value) AS deviation,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY value::double precision) AS median
    FROM valued WHERE period_id = %(period_id)s GROUP BY measure
), spread AS (
    SELECT v.measure, percentile_cont(0.5) WITHIN GROUP (ORDER BY abs(v.value::double precision - p.median)) AS distance
    FROM valued v JOIN peers p ON p.measure = v.measure
    WHERE v.period_id = %(period_id)s GROUP BY v.measure
), before AS (
    SELECT (SELECT id FROM reports_reportperiod WHERE snapshot_on < %(snapshot_on)s ORDER BY snapshot_on DESC LIMIT 1) AS last_id,
           (SELECT id FROM reports_reportperiod WHERE kind = %(kind)s AND start_year = %(start_year)s - 1
            ORDER BY code = %(usual_code)s DESC, snapshot_on LIMIT 1) AS year_id
)
SELECT v.unit_id, v.measure, v.value, p.peer_count, p.mean, p.deviation, p.median::numeric, s.distance::numeric,
       l.value AS last_value, y.value AS year_value
FROM valued v
JOIN peers p ON p.measure = v.measure
JOIN spread s ON s.measure = v.measure
CROSS JOIN before b
LEFT JOIN valued l ON l.unit_id = v.unit_id AND l.measure = v.measure AND l.period_id = b.last_id
LEFT JOIN valued y ON y.unit_id = v.unit_id AND y.measure = v.measure AND y.period_id = b.year_id
WHERE v.period_id = %(period_id)s AND (%(of_unit)s::bigint IS NULL OR v.unit_id = %(of_unit)s)
ORDER BY v.unit_id, array_position(%(measures)s::text[], v.measure)
