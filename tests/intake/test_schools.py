"""The school import on the two real files of the ministry and on small ones built here."""

import io
import json
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from csdl.accounts.actor import SystemActor
from csdl.codes.actions import load_code_lists
from csdl.intake.actions import SchoolImport, import_schools
from csdl.intake.errors import IntakeError
from csdl.orgs.enums import UnitKind
from csdl.orgs.models import OrgUnit, School, SchoolLevel, SchoolProfile, SchoolSite, UnitVersion
from csdl.years.models import SchoolClass, SchoolYear

pytestmark = pytest.mark.django_db

DATA = Path(__file__).parents[1] / "data"
REAL = DATA / "schools-province-19-part.xlsx"
TEMPLATE = DATA / "template-truong-hoc.xlsx"
HEADER = ["MA_TRUONG *", "TEN_TRUONG_HOC *", "MA_DON_VI *", "CAP_HOC *", "TRANG_THAI *", "LOAI_HINH_DAO_TAO *",
          "LOAI_HINH_TRUONG *", "DIA_CHI", "MA_XA_PHUONG *", "MA_QUAN_HUYEN *", "MA_TINH_THANH *",
          "CHUAN_QUOC_GIA *", "NGAY_THANH_LAP", "ID_SO*", "ID_PHONG*"]  # fmt: skip
CATALOGUE = [
    ["Mã Đơn Vị", "Tên Đơn Vị", "Mã đơn vị cha"],
    [19, "Phòng Giáo dục và Đào tạo Quận Nam Từ Liêm", 1],
    [1, "Sở Giáo dục và Đào tạo Thành phố Hà Nội", None],
    [19, "Sở Giáo dục và Đào tạo Tỉnh Thái Nguyên", None],
    [164, "Phòng Giáo dục và Đào tạo Thành phố Thái Nguyên", 19],
    [165, "Phòng Giáo dục và Đào tạo Thành phố Sông Công", 19],
]


def row(code: Any = "19164401", name: Any = "Tiểu học Hoàng Văn Thụ", **cells: Any) -> list[Any]:
    """A clean data row, with some cells changed."""
    values = {"MA_TRUONG": code, "TEN_TRUONG_HOC": name, "MA_DON_VI": "164", "CAP_HOC": "1", "TRANG_THAI": 1,
              "LOAI_HINH_DAO_TAO": 1, "LOAI_HINH_TRUONG": 1, "DIA_CHI": "Phường Hoàng Văn Thụ",
              "MA_XA_PHUONG": "05443", "MA_QUAN_HUYEN": "164", "MA_TINH_THANH": "19", "CHUAN_QUOC_GIA": 0,
              "NGAY_THANH_LAP": "05/09/1990", "ID_SO": "19", "ID_PHONG": "164"} | cells  # fmt: skip
    return [values[name.strip(" *")] for name in HEADER]


def workbook(*rows: list[Any], header: list[str] = HEADER, catalogue: list[list[Any]] = CATALOGUE) -> bytes:
    """A file as the ministry's: a merged title, the header in row 4, data from row 5, the unit catalogue behind."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Sheet1"
    sheet["A2"] = "TEMPLATE IMPORT TRƯỜNG HỌC"
    sheet.merge_cells("A2:F2")
    for number, values in enumerate([header, *rows], start=4):
        for column, value in enumerate(values, start=1):
            sheet.cell(number, column, value)
    units = book.create_sheet("DM ĐƠN VỊ")
    for values in catalogue:
        units.append(values)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def run(source: bytes | Path, **options: Any) -> SchoolImport:
    return import_schools(actor=SystemActor("test"), source=source, **({"start_year": 2023} | options))


def counts(result: SchoolImport) -> tuple[int, int, int, int, int]:
    return result.created, result.updated, result.unchanged, result.rejected, result.units


def found(result: SchoolImport) -> list[tuple[int, str, str, str]]:
    return [(problem.row, problem.column, problem.value, problem.code.value) for problem in result.problems]


def independent(path: Path) -> list[dict[str, Any]]:
    """The real file's rows, read by another reader."""
    sheet = openpyxl.load_workbook(path)["Sheet1"]
    names = [str(cell.value).strip(" *") for cell in sheet[4] if cell.value]
    return [
        {"row": number, **dict(zip(names, values, strict=False))}
        for number, values in enumerate(sheet.iter_rows(min_row=5, values_only=True), start=5)
        if any(value is not None for value in values)
    ]


