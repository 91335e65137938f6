"""The board, review, consolidation and settings pages: sums, who may what, costs that do not grow with the schools."""

import datetime as dt
import html
import io
import json
import re
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from django.urls import reverse

from csdl.access.actions import give_role
from csdl.access.actors import actor_for
from csdl.accounts.errors import NotAllowed
from csdl.audit.kinds import said
from csdl.audit.models import Event
from csdl.lib import clock
from csdl.orgs.models import UnitVersion
from csdl.reports.actions import accept_report, ask_unlock, consolidate, freeze, return_report, set_rules
from csdl.reports.models import DeadlineExtension, Reminder, ReportPeriod
from csdl.reports.outgoing import export_summed_form
from tests import builders as b
from tests.locks import opened_paper, opened_workbook
from tests.papers import text_of
from tests.portals.reporting import reporting
from tests.reports.chain import Chain, at, build_chain, sent

pytestmark = pytest.mark.django_db
BOARD = "/bao-cao/?ky=2024-dau-nam"


@pytest.fixture
def chain(db: None) -> Chain:
    return reporting()


def _text(answer) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def test_the_board_counts_what_was_sent_late_returned_and_missing(chain: Chain, web_client: Callable) -> None:
    sent(chain, 0)
    clock.move_to(at(18))
    sent(chain, 1)
    board = web_client(chain.actors["department"].account).get(BOARD)

    sums = board.context["all"]
    assert (sums.owed, sums.sent, sums.late, sums.overdue, sums.waiting) == (5, 2, 1, 3, 2)
    assert [(one.name, one.owed, one.sent) for one, _ in board.context["offices"]] == [
        ("Phòng GDĐT Lê Chân", 3, 2),
        ("Phòng GDĐT Ngô Quyền", 1, 0),
        ("Sở Giáo dục và Đào tạo", 1, 0),
    ]
    assert "đã quá 1 giờ" in _text(board)
    office = web_client(chain.actors["office"].account).get(BOARD)
    assert office.context["all"].owed == 3
    assert "Trường Tiểu học xa" not in office.content.decode()


def test_the_board_names_who_owes_none_and_says_why(chain: Chain, web_client: Callable) -> None:
    centre = b.school("Trung tâm Hướng nghiệp", levels=("04",), years=(2024,)).unit
    UnitVersion.objects.filter(unit=centre).update(kind="career_orientation_centre")
    board = web_client(chain.actors["department"].account).get(BOARD)

    assert [(one.name, level, one.parent_name) for one, level in board.context["none_owed"]] == [
        ("Trung tâm Hướng nghiệp", "Trung học phổ thông", "Sở Giáo dục và Đào tạo")
    ]
    assert board.context["all"].owed == 5
    assert "Đơn vị không phải lập báo cáo (1)" in _text(board)
    assert "hướng nghiệp không có học sinh, lớp học của một cấp học nên không có biểu nào để lập" in _text(board)
    office = web_client(chain.actors["office"].account).get(BOARD)
    assert office.context["none_owed"] == []


def test_filters_narrow_the_list_and_one_press_reminds_exactly_those(chain: Chain, web_client: Callable) -> None:
    sent(chain, 0)
    office = web_client(chain.actors["office"].account)
    narrowed = office.get(f"{BOARD}&tim=tieu hoc 2", headers={"HX-Request": "true"})
    assert narrowed.context["count"] == 1
    assert "<html" not in narrowed.content.decode()

    done = office.post(f"{reverse('authority:report-remind')}?ky=2024-dau-nam", follow=True)
    assert "Đã nhắc 2 báo cáo chưa gửi" in _text(done)
    assert {one.unit_id for one in Reminder.objects.all()} == {one.pk for one in chain.schools[1:]}
    home = web_client(chain.clerk(2).account).get("/")
    assert "phong (phong) nhắc: Hãy gửi báo cáo kỳ đầu năm học 2024-2025 trước 17:00 07/10/2024." in _text(home)


