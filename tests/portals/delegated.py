"""A school and its office whose people have accounts, on 5/9/2024, for the browser: see `tests.delegation.place`."""

import datetime as dt

from csdl.lib import clock
from tests import builders as b
from tests.delegation.place import TODAY, Place, person

__all__ = ["build"]


def build() -> None:
    """Three officers at the office; a school of each level below it; the clock stays on the day."""
    instant = dt.datetime(TODAY.year, TODAY.month, TODAY.day, 9, tzinfo=clock.LOCAL_ZONE)
    clock.move_to(instant)
    with clock.reading(instant):
        place = Place()
        for number, level in enumerate(("mam non", "tieu hoc", "thcs"), 1):
            person(place.office, f"Chuyên viên {level}", f"cv{number}", position="24", group="09")
        b.school("Trường Mầm non Hoa Sen", parent=place.office, levels=("01",), years=(2024,))
        b.school("Trường Tiểu học Cát Dài", parent=place.office, levels=("02",), years=(2024,))
    clock.move_to(instant)