def test_real_file_becomes_its_schools_and_units() -> None:
    rows = independent(REAL)

    result = run(REAL)

    assert counts(result) == (448, 0, 0, 0, 6)
    assert len(rows) == 448
    levels = {"1": "02", "2": "03", "4": "01", "5": "01"}
    profiles = SchoolProfile.objects.select_related("school__unit__parent")
    stored = {
        profile.school.unit.code: (profile.school.unit.name, profile.school.unit.parent.code, profile.ownership_code,
                                   profile.commune_code, profile.is_active)
        for profile in profiles
    }  # fmt: skip
    assert stored == {
        item["MA_TRUONG"]: (
            " ".join(item["TEN_TRUONG_HOC"].split()),
            item["MA_DON_VI"],
            {1: "01", 2: "09", 4: "02", 5: "03"}[item["LOAI_HINH_DAO_TAO"]],
            commune if len(commune := item["MA_XA_PHUONG"] or "") == 5 else "",
            item["TRANG_THAI"] != 0,
        )
        for item in rows
    }
    assert set(SchoolLevel.objects.values_list("school__unit__code", "level_code")) == {
        (item["MA_TRUONG"], levels[digit]) for item in rows for digit in item["CAP_HOC"]
    }
    assert SchoolSite.objects.filter(is_main=True, start_year=2023).count() == 448
    assert list(OrgUnit.objects.filter(school=None).order_by("code").values_list("code", "kind", "parent__code")) == [
        ("164", "district_office", "19"),
        ("165", "district_office", "19"),
        ("167", "district_office", "19"),
        ("168", "district_office", "19"),
        ("173", "district_office", "19"),
        ("19", "department", None),
    ]
    assert OrgUnit.objects.get(code="19").name == "Sở Giáo dục và Đào tạo Tỉnh Thái Nguyên"


def test_real_file_every_unknown_code_is_a_warning_and_kept() -> None:
    rows = independent(REAL)

    result = run(REAL)

    unknown = Counter(problem.column for problem in result.problems if problem.code == "INT-21")
    assert unknown == {
        "CHUAN_QUOC_GIA": sum(item["CHUAN_QUOC_GIA"] not in (0, 1, 2) for item in rows),
        "LOAI_HINH_TRUONG": sum(item["LOAI_HINH_TRUONG"] not in range(1, 10) for item in rows),
        "MA_XA_PHUONG": 1,
        "TRANG_THAI": sum(item["TRANG_THAI"] not in (0, 1) for item in rows),
    }
    assert {
        (code, source["LOAI_HINH_TRUONG"])
        for code, source in School.objects.values_list("unit__code", "source")
        if "LOAI_HINH_TRUONG" in source
    } == {
        (item["MA_TRUONG"], str(item["LOAI_HINH_TRUONG"]))
        for item in rows
        if item["LOAI_HINH_TRUONG"] not in range(1, 10)
    }
    cells = {(item["row"], column): value for item in rows for column, value in item.items()}
    assert [(problem.row, problem.column, problem.value) for problem in result.problems] == [
        (problem.row, problem.column, "" if value is None else " ".join(str(value).split()))
        for problem in result.problems
        for value in (cells[problem.row, problem.column],)
    ]
    assert School.objects.get(unit__code="19164447").source == {}
    assert not SchoolProfile.objects.filter(school__source__has_key="LOAI_HINH_TRUONG").exclude(school_type_code="")


def test_second_run_of_the_real_file_changes_nothing() -> None:
    run(REAL)
    before = list(SchoolProfile.objects.order_by("pk").values())
    versions = list(UnitVersion.objects.order_by("pk").values())

    result = run(REAL)

    assert counts(result) == (0, 0, 448, 0, 0)
    assert list(SchoolProfile.objects.order_by("pk").values()) == before
    assert list(UnitVersion.objects.order_by("pk").values()) == versions


def test_template_of_the_ministry_is_read_with_numbers_for_codes() -> None:
    load_code_lists()

    result = run(TEMPLATE)

    profile = SchoolProfile.objects.get(school__unit__code="64625417")
    assert counts(result) == (1, 0, 0, 0, 2)
    assert found(result) == [(5, "MA_XA_PHUONG", "", "INT-22")]
    assert (profile.level_group_code, profile.national_standard_code, profile.extra["has_party_cell"]) == (
        "06", "02", True,
    )  # fmt: skip
    assert str(profile.school.unit.opened_on) == "2000-03-31"
    assert profile.school.unit.parent.parent.name == "Sở Giáo dục và Đào tạo Tỉnh Gia Lai"


