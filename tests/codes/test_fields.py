"""The ministry's field lists: what is typed exists, what is not may stand in `extra` and is checked there."""

from importlib.resources import files

import pytest
from django.apps import apps

from csdl.codes.fields import check_extra, extra_fields, field_list

RECORDS = sorted(file.name[:-4] for file in files("csdl.codes.fields").iterdir() if file.name.endswith(".csv"))
MODELS = {model.__name__: model for model in apps.get_models() if model.__module__.startswith("csdl.")}


@pytest.mark.parametrize("record", RECORDS)
def test_what_is_typed_has_its_column(record: str) -> None:
    for field in field_list(record).values():
        if field.typed_as:
            model, _, column = field.typed_as.partition(".")
            assert model in MODELS, field
            assert not column or column in {item.name for item in MODELS[model]._meta.get_fields()}, field


def test_no_field_of_the_ministry_is_lost() -> None:
    assert {record: len(field_list(record)) for record in ("school", "class", "student", "staff")} == {
        "school": 58,
        "class": 44,
        "student": 115,
        "staff": 157,
    }


def test_extra_is_checked_against_the_list() -> None:
    good = {"DoiVien": 1, "NgayVaoDoi": "2020-03-26", "NoiVaoDoi": "Trường TH Chu Văn An"}
    assert check_extra("student", good) == []
    assert check_extra("student", {"DoiVien": 2, "NgayVaoDoi": "26/3", "HoTen": "A", "LaGi": ""}) == [
        "“Xác định đội viên?”: giá trị “2” không đúng kiểu integer.",
        "“Ngày vào đội”: giá trị “26/3” không đúng kiểu timestamp.",
        "Trường “HoTen” đã có cột riêng (Student.full_name).",
        "Trường “LaGi” không có trong danh mục trường dữ liệu.",
    ]
    assert "DoiVien" in extra_fields("student")