def test_ticked_reports_are_accepted_and_an_extension_is_given(chain: Chain, web_client: Callable) -> None:
    report = sent(chain, 0)
    office = web_client(chain.actors["office"].account)
    tick = f"{chain.schools[0].unit.public_id}.02"
    done = office.post(f"{reverse('authority:report-accept-many')}?ky=2024-dau-nam", {"chon": [tick]}, follow=True)
    assert "Đã duyệt 1 báo cáo." in _text(done)
    report.refresh_from_db()
    assert report.state == "approved_l1"

    here = reverse("authority:report-extend", args=["2024-dau-nam", chain.schools[1].unit.public_id])
    wrong = office.post(here, {"day": "9/10/2024", "hour": "25h", "reason": ""})
    assert "không phải giờ" in _text(wrong)
    assert "“9/10” thiếu năm." in _text(office.post(here, {"day": "9/10", "hour": "17h", "reason": "Mất điện"}))
    office.post(here, {"day": "9/10/2024", "hour": "17h", "reason": "Mất điện"})
    assert DeadlineExtension.objects.get().due_at == at(17, day=9)
    assert web_client(chain.actors["far office"].account).get(here).status_code == 404


def test_an_unlock_is_decided_on_the_reports_page(chain: Chain, web_client: Callable) -> None:
    report = sent(chain, 0)
    ask_unlock(actor=chain.clerk(), report=report, reason="Nhầm số phòng")
    office = web_client(chain.actors["office"].account)
    assert "1 yêu cầu mở khóa" in _text(office.get("/"))
    here = reverse("school:report-unlock-decide", args=[chain.schools[0].unit.public_id, "2024-dau-nam", "02"])
    done = office.post(here, {"gio": "24", "viec": "mo"}, follow=True)

    assert "Bị trả lại" in _text(done)
    report.refresh_from_db()
    assert report.open_until is not None


def test_settings_are_the_departments(chain: Chain, web_client: Callable) -> None:
    here = reverse("authority:report-settings", args=["2024-dau-nam"])
    assert web_client(chain.actors["office"].account).get(here).status_code == 403
    department = web_client(chain.actors["department"].account)
    department.post(here, {"viec": "quy-tac", "khoa": "1", "kiem": ["identities", "signed", "typed"]})
    department.post(here, {"sender": "school", "level_code": "01", "day": "08/10/2024", "hour": "17:00"})
    early = department.post(here, {"sender": "school", "day": "01/09/2024", "hour": "17:00"})
    none = department.post(here, {"viec": "quy-tac", "hai-nguoi": "1"})
    assert (none.status_code, "Hãy giữ ít nhất một điều kiện" in _text(none)) == (409, True)
    assert {held for _, _, held in none.context["checks"]} == {False}

    period = ReportPeriod.objects.get()
    assert (period.locks_when_late, period.four_eyes) == (True, False)
    assert period.required_checks == ["identities", "typed", "signed"]
    assert period.deadlines.get(sender="school", level_code="01").due_at == at(17, day=8)
    assert "trước ngày chốt 30/09/2024" in _text(early)


def test_hours_out_of_order_or_years_off_are_questioned_and_kept_with_the_words(
    chain: Chain, web_client: Callable
) -> None:
    department = web_client(chain.actors["department"].account)
    here = reverse("authority:report-settings", args=["2024-dau-nam"])
    hours = ReportPeriod.objects.get().deadlines
    asked = {"sender": "office", "day": "05/10/2024", "hour": "17:00"}

    page = department.post(here, asked)
    question = "Hạn gửi của Phòng 17:00 05/10/2024 trước hạn gửi của trường 07/10/2024, có phải 17:00 15/10/2024?"
    assert question in _text(page)
    far = department.post(here, asked | {"sender": "department", "day": "30/10/2034"})
    assert "quá xa hạn gửi của Phòng 15/10/2024, có phải 17:00 30/10/2024?" in _text(far)
    # Later than the office's: it is the office's that no longer climbs.
    assert "Hạn gửi của Phòng 17:00 15/10/2024 trước" in _text(
        department.post(here, asked | {"sender": "school", "day": "20/10/2024"})
    )
    key = page.context["form"].fields["xac-nhan"].widget.attrs["value"]
    bare = department.post(here, asked | {"xac-nhan": key})
    assert "Hãy ghi lý do xác nhận." in _text(bare)
    reason = {"note": "Đúng như văn bản", "source_text": "Phòng gửi trước 05/10"}
    # What was confirmed is that question and no other.
    assert question.replace("05/10/2024", "04/10/2024") in _text(
        department.post(here, asked | reason | {"xac-nhan": key, "day": "04/10/2024"})
    )
    assert hours.get(sender="office").due_at == at(17, day=15)

    done = department.post(here, asked | reason | {"xac-nhan": key}, follow=True)
    made = hours.get(sender="office")
    assert (made.due_at, made.note, made.source_text) == (at(17, day=5), *reason.values())
    assert "Văn bản in: Phòng gửi trước 05/10; Đúng như văn bản" in _text(done)


