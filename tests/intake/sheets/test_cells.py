"""How one cell is read."""

import datetime as dt
from typing import Any

import pytest

from csdl.intake.sheets.cells import mark
from csdl.intake.sheets.nouns.classes import class_key


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("0912345678", "0912345678"),
        ("0912 345 678", "0912345678"),
        ("0912.345.678", "0912345678"),
        ("(0912) 345-678", "0912345678"),
        ("+84 912 345 678", "0912345678"),
        ("0168 345 6789", "0383456789"),
        (912345678, "912345678"),
        ("031 085 012 345", "031085012345"),
        ("01/02/2003", "01/02/2003"),
        ("1-2-2003", "01/02/2003"),
        (dt.date(2003, 2, 1), "01/02/2003"),
        ("HP.01.02.2003", "HP.01.02.2003"),
        ("GV-01", "GV-01"),
        ("", None),
    ],
)
def test_a_mark_is_a_number_without_its_signs_a_day_or_a_code_as_it_stands(cell: Any, said: str | None) -> None:
    assert mark(cell) == said


@pytest.mark.parametrize(
    ("name", "key"),
    [("6A", "6a"), ("Lớp 6 A", "6a"), ("6-A", "6a"), ("6А", "6a"), ("6/1", "6#1"), ("6 - 1", "6#1"), ("61", "61")],
)
def test_a_class_has_one_key_however_it_is_written(name: str, key: str) -> None:
    assert class_key(name) == key
