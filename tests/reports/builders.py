"""A small primary school with two classes, frozen or not."""

import datetime as dt

from csdl.orgs.models import OrgUnit, School
from csdl.reports.actions import freeze
from csdl.reports.models import ReportPeriod, Snapshot
from csdl.reports.queries import snapshot_of
from csdl.years.models import Enrolment
from tests import builders as b

__all__ = ["frozen", "primary"]


def primary(name: str = "Trường Tiểu học Thử", *, parent: OrgUnit | None = None) -> tuple[School, list[Enrolment]]:
    """A public primary school on the plain with classes 1A and 1B and one pupil of the right age in each."""
    where = b.school(name, parent=parent, levels=("02",), years=(2024,))
    where.profiles.update(region_code="02", level_group_code="06")
    pupils = []
    for class_name in ("1A", "1B"):
        made = b.school_class(where, class_name, "01", year=2024)
        pupils.append(b.pupil(made, None, name=f"Học sinh {class_name}", birth_date=dt.date(2018, 5, 19)))
    return where, pupils


def frozen(where: School, period: ReportPeriod, level_code: str = "") -> Snapshot:
    """Freeze a school's report and answer the newest freeze."""
    freeze(actor=b.SYSTEM, period=period, unit=where.unit, level_code=level_code)
    return snapshot_of(actor=b.SYSTEM, period=period, unit=where.unit, level_code=level_code)