def test_another_period_has_its_own_days_and_odd_ones_are_confirmed(chain: Chain, web_client: Callable) -> None:
    department = web_client(chain.actors["department"].account)
    here = reverse("authority:report-period-new")
    asked = {
        "start_year": "2024",
        "kind": "BOY",
        "code": "2024-bo-sung",
        "name": "Kỳ bổ sung đầu năm học",
        "snapshot_on": "30/11/2023",
        "school_day": "05/12/2024",
        "school_hour": "16:00",
        "office_day": "10/12/2024",
        "department_day": "15/12/2024",
        "source_text": "Số liệu đến 30/11/2023",
        "note": "Theo công văn 12/SGDĐT",
    }
    doubted = department.post(here, asked)
    question = "Ngày chốt 30/11/2023 không thuộc năm học 2024-2025"
    assert question in _text(doubted)
    assert "có phải 30/11/2024?" in _text(doubted)
    assert ReportPeriod.objects.count() == 1

    department.post(here, asked | {"snapshot_on": "30/11/2024"})
    made = ReportPeriod.objects.get(code="2024-bo-sung")
    assert (made.name, made.snapshot_on, made.source_text) == (
        "Kỳ bổ sung đầu năm học",
        dt.date(2024, 11, 30),
        "Số liệu đến 30/11/2023",
    )
    assert made.deadlines.get(sender="school").due_at == at(16, day=5, month=12)
    assert "Mã kỳ gồm chữ thường" in _text(department.post(here, asked | {"code": "Kỳ 3"}))

    key = doubted.context["form"].fields["xac-nhan"].widget.attrs["value"]
    shown = department.post(here, asked | {"code": "2024-in-sai", "xac-nhan": key}, follow=True)
    odd = ReportPeriod.objects.get(code="2024-in-sai")
    assert (odd.snapshot_on, odd.note) == (dt.date(2023, 11, 30), "Theo công văn 12/SGDĐT")
    assert "Văn bản in Số liệu đến 30/11/2023" in _text(shown)


def test_the_department_opens_a_period_by_page(chain: Chain, web_client: Callable) -> None:
    department = web_client(chain.actors["department"].account)
    here, asked = reverse("authority:report-period-new"), {"start_year": "2024", "kind": "EOY"}
    doubted = department.post(here, asked)
    confirmed = asked | {"note": "Sở đóng kỳ đầu năm sau, theo công văn"}
    made = department.post(here, confirmed, follow=True)
    again = department.post(here, confirmed)

    # The end of a year is compared with its start: still open, that is asked about, and may be overruled with a reason.
    assert "Kỳ đầu năm học 2024-2025 chưa đóng: mới hoàn thành 0/5 báo cáo. Số cuối năm được so với" in _text(doubted)
    assert ReportPeriod.objects.get(kind="EOY").note == "Sở đóng kỳ đầu năm sau, theo công văn"
    assert "Đã mở kỳ cuối năm học 2024-2025, chốt số liệu cuối ngày 31/05/2025." in _text(made)
    assert "Đã có kỳ báo cáo mã 2024-cuoi-nam." in _text(again)