def test_only_four_faults_reject_and_the_other_rows_go_in() -> None:
    result = run(
        workbook(
            row(),
            row("19164402", "  "),
            [None] * len(HEADER),
            row(None, "Không mã"),
            row("19164401", "Trùng mã"),
            row("19164403", "Cấp 7", CAP_HOC="7"),
            row("19164404", "Không cấp", CAP_HOC=None),
            row(19164405, "Mã là số", MA_DON_VI=164, CAP_HOC=12, ID_SO=19, ID_PHONG=164),
        )
    )

    assert counts(result) == (2, 0, 0, 5, 2)
    assert found(result) == [
        (6, "TEN_TRUONG_HOC", "", "INT-13"),
        (8, "MA_TRUONG", "", "INT-11"),
        (9, "MA_TRUONG", "19164401", "INT-12"),
        (10, "CAP_HOC", "7", "INT-14"),
        (11, "CAP_HOC", "", "INT-14"),
    ]
    assert list(School.objects.order_by("unit__code").values_list("unit__code", "unit__name")) == [
        ("19164401", "Tiểu học Hoàng Văn Thụ"),
        ("19164405", "Mã là số"),
    ]


def test_strict_writes_nothing_when_a_row_is_rejected() -> None:
    result = run(workbook(row(), row("19164402", None)), strict=True)

    assert (counts(result), result.is_written) == ((1, 0, 0, 1, 2), False)
    assert not OrgUnit.objects.exists()
    assert not SchoolYear.objects.exists()


def test_strict_writes_when_there_are_only_warnings() -> None:
    result = run(workbook(row(LOAI_HINH_TRUONG=11)), strict=True)

    assert (counts(result), result.is_written) == ((1, 0, 0, 0, 2), True)
    assert School.objects.count() == 1


def test_dry_run_reports_the_same_and_writes_nothing() -> None:
    source = workbook(row(), row("19164402", None), row("19164403", "Tiểu học B", CHUAN_QUOC_GIA=3))

    dry = run(source, dry_run=True)

    assert not OrgUnit.objects.exists()
    assert dry.as_json() == run(source).as_json()


@pytest.mark.parametrize(
    ("cells", "problem", "field", "value", "kept"),
    [
        ({"LOAI_HINH_TRUONG": -2}, ("LOAI_HINH_TRUONG", "-2", "INT-21"), "school_type_code", "", "-2"),
        ({"LOAI_HINH_DAO_TAO": 3}, ("LOAI_HINH_DAO_TAO", "3", "INT-21"), "ownership_code", "", "3"),
        ({"LOAI_HINH_DAO_TAO": 4}, ("LOAI_HINH_DAO_TAO", "4", "INT-23"), "ownership_code", "02", "4"),
        ({"CHUAN_QUOC_GIA": -1}, ("CHUAN_QUOC_GIA", "-1", "INT-21"), "national_standard_code", "", "-1"),
        ({"TRANG_THAI": -1}, ("TRANG_THAI", "-1", "INT-21"), "is_active", True, "-1"),
        ({"MA_XA_PHUONG": "017"}, ("MA_XA_PHUONG", "017", "INT-21"), "commune_code", "", "017"),
        ({"DIA_CHI": "1"}, ("DIA_CHI", "1", "INT-24"), "address", "", "1"),
        ({"NGAY_THANH_LAP": "03/07/0002"}, ("NGAY_THANH_LAP", "03/07/0002", "INT-26"), "address",
         "Phường Hoàng Văn Thụ", "03/07/0002"),
        ({"NGAY_THANH_LAP": "31/02/2001"}, ("NGAY_THANH_LAP", "31/02/2001", "INT-25"), "address",
         "Phường Hoàng Văn Thụ", "31/02/2001"),
        ({"MA_DON_VI": "999", "ID_PHONG": None}, ("MA_DON_VI", "999", "INT-31"), "address",
         "Phường Hoàng Văn Thụ", "999"),
    ],
)  # fmt: skip
def test_what_no_list_knows_is_warned_of_left_empty_and_kept(
    cells: dict[str, Any], problem: tuple[str, str, str], field: str, value: Any, kept: str
) -> None:
    result = run(workbook(row(**cells)))

    profile = SchoolProfile.objects.get()
    assert found(result) == [(5, *problem)]
    assert (getattr(profile, field), profile.school.source) == (value, {problem[0]: kept})


