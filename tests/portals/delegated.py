"""A school and its office whose people have accounts, on 5/9/2024, for the browser: see `tests.delegation.place`."""

import datetime as dt

from csdl.access.actions import give_role
from csdl.accounts.models import Account
from csdl.lib import clock
from tests import builders as b
from tests.delegation.place import TODAY, Place, person

__all__ = ["build", "build_inspected"]


def build() -> None:
    """Three officers at the office; a school of each level below it; the clock stays on the day."""
    instant = dt.datetime(TODAY.year, TODAY.month, TODAY.day, 9, tzinfo=clock.LOCAL_ZONE)
    clock.move_to(instant)
    with clock.reading(instant):
        place = Place()
        b.homeroom(place.lan, place.class_a)
        for number, level in enumerate(("mam non", "tieu hoc", "thcs"), 1):
            person(place.office, f"Chuyên viên {level}", f"cv{number}", position="24", group="09")
        b.school("Trường Mầm non Hoa Sen", parent=place.office, levels=("01",), years=(2024,))
        b.school("Trường Tiểu học Cát Dài", parent=place.office, levels=("02",), years=(2024,))
    clock.move_to(instant)


def build_inspected() -> None:
    """A class given by signed papers; an inspector from outside, let in at the school for five days."""
    instant = dt.datetime(TODAY.year, TODAY.month, TODAY.day, 9, tzinfo=clock.LOCAL_ZONE)
    clock.move_to(instant)
    with clock.reading(instant):
        place = Place()
        place.signed(place.homeroom(place.lan, place.class_a))
        inspector = Account.objects.create_user(
            username="thanh.tra", password="mat-khau-thu", full_name="Đinh Công Tra"
        )
        give_role(
            actor=b.SYSTEM,
            account=inspector,
            role_code="inspector",
            unit=place.unit,
            valid_from=TODAY,
            valid_to=TODAY + dt.timedelta(days=5),
        )
    clock.move_to(instant)