def test_the_office_adds_up_and_a_school_does_not_see_it(chain: Chain, web_client: Callable) -> None:
    accept_report(actor=chain.actors["office"], report=sent(chain, 0))
    office = web_client(chain.actors["office"].account)
    made = office.post(reverse("authority:report-consolidation-make", args=["2024-dau-nam"]), follow=True)
    assert "tổng hợp lần 1, 1/3 đơn vị, 2 học sinh." in _text(made)
    here = reverse("authority:report-consolidation", args=["2024-dau-nam", chain.office.public_id, "02"])
    page = office.get(here)
    assert "Đang cộng lại từ 1 báo cáo" in _text(page)
    for again in (
        office.get(here, {"phan": "cong-lai"}),
        office.get(here, {"phan": "cong-lai"}, headers={"HX-Request": "true"}),
    ):
        assert "Đã cộng lại từ 1 báo cáo: khớp từng ô, 2 học sinh đếm lại đủ." in _text(again)
    assert "Trường Tiểu học 1 – chưa lập" in _text(page)
    form = office.get(f"{here}bieu/02-DN-TH/?phan=III")
    assert "Tổng quy mô" in _text(form)
    cell = office.get(f"{here}bieu/02-DN-TH/o/37:total_all/", headers={"HX-Request": "true"})
    assert "Trường Tiểu học 0 2" in _text(cell)
    for name in ("head0", "far office"):
        assert web_client(chain.actors[name].account).get(here).status_code == 404
    assert web_client(chain.actors["office"].account).get(f"{here}ky/").status_code == 302


def test_what_stands_out_has_its_page(chain: Chain, web_client: Callable) -> None:
    freeze(actor=b.SYSTEM, period=chain.period)
    page = web_client(chain.actors["department"].account).get(reverse("authority:report-outliers"))

    assert page.status_code == 200
    # Five schools of one year: there is nothing to hold them against, and nothing is said to be usual.
    assert "Không có chỉ số khác thường" not in _text(page)
    assert "Chưa so được" in _text(page)
    assert "hiện có 5" in _text(page)


@pytest.mark.parametrize("schools", [1, 3])
@pytest.mark.parametrize(
    ("address", "queries"),
    [
        (BOARD, 17),
        ("/bao-cao/2024-dau-nam/tong-hop/", 15),
        ("/bao-cao/khac-thuong/", 17),
        ("consolidation", 17),
        ("/", 37),
    ],
)
def test_lists_cost_the_same_with_one_school_and_with_three(
    october: ReportPeriod, web_client: Callable, django_assert_num_queries, address: str, queries: int, schools: int
) -> None:
    chain = build_chain(october, schools=schools)
    for place in range(schools):
        accept_report(actor=chain.actors["office"], report=sent(chain, place))
    consolidate(actor=chain.actors["office"], period=october, unit=chain.office, level_code="02")
    set_rules(actor=b.SYSTEM, period=october, locks_when_late=True)
    if address == "consolidation":
        address = reverse("authority:report-consolidation", args=["2024-dau-nam", chain.office.public_id, "02"])
    office = web_client(chain.actors["office"].account)
    office.get(address)

    with django_assert_num_queries(queries):
        assert office.get(address).status_code == 200


@pytest.fixture
def october(db: None) -> ReportPeriod:
    from csdl.reports.actions import open_usual_period

    b.school_year(2024, current=True)
    clock.move_to(at(9, day=3))
    return open_usual_period(actor=b.SYSTEM, start_year=2024, kind="BOY")


