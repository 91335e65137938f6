-- Floor of adding a sum up again: the rows that still equal their parts added up, and the pupils behind them counted one by
-- one.
SELECT * FROM reports_consolidation c JOIN reports_consolidationversion v ON v.id = c.current_id
JOIN orgs_orgunit u ON u.id = c.unit_id WHERE v.id = %(version)s;
--;
SELECT count(*) FROM reports_consolidationrow r
JOIN (
    SELECT c.form_code, c.place, (ARRAY[
               sum(c.figures[1]), sum(c.figures[2]), sum(c.figures[3]), sum(c.figures[4]), sum(c.figures[5]), sum(c.figures[6]),
               sum(c.figures[7]), sum(c.figures[8]), sum(c.figures[9]), sum(c.figures[10]), sum(c.figures[11]), sum(c.figures[12]),
               sum(c.figures[13]), sum(c.figures[14]), sum(c.figures[15]), sum(c.figures[16]), sum(c.figures[17]), sum(c.figures[18]), sum(c.figures[19])])[1:max(cardinality(c.figures))] AS figures
    FROM reports_consolidationpart p
    JOIN reports_cellrow c ON c.snapshot_id = p.snapshot_id
    WHERE p.version_id = %(version)s GROUP BY c.form_code, c.place
) again ON again.form_code = r.form_code AND again.place = r.place AND again.figures = r.figures
WHERE r.version_id = %(version)s;
--;
SELECT count(*) FROM reports_consolidationpart p
JOIN reports_countedpupil c ON c.period_id = %(period)s AND c.snapshot_id = p.snapshot_id AND c.is_present
WHERE p.version_id = %(version)s;