@pytest.mark.parametrize(
    ("said", "levels", "group", "kind"),
    [
        ("1", ["02"], "06", UnitKind.SCHOOL),
        ("2", ["03"], "07", UnitKind.SCHOOL),
        ("3", ["04"], "08", UnitKind.SCHOOL),
        ("4", ["01"], "03", UnitKind.SCHOOL),
        ("5", ["01"], "02", UnitKind.SCHOOL),
        ("45", ["01"], "01", UnitKind.SCHOOL),
        ("6", ["05"], "13", UnitKind.CONTINUING_CENTRE),
        ("12", ["02", "03"], "09", UnitKind.SCHOOL),
        ("2, 3", ["03", "04"], "10", UnitKind.SCHOOL),
        (123, ["02", "03", "04"], "11", UnitKind.SCHOOL),
        ("145", ["01", "02"], "16", UnitKind.SCHOOL),
        ("13", ["02", "04"], "", UnitKind.SCHOOL),
    ],
)
def test_levels_give_level_group_and_kind(said: Any, levels: list[str], group: str, kind: UnitKind) -> None:
    run(workbook(row("1916400N01", CAP_HOC=said)))

    profile = SchoolProfile.objects.get()
    assert list(SchoolLevel.objects.order_by("level_code").values_list("level_code", flat=True)) == levels
    assert (profile.level_group_code, profile.school.unit.kind) == (group, kind)


def test_school_directly_under_the_department_although_an_office_elsewhere_has_the_same_number() -> None:
    result = run(workbook(row("19000701", "THPT Chuyên Thái Nguyên", MA_DON_VI="19", ID_PHONG=None, CAP_HOC="3")))

    assert counts(result) == (1, 0, 0, 0, 1)
    assert School.objects.get().unit.parent.kind == UnitKind.DEPARTMENT


def test_changed_cells_update_and_empty_cells_erase_nothing() -> None:
    run(workbook(row(LOAI_HINH_TRUONG=11), row("19164402", "Tiểu học B")))

    result = run(
        workbook(
            row(DIA_CHI=None, CHUAN_QUOC_GIA=1, CAP_HOC="12", MA_DON_VI="165", ID_PHONG="165"),
            row("19164402", "Tiểu học B"),
        )
    )

    profile = SchoolProfile.objects.get(school__unit__code="19164401")
    assert counts(result) == (0, 1, 1, 0, 1)
    assert result.plans[0].changes == {
        "levels": (["02"], ["02", "03"]),
        "level_group_code": ("06", "09"),
        "national_standard_code": ("", "02"),
        "parent": ("164", "165"),
        "school_type_code": ("", "07"),
        "source": ({"LOAI_HINH_TRUONG": "11"}, {}),
    }
    assert (profile.address, profile.school_type_code, profile.school.source) == ("Phường Hoàng Văn Thụ", "07", {})
    assert profile.school.unit.parent.code == "165"
    assert profile.school.levels.count() == 2


def test_new_name_in_a_later_year_leaves_the_earlier_year_its_name() -> None:
    run(workbook(row()))

    result = run(workbook(row(name="Tiểu học Mới")), start_year=2024)

    versions = UnitVersion.objects.filter(unit__code="19164401").order_by("valid_from")
    assert counts(result) == (0, 1, 0, 0, 0)
    assert [(version.name, str(version.valid_from), str(version.valid_to)) for version in versions] == [
        ("Tiểu học Hoàng Văn Thụ", "2000-07-01", "2024-07-01"),
        ("Tiểu học Mới", "2024-07-01", "None"),
    ]
    assert SchoolProfile.objects.count() == 2


def test_level_with_classes_stays() -> None:
    run(workbook(row(CAP_HOC="12")))
    SchoolClass.objects.create(
        start_year=2023, school=School.objects.get(), name="6A", grade_code="06", level_code="03"
    )

    result = run(workbook(row(CAP_HOC="1")))

    assert ("CAP_HOC", "INT-34") in {(problem.column, problem.code.value) for problem in result.problems}
    assert SchoolLevel.objects.count() == 2


def test_another_province_is_refused() -> None:
    run(workbook(row()))

    with pytest.raises(IntakeError, match="INT-74"):
        run(TEMPLATE)

    assert OrgUnit.objects.filter(code="64").count() == 0


