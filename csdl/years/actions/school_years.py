"""Opening, choosing, closing and reopening school years (`csdl year …` and the department's page)."""

import datetime as dt

from django.db import connection, transaction

from csdl.accounts.actor import Actor
from csdl.accounts.permissions import Permission
from csdl.audit.actions import record
from csdl.years.enums import YearState
from csdl.years.errors import YearError
from csdl.years.models import SchoolYear

__all__ = [
    "close_school_year",
    "make_year_current",
    "open_school_year",
    "reopen_school_year",
]


@transaction.atomic
def open_school_year(*, actor: Actor, start_year: int) -> SchoolYear:
    """Open a school year for writing, making its tables; an open year stays as it is, a closed one is reopened apart.

    Units:   days of a new year follow the ministry's usual frame (5 September, 31 May); the department may edit them.
    Errors:  YEAR-02 for a closed year, YEAR-01 for a year no calendar knows.
    """
    actor.require(Permission.YEAR_MANAGE)
    if not 2000 <= start_year <= 2100:
        raise YearError(f"Năm học {start_year} không hợp lệ. Hãy nhập năm bắt đầu, ví dụ 2024 cho 2024-2025.")
    years = set(SchoolYear.objects.values_list("start_year", flat=True))
    if years and not min(years) - 1 <= start_year <= max(years) + 1:
        raise YearError(
            f"Các năm học phải liền nhau: chỉ mở được từ {min(years) - 1} đến {max(years) + 1}.", code="YEAR-02"
        )
    year, _ = SchoolYear.objects.get_or_create(
        start_year=start_year,
        defaults={
            "starts_on": dt.date(start_year, 7, 1),
            "opening_on": dt.date(start_year, 9, 5),
            "semester2_on": dt.date(start_year + 1, 1, 15),
            "ends_on": dt.date(start_year + 1, 5, 31),
        },
    )
    if year.state == YearState.CLOSED:
        raise YearError(
            f"Năm học {year.name} đã khóa. Muốn sửa số liệu, hãy mở lại và ghi rõ lý do.",
            code="YEAR-02",
        )
    if year.state == YearState.PLANNED:
        year.state = YearState.OPEN
        year.save(update_fields=["state"])
        with connection.cursor() as cursor:
            cursor.execute("SELECT csdl_make_year_partitions(%s::smallint)", [start_year])
        record(actor=actor, kind="year:open", data={"start_year": start_year})
    return year


@transaction.atomic
def make_year_current(*, actor: Actor, start_year: int) -> SchoolYear:
    """Make an open year the one every page opens on."""
    actor.require(Permission.YEAR_MANAGE)
    year = _year(start_year)
    if year.state != YearState.OPEN:
        raise YearError(
            f"Năm học {year.name} chưa mở nên chưa thể đặt làm năm học hiện tại.",
            code="YEAR-02",
        )
    if not year.is_current:
        SchoolYear.objects.filter(is_current=True).update(is_current=False)
        year.is_current = True
        year.save(update_fields=["is_current"])
        record(actor=actor, kind="year:make_current", data={"start_year": start_year})
    return year


@transaction.atomic
def close_school_year(*, actor: Actor, start_year: int) -> SchoolYear:
    """Close a year: no row of it can be written any more, by page, by file or by mistake."""
    actor.require(Permission.YEAR_MANAGE)
    year = _year(start_year)
    if year.is_current:
        raise YearError(
            f"Năm học {year.name} đang là năm học hiện tại. Hãy đặt năm học khác làm hiện tại trước khi khóa.",
            code="YEAR-02",
        )
    if year.state == YearState.OPEN:
        year.state = YearState.CLOSED
        year.save(update_fields=["state"])
        record(actor=actor, kind="year:close", data={"start_year": start_year})
    return year


@transaction.atomic
def reopen_school_year(*, actor: Actor, start_year: int, reason: str) -> SchoolYear:
    """Open a closed year again for a stated reason, which the log keeps."""
    actor.require(Permission.YEAR_MANAGE)
    year = _year(start_year)
    if not reason.strip():
        raise YearError("Mở lại năm học đã khóa phải ghi rõ lý do, căn cứ.", code="YEAR-03")
    if year.state == YearState.CLOSED:
        year.state = YearState.OPEN
        year.save(update_fields=["state"])
        record(
            actor=actor,
            kind="year:reopen",
            data={"start_year": start_year, "reason": reason.strip()},
        )
    return year


def _year(start_year: int) -> SchoolYear:
    try:
        return SchoolYear.objects.select_for_update().get(start_year=start_year)
    except SchoolYear.DoesNotExist:
        raise YearError(
            f"Chưa có năm học {start_year}-{start_year + 1}. Hãy mở năm học bằng lệnh: csdl year open {start_year}."
        ) from None
