"""The two sides of the row "whole list export": imported by `bench.child` once Django is set up."""

import datetime as dt
import io
import statistics
import time
from pathlib import Path
from typing import Any

import psycopg
import xlsxwriter
from django.conf import settings
from python_calamine import CalamineWorkbook

from csdl.access.acting import acting, token_for
from csdl.access.actors import actor_for
from csdl.accounts.models import Account
from csdl.exports.actions import export_list
from csdl.exports.approving import SECOND_FACTOR
from csdl.exports.enums import Purpose
from csdl.exports.lists import Asked, Occasion
from csdl.exports.pupils import PUPILS
from csdl.orgs.models import OrgUnit
from csdl.years.enums import Outcome
from csdl.years.queries import pupils

__all__ = ["take_out"]

PUPILS_WANTED = 2_000
YEAR = 2023
FLOOR = Path(__file__).parent / "floors" / "export_pupils.sql"
_COLUMNS = PUPILS.columns
_OUTCOME = [one.key for one in _COLUMNS].index("outcome")


def take_out(rounds: int = 7) -> dict[str, Any]:
    """Product and floor turn by turn; every cell of the two sheets is compared in the first turn."""
    account = Account.objects.get(username="bench_department_admin")
    token = token_for(account)
    pairs = []
    with psycopg.connect(settings.DATABASE_NAMES.owner, prepare_threshold=None) as owner:
        school_ids = _schools(owner)
        for turn in range(rounds + 1):
            begin = time.perf_counter()
            with acting(token, account):
                content = _product(account, school_ids)
            middle = time.perf_counter()
            bare = _floor(owner, school_ids)
            pairs.append((middle - begin, time.perf_counter() - middle))
            owner.rollback()
            if turn == 0:
                cells = _cells(content)
                if len(cells) <= PUPILS_WANTED or cells != _cells(bare):
                    raise SystemExit(f"product and floor wrote different cells, or too few: {len(cells)} rows")
    product, floor = (statistics.median(side) for side in zip(*pairs[1:], strict=True))
    return {"seconds": product, "floor_seconds": floor, "rows": len(cells) - 1, "columns": len(_COLUMNS)}


def _product(account: Account, school_ids: list[int]) -> bytes:
    actor = actor_for(account)
    rows = pupils(actor, start_year=YEAR).filter(school_id__in=school_ids)
    return export_list(
        actor=actor,
        what=PUPILS,
        rows=rows.order_by("student__sort_key", "student_id", "pk"),
        occasion=Occasion(OrgUnit.objects.get(parent=None), YEAR, PUPILS.title),
        asked=Asked(tuple(one.key for one in _COLUMNS), Purpose.CHECK, with_sensitive=True),
        # As the head of the department, who confirmed by the second factor.
        consent=SECOND_FACTOR,
    ).content


def _floor(owner: psycopg.Connection, school_ids: list[int]) -> bytes:
    labels = {value: str(text) for value, text in Outcome.choices}
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"constant_memory": True})
    sheet = book.add_worksheet(PUPILS.sheet)
    day, text = book.add_format({"num_format": "dd/mm/yyyy"}), book.add_format({"num_format": "@"})
    for place, column in enumerate(_COLUMNS):
        sheet.write_string(0, place, column.header)
    rows = owner.execute(FLOOR.read_text(encoding="utf-8"), {"school_ids": school_ids})  # type: ignore[arg-type] # a file of ours, no literal
    for number, row in enumerate(rows, start=1):
        for place, value in enumerate(row):
            if value is None or value == "":
                continue
            if isinstance(value, int):
                sheet.write_number(number, place, value)
            elif isinstance(value, dt.date):
                sheet.write_datetime(number, place, value, day)
            else:
                sheet.write_string(number, place, labels[value] if place == _OUTCOME else value, text)
    book.close()
    return file.getvalue()


def _schools(owner: psycopg.Connection) -> list[int]:
    """Schools of middling size that have as many pupils together as the row wants, or hardly more."""
    counted = owner.execute(
        "SELECT school_id, count(*) FROM years_enrolment WHERE start_year = %s GROUP BY 1"
        " ORDER BY abs(count(*) - 1000), 1",
        [YEAR],
    ).fetchall()
    found, left = [], PUPILS_WANTED
    for school_id, count in counted:
        if left > 0:
            found.append(school_id)
            left -= count
    return found


def _cells(content: bytes) -> list[list[Any]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name(PUPILS.sheet).to_python()