def test_pictures_stand_beside_their_tables_which_leave_as_files(chain: Chain, web_client: Callable) -> None:
    for place in range(2):
        sent(chain, place)
    office = web_client(chain.actors["office"].account)
    here = reverse("authority:report-pictures", args=["2024-dau-nam"])
    page = office.get(here)
    text = _text(page)

    assert "Cộng 2/3 báo cáo đã gửi." in text
    assert "Còn thiếu 1 báo cáo" in text
    assert "Khối 1 4 0 4 0,0%" in text
    assert 'data-picture="stack" data-table="bang-theo-lop"' in page.content.decode()
    export = reverse("authority:report-picture-export", args=["2024-dau-nam", "theo-lop"])
    assert "Hãy chọn mục đích" in _text(office.post(export, {"columns": ["label", "all"]}))
    taken = office.post(export, {"purpose": "report", "columns": ["label", "male", "female", "all", "female_share"]})
    sheet = list(openpyxl.load_workbook(io.BytesIO(taken.content))["Số liệu"].values)
    assert sheet[0] == ("Khối", "Nam", "Nữ", "Tổng", "Tỷ lệ nữ (%)")
    assert sheet[1] == ("Khối 1", 4, 0, 4, 0)
    event = Event.objects.get(kind="data:export")
    assert (event.unit_id, event.data["what"], event.data["purpose"]) == (chain.office.pk, "picture-theo-lop", "report")
    # Another office's is none of its business; the department opens an office's from its own.
    far = chain.far.unit.parent
    assert office.get(f"{here}?don-vi={far.public_id}").status_code == 404
    department = web_client(chain.actors["department"].account)
    assert "Cộng 2/3 báo cáo đã gửi." in _text(department.get(f"{here}?don-vi={chain.office.public_id}"))
    assert "Chưa có báo cáo nào được gửi" in _text(web_client(chain.actors["far office"].account).get(here))
    own = reverse("school:report-pictures", args=[chain.schools[0].unit.public_id, "2024-dau-nam"])
    assert f'href="{own}?cap=02"' in page.content.decode()
    assert "Lớp 1A" in _text(web_client(chain.clerk(0).account).get(own))
    assert web_client(chain.clerk(1).account).get(own).status_code == 404


def test_links_open_the_board_with_exactly_what_they_name(chain: Chain, web_client: Callable) -> None:
    sent(chain, 0)
    sent(chain, 4)
    return_report(actor=chain.actors["office"], report=sent(chain, 1), reason="Sai lớp")
    clock.move_to(at(18))

    def found(client: Any, page: str, text: str) -> tuple[list[str], list[str]]:
        """What the link says of the office and the standing, and the schools of the board behind it."""
        (url,) = re.findall(rf'href="([^"]+)">{text}', client.get(page).content.decode())
        board = client.get(html.unescape(url).partition("#")[0])
        return [one.chosen_label for one in board.context["filters"] if one.value], [
            line.name for line, *_ in board.context["listing"].items
        ]

    pictures = reverse("authority:report-pictures", args=["2024-dau-nam"])
    department = web_client(chain.actors["department"].account)
    missing = "Chưa gửi, kể cả quá hạn, bị trả lại"
    assert found(department, pictures, "Xem đơn vị chưa gửi") == (
        [missing],
        ["Trường Tiểu học 1", "Trường Tiểu học 2", "Trường Tiểu học trực thuộc"],
    )
    assert found(department, f"{pictures}?don-vi={chain.office.public_id}", "Xem đơn vị chưa gửi") == (
        ["Phòng GDĐT Lê Chân", missing],
        ["Trường Tiểu học 1", "Trường Tiểu học 2"],
    )
    # A task counts what the account's own unit takes.
    assert found(department, "/", "báo cáo quá hạn chưa gửi") == (
        ["Sở Giáo dục và Đào tạo", "Quá hạn, chưa gửi"],
        ["Trường Tiểu học trực thuộc"],
    )
    office = web_client(chain.actors["office"].account)
    assert found(office, "/", "báo cáo quá hạn chưa gửi") == (["Quá hạn, chưa gửi"], ["Trường Tiểu học 2"])


