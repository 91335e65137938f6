"""A frozen form as a file: the ministry's layout cell for cell, the paper, the JSON that explains itself."""

import datetime as dt
import io
import json
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from csdl.access.actors import actor_for
from csdl.accounts.errors import CsdlError, NotAllowed
from csdl.audit.models import Event
from csdl.cli import report
from csdl.orgs.models import OrgUnit, UnitVersion
from csdl.reports.actions import accept_report, consolidate, draft_of, type_cells
from csdl.reports.errors import ReportError
from csdl.reports.forms import bases, form, forms
from csdl.reports.layouts import layout_of
from csdl.reports.models import ConsolidationVersion, ReportPeriod
from csdl.reports.outgoing import export_form, export_summed_form
from csdl.reports.queries import frozen_form
from tests import builders as b
from tests.papers import is_pdf_a_2b, text_of
from tests.reports.builders import frozen, primary
from tests.reports.chain import Chain, build_chain, sent

pytestmark = [pytest.mark.django_db, pytest.mark.server]
OFFICIAL = Path(__file__).parents[1] / "data" / "bieu-02-th-dn.xlsx"
SHEETS = ["I", "III", "IV", "V"]


@pytest.fixture
def snapshot(october: ReportPeriod):
    where, _ = primary()
    b.teacher(where, year=2024)
    where.rooms.create(
        start_year=2024, level_code="02", room_code="01", permanent_count=4, semi_permanent_count=2, temporary_count=1
    )
    draft = draft_of(actor=b.SYSTEM, period=october, unit=where.unit, level_code="02")
    type_cells(actor=b.SYSTEM, report=draft, form_code="NS", figures={("25", "planned"): Decimal("1250.5")})
    return frozen(where, october)


def _book(snapshot, form_code: str, *, values: bool = False):
    made = export_form(actor=b.SYSTEM, snapshot=snapshot, form_code=form_code, format="xlsx")
    return openpyxl.load_workbook(io.BytesIO(made.content), data_only=values)


def _is_figure(sheet, cell) -> bool:
    return cell.column > 4 and isinstance(sheet.cell(cell.row, 4).value, int)


def test_form_02_stands_cell_for_cell_where_the_ministry_has_it(snapshot) -> None:
    official, ours = openpyxl.load_workbook(OFFICIAL), _book(snapshot, "02-DN-TH")
    printed = 0
    # Whoever reports writes in who it is ("Sở GDĐT tỉnh…"), of which year and to whom.
    filled = {
        ("I", "D2"): "Trường Tiểu học Thử",
        ("I", "B3"): "(có đến 30 tháng 9 năm 2024)",
        ("I", "D4"): snapshot.parent_name,
    }

    assert snapshot.parent_name
    assert ours.sheetnames == SHEETS
    for name in SHEETS:
        theirs, mine = official[name], ours[name]
        for row in theirs.iter_rows():
            for cell in row:
                if _is_figure(theirs, cell):
                    continue
                if (name, cell.coordinate) in filled:
                    assert mine[cell.coordinate].value == filled[name, cell.coordinate]
                elif cell.value not in (None, ""):
                    assert mine[cell.coordinate].value == cell.value, f"{name}!{cell.coordinate}"
                    printed += 1
        extra = {
            cell.coordinate
            for row in mine.iter_rows()
            for cell in row
            if cell.value is not None and not _is_figure(mine, cell) and theirs[cell.coordinate].value in (None, "")
        }
        assert extra == set(), name
        assert {str(one) for one in mine.merged_cells.ranges} == {str(one) for one in theirs.merged_cells.ranges}
    assert printed > 500


def test_form_02_has_a_figure_in_every_cell_that_the_ministry_fills(snapshot) -> None:
    official, ours = openpyxl.load_workbook(OFFICIAL), _book(snapshot, "02-DN-TH")
    values = _book(snapshot, "02-DN-TH", values=True)
    one = frozen_form(snapshot, form("02-DN-TH", "tt24"))
    seen, blocked = 0, []

    for name in SHEETS:
        for row in official[name].iter_rows():
            for cell in row:
                if not _is_figure(official[name], cell) or cell.value is None:
                    continue
                code = official[name].cell(cell.row, 4).value
                line = one.form.row(str(code))
                figure = one.cell(line, line.columns[cell.column - 5])
                mine = ours[name][cell.coordinate].value
                if cell.value == "#":
                    blocked.append((code, cell.coordinate))
                    assert mine == "#"
                elif isinstance(cell.value, str) and cell.value.startswith("="):
                    assert mine == cell.value
                    # The result stands in the file too: a reader that does not calculate sees it.
                    assert (values[name][cell.coordinate].value or 0) == figure
                else:
                    assert mine == figure, f"{name}!{cell.coordinate}"
                seen += 1
    assert blocked == [(76, f"{letter}51") for letter in "GHKLOP"]
    assert seen == 36 * 3 + 41 * 12 + 42 * 15 + 13 * 12
    assert (values["III"]["E5"].value, values["V"]["E4"].value, values["V"]["F4"].value) == (2, 7, 4)