def test_decomposed_names_are_composed_and_leading_zero_comes_back() -> None:
    name = "Tiê\u0309u  ho\u0323c  A"
    cells = {"MA_DON_VI": 1, "ID_SO": 1, "ID_PHONG": None, "MA_TINH_THANH": 1, "MA_QUAN_HUYEN": 1}

    result = run(workbook(row(1001401, name, **cells)))

    assert list(School.objects.values_list("unit__code", "unit__name")) == [("01001401", "Tiểu học A")]
    assert found(result) == [(5, "MA_TRUONG", "1001401", "INT-29")]


def without_column(name: str) -> bytes:
    place = [title.strip(" *") for title in HEADER].index(name)
    return workbook(
        [cell for column, cell in enumerate(row()) if column != place],
        header=[title for column, title in enumerate(HEADER) if column != place],
    )


def with_part(name: str) -> bytes:
    buffer = io.BytesIO(workbook(row()))
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr(name, b"x")
    return buffer.getvalue()


def merged() -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(workbook(row(), row("19164402"))))
    book["Sheet1"].merge_cells("B5:B6")
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def huge() -> bytes:
    buffer = io.BytesIO(workbook(row()))
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as archive, archive.open("xl/media/a.bin", "w") as part:
        for _ in range(501):
            part.write(bytes(1024 * 1024))
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("source", "code"),
    [
        (lambda: Path("no-such-file.xlsx"), "INT-01"),
        (lambda: b"MA_TRUONG,TEN_TRUONG_HOC\n", "INT-02"),
        (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), "INT-02"),
        (huge, "INT-03"),
        (lambda: with_part("xl/vbaProject.bin"), "INT-04"),
        (lambda: workbook(header=["STT", "Họ tên"]), "INT-05"),
        (lambda: without_column("MA_TRUONG"), "INT-06"),
        (lambda: without_column("CAP_HOC"), "INT-06"),
        (merged, "INT-07"),
        (lambda: workbook(row(), catalogue=[]), "INT-75"),
    ],
)  # fmt: skip
def test_file_is_refused_in_one_sentence(source: Any, code: str) -> None:
    with pytest.raises(IntakeError) as refused:
        run(source())

    assert refused.value.code == code
    assert not OrgUnit.objects.exists()


def test_labels_as_headers_and_formatted_empty_rows_are_no_hindrance() -> None:
    labels = ["Mã trường", "Tên trường", "Mã đơn vị quản lý", "Cấp học", "Mã đơn vị Sở"]
    values = ["19164401", "Tiểu học A", "164", "1", "19"]
    book = openpyxl.load_workbook(io.BytesIO(workbook(values, header=labels)))
    for number in range(6, 3000):
        book["Sheet1"].cell(number, 1).number_format = "@"
    buffer = io.BytesIO()
    book.save(buffer)

    result = run(buffer.getvalue())

    assert (counts(result), found(result)) == ((1, 0, 0, 0, 2), [])


def test_statements_do_not_grow_with_the_rows() -> None:
    run(workbook(row("19164400", "Có sẵn")))
    with CaptureQueriesContext(connection) as one:
        run(workbook(row()))
    with CaptureQueriesContext(connection) as many:
        run(workbook(*(row(f"191644{number}", f"Tiểu học {number}") for number in range(10, 60))))

    assert len(many) == len(one)


def test_result_is_what_the_command_prints_as_json() -> None:
    result = run(workbook(row(LOAI_HINH_TRUONG=11)))

    printed = json.loads(json.dumps(result.as_json(), ensure_ascii=False))
    assert list(printed) == ["created", "updated", "unchanged", "rejected", "units", "problems"]
    assert {key: printed["problems"][0][key] for key in ("sheet", "row", "column", "value", "code")} == {
        "sheet": "Sheet1", "row": 5, "column": "LOAI_HINH_TRUONG", "value": "11", "code": "INT-21",
    }  # fmt: skip


def test_accounts_reach_new_schools_as_soon_as_they_are_imported(monkeypatch) -> None:
    refreshed = []
    monkeypatch.setattr("csdl.intake.actions.schools.refresh_scopes", lambda: refreshed.append(True))

    run(REAL, dry_run=True)
    assert refreshed == []
    run(REAL)
    assert refreshed == [True]
    run(REAL)
    assert refreshed == [True]
