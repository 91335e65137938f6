"""Numbers are kept as printed and compared as meant."""

import pytest

from csdl.documents.numbers import is_numbered, number_key


@pytest.mark.parametrize(
    "printed",
    [
        "1329/SGDĐT-GDTX&ĐH",
        "1329/SGDDĐT-GDĐT&ĐH",
        "1329/SDGĐT-GDTXĐH",
        " 1329 / sgdđt - gdtx&đh ",
        "01329/SGDĐT-GDTXĐH",
    ],
)
def test_misprints_and_spellings_of_one_number_are_one(printed: str) -> None:
    assert number_key(printed) == "1329/sgddt-gdtxdh"


def test_other_numbers_stay_apart() -> None:
    keys = {number_key(one) for one in ("1329/SGDĐT-VP", "1329/SGDĐT-GDTXĐH", "329/SGDĐT-VP", "1329/PGDĐT-VP")}
    assert len(keys) == 4


@pytest.mark.parametrize(
    ("printed", "numbered"),
    [("1062/QĐ-SGDĐT", True), ("/SGDDĐT-GDĐT&ĐH", False), ("", False), ("…/QĐ-UBND", False), ("12", True)],
)
def test_a_blank_number_is_told(printed: str, numbered: bool) -> None:
    assert is_numbered(printed) == numbered
