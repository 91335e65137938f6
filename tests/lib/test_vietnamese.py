"""Order of names and search without accents; the SQL functions and their Python twins agree."""

import unicodedata

import pytest
from django.db import connection

from csdl.lib.persons import name_faults
from csdl.lib.vietnamese import fold, name_key, squeeze, with_latin_letters

NAMES = [
    "Nguyễn Văn An",
    "Phạm Anh",
    "Đỗ Đức Anh",
    "Lê Ánh",
    "Trần Thị Ân",
    "Đào Ngọc Bích",
    "Hà",
    "Vũ Hạ",
    "Hoàng Hai",
    "Bùi Thị Thanh Hường",
    "Nguyễn Thị Lan",
    "Nguyễn Thị Thanh Lan",
    "Tô Ý",
]


def test_people_sort_by_given_name_then_middle_then_family() -> None:
    assert sorted(set(NAMES), key=name_key) == NAMES


def test_fold_finds_what_is_typed_without_accents() -> None:
    assert fold("  Nguyễn  THỊ Đào\u00a0Ưng ") == "nguyen thi dao ung"


def test_squeeze_makes_one_form_of_a_name() -> None:
    assert squeeze(unicodedata.normalize("NFD", " Lê  Thị\u200b Hồng ")) == "Lê Thị Hồng"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name", [*NAMES, unicodedata.normalize("NFD", "Lê Thị Hồng"), " Trần  thị  BÍCH ", "O'Brien", ""]
)
def test_sql_agrees_with_python(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT csdl_name_key(%s), csdl_fold(%s)", [name, name])
        assert cursor.fetchone() == (name_key(name), fold(name))


@pytest.mark.django_db
def test_classes_sort_as_people_read_them() -> None:
    names = ["6A2", "6A10", "9B", "10A1", "Mẫu giáo bé", "Mẫu giáo lớn"]
    with connection.cursor() as cursor:
        cursor.execute(
            'SELECT n FROM unnest(%s::text[]) n ORDER BY csdl_class_key(n) COLLATE "C"', [list(reversed(names))]
        )
        assert [row[0] for row in cursor.fetchall()] == names


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("Nguyễn Vаn Cуrilic", "Nguyễn Van Cyrilic"),
        ("6А", "6A"),
        ("Иван Петров", "Иван Петров"),
        ("Ivan Петров", "Ivan Петров"),
        ("Nguyễn Văn An", "Nguyễn Văn An"),
    ],
)
def test_letters_that_only_look_like_ours_are_written_as_ours(typed: str, read: str) -> None:
    assert with_latin_letters(typed) == read


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("Nguyễn Vаn Cуrilic", ["NM-04"]),
        ("Ivan Петров", ["NM-04"]),
        ("Nguyễn Văn 9", ["NM-04"]),
        ("Tô-ni Nguyễn", []),
        ("H'Lan Ksor", []),
    ],
)
def test_a_name_has_our_letters_spaces_apostrophes_and_hyphens(name: str, codes: list[str]) -> None:
    assert [fault.code for fault in name_faults(name)] == codes