def test_every_form_has_a_sheet_for_each_of_its_rows() -> None:
    for basis in bases():
        for one in forms(basis).values():
            lines = [code for sheet in layout_of(one) for code in sheet.lines]
            assert lines == [row.code for row in one.rows], one.code
            names = [sheet.name for sheet in layout_of(one)]
            assert len(set(names)) == len(names)


def test_budgets_keep_their_fractions_and_what_nobody_typed_is_blank(snapshot) -> None:
    sheet = _book(snapshot, "NS").worksheets[0]
    line = next(row for row in sheet.iter_rows() if row[3].value == 25)

    assert [cell.value for cell in line[4:7]] == [None, 1250.5, None]


def test_the_paper_is_kept_for_years_and_says_what_it_is(snapshot) -> None:
    made = export_form(actor=b.SYSTEM, snapshot=snapshot, form_code="02-DN-TH", format="pdf")
    text = text_of(made.content)

    assert is_pdf_a_2b(made.content)
    for said in (
        "BÁO CÁO THỐNG KÊ GIÁO DỤC TIỂU HỌC",
        "Biểu số 02.ĐN-TH – Kỳ đầu năm học 2024-2025",
        "Căn cứ: Thông tư 24/2018/TT-BGDĐT. Số liệu có đến hết ngày 30/09/2024.",
        "Học sinh 6 tuổi học lớp 1",
        "#",
        "HIỆU TRƯỞNG",
        f"Mã băm {snapshot.digest[:16]}",
    ):
        assert said in text
    assert "Dự thảo" not in text


def test_a_form_that_is_only_believed_to_be_right_says_so(october: ReportPeriod) -> None:
    where = b.school(levels=("03",), years=(2024,))
    snapshot = frozen(where, october)

    paper = export_form(actor=b.SYSTEM, snapshot=snapshot, form_code="03-DN-THCS", format="pdf")
    sheet = _book(snapshot, "03-DN-THCS").worksheets[0]

    assert "Dự thảo. Chưa có biểu chính thức" in text_of(paper.content)
    assert sheet["B5"].value.startswith("Dự thảo: Chưa có biểu chính thức")


def test_json_explains_every_row_and_column(snapshot) -> None:
    made = export_form(actor=b.SYSTEM, snapshot=snapshot, form_code="02-DN-TH", format="json")
    read = json.loads(made.content)
    rows = {row["code"]: row["figures"] for row in read["rows"]}

    assert made.name == f"02-DN-TH_{snapshot.unit.code}_2024-dau-nam.json"
    assert read["report"]["sha256"] == snapshot.digest
    assert (read["form"]["legal_basis"], read["form"]["certainty"]) == ("Thông tư 24/2018/TT-BGDĐT", "exact")
    assert (rows["37"]["total_all"], rows["37"]["private_all"], rows["76"]["total_ethnic"]) == (2, 0, "#")
    assert rows["25"] == {"total": None, "public": None, "private": None}
    assert set(read["dictionary"]["rows"]) == set(rows)
    assert read["dictionary"]["rows"]["40"]["definition"].endswith("khối là Khối 1.")
    assert [one["code"] for one in read["dictionary"]["columns"]["pupil"]] == list(rows["37"])


def test_taking_a_form_out_is_logged_and_asks_for_the_right(snapshot) -> None:
    stranger = actor_for(b.account("khac", "school_head", b.school("Trường khác", years=(2024,)).unit))

    with pytest.raises(NotAllowed):
        export_form(actor=stranger, snapshot=snapshot, form_code="02-DN-TH", format="pdf")
    for wrong in ({"form_code": "03-DN-THCS", "format": "pdf"}, {"form_code": "02-DN-TH", "format": "doc"}):
        with pytest.raises(ReportError):
            export_form(actor=b.SYSTEM, snapshot=snapshot, **wrong)
    export_form(actor=b.SYSTEM, snapshot=snapshot, form_code="NS", format="json")
    (event,) = Event.objects.filter(kind="report:export")
    assert (event.unit_id, event.data["form"], event.data["version"]) == (snapshot.unit_id, "NS", 1)


def _sum_of(chain: Chain, *places: int) -> ConsolidationVersion:
    for place in places:
        accept_report(actor=chain.actors["office"], report=sent(chain, place))
    row = consolidate(actor=chain.actors["office"], period=chain.period, unit=chain.office, level_code="02")
    return row.current