def test_a_consolidated_form_leaves_for_a_purpose(chain: Chain, web_client: Callable) -> None:
    accept_report(actor=chain.actors["office"], report=sent(chain, 0))
    row = consolidate(actor=chain.actors["office"], period=chain.period, unit=chain.office, level_code="02")
    key = ["2024-dau-nam", chain.office.public_id, "02", "02-DN-TH"]
    here = reverse("authority:report-consolidation-export", args=key)
    office = web_client(chain.actors["office"].account)

    assert here in office.get(reverse("authority:report-consolidation-form", args=key)).content.decode()
    assert "Hãy chọn mục đích" in _text(office.post(here, {"format": "json"}))
    assert "Hãy ghi rõ dùng vào việc gì." in _text(office.post(here, {"format": "json", "purpose": "other"}))
    taken = office.post(here, {"format": "json", "purpose": "report", "reason": "Gửi Sở"})
    assert json.loads(taken.content)["report"]["sha256"] == row.current.digest
    event = Event.objects.get(kind="report:export_consolidation")
    assert said(event.kind, event.data) == (
        "Tải biểu tổng hợp 02-DN-TH, kỳ 2024-dau-nam, lần 1; mục đích: Báo cáo cơ quan quản lý. Gửi Sở"
    )
    asked = {"purpose": "report", "file_password": "Truong-2024"}
    assert "Tệp JSON không đặt được mật khẩu" in _text(office.post(here, asked | {"format": "json"}))
    sheet, paper = (office.post(here, asked | {"format": kind}).content for kind in ("xlsx", "pdf"))
    assert opened_workbook(sheet, "Truong-2024")[:2] == b"PK"
    assert row.current.digest[:16] in text_of(opened_paper(paper, "Truong-2024"))
    told = [said(one.kind, one.data) for one in Event.objects.filter(kind=event.kind).order_by("pk")]
    assert [line.endswith("; có mật khẩu mở tệp") for line in told] == [False, True, True]
    for who in ("far office", "clerk0"):
        assert web_client(chain.actors[who].account).get(here).status_code == 404


def test_a_right_to_take_out_held_elsewhere_takes_no_sum_out(chain: Chain, web_client: Callable) -> None:
    account = b.account("thanh.tra", "inspector", chain.office)
    far = chain.far.unit.parent
    give_role(actor=b.SYSTEM, account=account, role_code="office_head", unit=far, valid_from=dt.date(2020, 1, 1))
    accept_report(actor=chain.actors["office"], report=sent(chain, 0))
    row = consolidate(actor=chain.actors["office"], period=chain.period, unit=chain.office, level_code="02")
    key = ["2024-dau-nam", chain.office.public_id, "02"]
    form = [*key, "02-DN-TH"]
    here = reverse("authority:report-consolidation-export", args=form)
    client = web_client(account)
    pages = [
        client.get(reverse("authority:report-consolidation", args=key)),
        client.get(reverse("authority:report-consolidation-form", args=form)),
    ]

    assert [(page.status_code, here in page.content.decode()) for page in pages] == [(200, False), (200, False)]
    assert client.post(here, {"format": "json", "purpose": "report"}).status_code == 403
    with pytest.raises(NotAllowed):
        export_summed_form(actor=actor_for(account), version=row.current, form_code="02-DN-TH", format="json")


def test_a_form_says_what_the_circulars_changed(chain: Chain, web_client: Callable) -> None:
    sent(chain, 0)
    form = reverse("school:report-form", args=[chain.schools[0].unit.public_id, "2024-dau-nam", "02", "02-DN-TH"])
    text = _text(web_client(chain.clerk(0).account).get(form))

    assert "Thông tư 24/2018/TT-BGDĐT → Thông tư 25/2024/TT-BGDĐT, từ 09/02/2025" in text
    assert (
        "Dòng, mã, cột giữ như Thông tư 24/2018/TT-BGDĐT (chưa đối chiếu với phụ lục); "
        "số liệu trước và sau so sánh được." in text
    )


def test_what_was_given_back_counts_as_returned_until_it_is_sent_again(chain: Chain, web_client: Callable) -> None:
    for place in (0, 1):
        return_report(actor=chain.actors["office"], report=sent(chain, place), reason="Xem lại dòng 40")
    freeze(actor=chain.clerk(), period=chain.period, unit=chain.schools[0].unit)
    clock.move_to(at(18))

    office = web_client(chain.actors["office"].account)
    board = office.get(BOARD)
    returned, repaired = (office.get(f"{BOARD}&tinh-trang={key}").context["count"] for key in ("tra-lai", "dang-sua"))

    said = {row[0].name: row[2] for row in board.context["listing"].items}
    assert said["Trường Tiểu học 0"] == "Bị trả lại, đang sửa"
    assert said["Trường Tiểu học 1"] == "Bị trả lại"
    assert (board.context["all"].returned, board.context["all"].overdue) == (2, 1)
    assert (returned, repaired) == (2, 1)
