"""Every score of a made-up province against a slow, obvious twin."""

import statistics

import pytest

from csdl.reports.forms import form
from csdl.reports.models import ReportPeriod, Snapshot
from csdl.reports.queries import frozen_form
from csdl.reports.reviews import compared, modified_z, thresholds, z_score
from tests import builders as b

pytestmark = [pytest.mark.django_db, pytest.mark.server]


def test_every_measure_of_the_province_equals_its_slow_twin(frozen: ReportPeriod) -> None:
    found = compared(actor=b.SYSTEM, period=frozen, level_code="02")

    snapshots = {one.unit_id: one for one in Snapshot.objects.filter(period=frozen, level_code="02")}
    assert set(found) == set(snapshots)
    what = form("02-DN-TH", "tt24")
    per_class = {}
    for unit_id, one in snapshots.items():
        figures = frozen_form(one, what)
        pupils, classes = (figures.cell(*what.cell(address)) for address in ("37:1", "27:1"))
        per_class[unit_id] = pupils / classes if classes else None
    values = [float(one) for one in per_class.values() if one is not None]
    median = statistics.median(values)
    distance = statistics.median(abs(one - median) for one in values)
    for unit_id, lines in found.items():
        line = next(one for one in lines if one.measure.name == "pupils_per_class")
        assert line.value == pytest.approx(per_class[unit_id])
        if line.value is not None and line.z is not None:
            value = float(line.value)
            assert line.z == pytest.approx(z_score(value, statistics.mean(values), statistics.pstdev(values)))
            assert line.modified_z == pytest.approx(modified_z(value, median, distance))
            far = abs(line.z) > thresholds()["z"] or abs(line.modified_z or 0) > thresholds()["modified_z"]
            assert bool(line.reasons) == far