def test_a_consolidated_form_leaves_as_the_ministry_has_it_and_names_who_is_missing(october: ReportPeriod) -> None:
    chain = build_chain(october)
    version = _sum_of(chain, 0, 1)
    # The paper names the office as it was on the day of the figures, whatever it is called now.
    UnitVersion.objects.filter(unit=chain.office).update(valid_to=dt.date(2024, 10, 2))
    renamed = UnitVersion.objects.get(unit=chain.office)
    renamed.pk, renamed.valid_from, renamed.valid_to = None, dt.date(2024, 10, 2), None
    renamed.name = "Phòng Văn hóa – Xã hội phường Lê Chân"
    renamed.save(force_insert=True)
    OrgUnit.objects.filter(pk=chain.office.pk).update(name=renamed.name)
    version = ConsolidationVersion.objects.get(pk=version.pk)
    taken = {
        name: export_summed_form(
            actor=chain.actors["office"], version=version, form_code="02-DN-TH", format=name, purpose="Báo cáo Sở"
        ).content
        for name in ("xlsx", "pdf", "json")
    }

    official = openpyxl.load_workbook(OFFICIAL)["III"]
    ours = openpyxl.load_workbook(io.BytesIO(taken["xlsx"]), data_only=True)
    assert [ours["III"][cell].value for cell in ("B5", "D5")] == [official[cell].value for cell in ("B5", "D5")]
    assert (ours["I"]["D2"].value, ours["III"]["E5"].value) == ("Phòng GDĐT Lê Chân", 4)
    text = text_of(taken["pdf"])
    assert is_pdf_a_2b(taken["pdf"])
    for said in (
        "TRƯỞNG PHÒNG",
        "Chưa có số liệu của 1/3 đơn vị: Trường Tiểu học 2 (chưa lập).",
        "lần tổng hợp 1: 2/3 đơn vị",
        f"Mã băm {version.digest[:16]}",
    ):
        assert said in text
    read = json.loads(taken["json"])
    assert {
        name: read["report"][name]
        for name in ("consolidation", "unit_name", "included_units", "missing_units", "sha256")
    } == {
        "consolidation": 1,
        "unit_name": "Phòng GDĐT Lê Chân",
        "included_units": 2,
        "missing_units": [
            {
                "unit_code": chain.schools[2].unit.code,
                "public_id": str(chain.schools[2].unit.public_id),
                "name": "Trường Tiểu học 2",
                "state": "Chưa lập",
            }
        ],
        "sha256": version.digest,
    }
    assert {row["code"]: row["figures"] for row in read["rows"]}["37"]["total_all"] == 4
    assert set(read["dictionary"]["rows"]) == {row["code"] for row in read["rows"]}
    events = Event.objects.filter(kind="report:export_consolidation").order_by("pk")
    assert [(one.unit_id, one.data["format"], one.data["purpose"]) for one in events] == [
        (chain.office.pk, name, "Báo cáo Sở") for name in taken
    ]


def test_a_consolidated_form_is_not_its_schools_nor_another_offices(october: ReportPeriod) -> None:
    chain = build_chain(october)
    version = _sum_of(chain, 0)

    for who in ("far office", "head0"):
        with pytest.raises(NotAllowed):
            export_summed_form(actor=chain.actors[who], version=version, form_code="02-DN-TH", format="xlsx")
    with pytest.raises(ReportError, match="Các biểu: 02-DN-TH"):
        export_summed_form(actor=b.SYSTEM, version=version, form_code="03-DN-THCS", format="xlsx")


def test_the_command_takes_a_consolidated_form_out(october: ReportPeriod, tmp_path: Path, capsys) -> None:
    chain = build_chain(october)
    version = _sum_of(chain, 0)
    OrgUnit.objects.filter(pk=chain.office.pk).update(code="313")
    asked = {
        "period_code": october.code,
        "unit_code": "313",
        "form_code": "02-DN-TH",
        "version": None,
        "wanted": "json",
        "out": tmp_path / "tong-hop.json",
        "json_wanted": False,
    }
    export = report.export.callback.__wrapped__

    export(level_code="", **asked)

    assert "biểu 02-DN-TH tổng hợp của Phòng GDĐT Lê Chân, lần tổng hợp 1, 1/3 đơn vị" in capsys.readouterr().out
    assert json.loads(asked["out"].read_text())["report"]["sha256"] == version.digest
    with pytest.raises(ReportError, match="Hãy tổng hợp trước: csdl report consolidate"):
        export(level_code="03", **asked)
    with pytest.raises(ReportError, match=r"không có lần tổng hợp 7\. Các lần: 1"):
        export(level_code="", **(asked | {"version": 7}))


def test_the_commands_say_why_there_is_nothing_to_take(snapshot, tmp_path: Path) -> None:
    OrgUnit.objects.filter(pk=snapshot.unit_id).update(code="31305401")
    OrgUnit.objects.filter(pk=b.office().pk).update(code="313")
    asked = {"period_code": "2024-dau-nam", "unit_code": "31305401", "form_code": "02-DN-TH", "version": None}
    asked |= {"level_code": "", "wanted": "json", "out": tmp_path / "bieu.json", "json_wanted": False}
    export = report.export.callback.__wrapped__

    for change, said in (
        ({"version": 9}, r"không có lần chốt 9\. Các lần: 1"),
        ({"form_code": "03-DN-THCS"}, "không có báo cáo cấp học 03 .* Các cấp học phải báo cáo: 02"),
        ({"level_code": "99"}, "không có báo cáo cấp học 99"),
    ):
        with pytest.raises(ReportError, match=said):
            export(**(asked | change))
    del asked["wanted"], asked["out"]
    with pytest.raises(CsdlError, match="Hãy tổng hợp trước"):
        report.trace.callback.__wrapped__(cell="40:1", with_rows=False, **(asked | {"unit_code": "313"}))
