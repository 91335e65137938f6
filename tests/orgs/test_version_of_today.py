"""A unit shows the name, kind and parent that hold today; a version to come waits for its day."""

import datetime as dt

import pytest
from django.db import connection

from csdl.lib import clock
from csdl.orgs.enums import UnitKind
from csdl.orgs.models import OrgUnit, UnitVersion
from tests import builders as b

pytestmark = pytest.mark.django_db


def _refreshed() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT csdl_refresh_units(NULL)")
        return int(cursor.fetchone()[0])


def _shown(unit: OrgUnit) -> tuple[str, str]:
    unit.refresh_from_db()
    assert unit.parent is not None
    return unit.name, unit.parent.name


def test_a_version_to_come_is_shown_from_its_day_on() -> None:
    old, new = b.office("Phòng GDĐT quận Lê Chân"), b.office("Phòng GDĐT quận Ngô Quyền")
    school = b.school("Trường THCS Tô Hiệu", parent=old).unit
    day = clock.today() + dt.timedelta(days=30)
    UnitVersion.objects.filter(unit=school).update(valid_to=day)
    UnitVersion.objects.create(
        unit=school, name="Trường THCS Lê Chân", kind=UnitKind.SCHOOL, parent=new, valid_from=day
    )
    assert _shown(school) == ("Trường THCS Tô Hiệu", "Phòng GDĐT quận Lê Chân")
    assert _refreshed() == 0

    clock.move_to(dt.datetime.combine(day, dt.time(0, 1), clock.LOCAL_ZONE))
    try:
        assert _refreshed() == 1
        assert _shown(school) == ("Trường THCS Lê Chân", "Phòng GDĐT quận Ngô Quyền")
        assert _refreshed() == 0
    finally:
        clock.move_to(None)

    assert _refreshed() == 1
    assert _shown(school) == ("Trường THCS Tô Hiệu", "Phòng GDĐT quận Lê Chân")


def test_a_unit_that_ended_keeps_its_last_name_and_one_to_begin_shows_its_first() -> None:
    today = clock.today()
    ended = b.unit("Trường cũ", UnitKind.SCHOOL, b.office())
    UnitVersion.objects.filter(unit=ended).update(valid_to=today - dt.timedelta(days=9))
    coming = OrgUnit.objects.create(code="T-moi")
    for name, start, end in (("Tên đầu", 10, 20), ("Tên sau", 20, None)):
        UnitVersion.objects.create(
            unit=coming,
            name=name,
            kind=UnitKind.SCHOOL,
            parent=b.department(),
            valid_from=today + dt.timedelta(days=start),
            valid_to=today + dt.timedelta(days=end) if end else None,
        )

    assert (_shown(ended)[0], _shown(coming)[0]) == ("Trường cũ", "Tên đầu")
