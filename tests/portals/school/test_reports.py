"""A unit's report pages: steps, form, cell, signing; who sees what; costs that do not grow."""

import datetime as dt
import html
import re
from collections.abc import Callable

import pytest
from django.urls import reverse

from csdl.accounts.errors import InvalidRecord
from csdl.audit.kinds import said
from csdl.audit.models import Event
from csdl.lib import clock
from csdl.reports.actions import (
    OWN_FREEZE,
    explain_check,
    freeze,
    open_usual_period,
    return_report,
)
from csdl.reports.identities import column_checks
from csdl.reports.models import CellRemark, CheckExplanation, FailedCheck, Signature, TypedCell
from csdl.reports.queries import failures
from csdl.staff.models import StaffPosting
from csdl.students.models import Student
from tests import builders as b
from tests.locks import opened_paper, opened_workbook
from tests.portals.reporting import code_now, reporting
from tests.reports.chain import Chain, at, prepared, sent

pytestmark = pytest.mark.django_db
SHOWN = 100


@pytest.fixture
def chain(db: None) -> Chain:
    return reporting()


def _url(chain: Chain, name: str, *more: str, place: int = 0) -> str:
    where = [*chain.schools, chain.direct, chain.far][place]
    return reverse(f"school:{name}", args=[where.unit.public_id, "2024-dau-nam", "02", *more])


def _frozen(chain: Chain, place: int = 0) -> None:
    freeze(actor=chain.clerk(place), period=chain.period, unit=chain.schools[place].unit)


def test_a_clerk_walks_the_steps(chain: Chain, web_client: Callable) -> None:
    clerk = web_client(chain.clerk().account)
    listed = clerk.get(reverse("school:report-list", args=[chain.schools[0].unit.public_id]))
    assert "Chưa chốt số liệu. Hạn gửi 17:00 07/10/2024, còn 4 ngày 8 giờ." in " ".join(listed.content.decode().split())

    frozen = clerk.post(_url(chain, "report-freeze"), follow=True)
    assert "Đã chốt lần 1: 2 học sinh, 2 lớp, 0 cán bộ" in frozen.content.decode()
    assert [(step.key, step.word) for step in frozen.context["steps"]] == [
        ("chot", "Đã chốt"),
        ("nhap", "58 dòng"),
        ("kiem", "Còn 1 lỗi"),
        ("ky", "Chưa ký"),
        ("gui", "Chưa gửi"),
    ]
    (one,) = failures(chain.report(chain.schools[0]).snapshot)
    field = f"giai-trinh-{':'.join(one.key)}"
    blank = clerk.post(_url(chain, "report-explain"), {field: " "})
    assert (blank.status_code, "Chưa lưu gì" in blank.content.decode()) == (409, True)
    done = clerk.post(
        _url(chain, "report-explain"),
        {field: "Khai sinh đang xin lại"},
        follow=True,
    )
    assert "Đã lưu giải trình." in done.content.decode()
    assert done.context["steps"][2].word == "Đã giải trình"
    again = clerk.post(_url(chain, "report-freeze"), follow=True)
    assert "Lần 2 so với lần 1: 0 dòng khác" in again.content.decode()
    # The same figures: what was said of them holds.
    assert clerk.get(_url(chain, "report-detail")).context["steps"][2].word == "Đã giải trình"


@pytest.mark.parametrize(
    ("kind", "period", "day", "first"),
    [("BOY", "2024-dau-nam", "30/09/2024", "01/10/2024"), ("EOY", "2024-cuoi-nam", "31/05/2025", "01/06/2025")],
)
def test_before_the_snapshot_day_the_pages_say_from_when_it_can_be_frozen(
    chain: Chain, web_client: Callable, kind: str, period: str, day: str, first: str
) -> None:
    if kind == "EOY":
        open_usual_period(actor=b.SYSTEM, start_year=2024, kind=kind, note="Năm đầu dùng hệ thống")
    clock.move_to(at(9, day=30, month=9))
    clerk = web_client(chain.clerk().account)
    where = [chain.schools[0].unit.public_id, period, "02"]

    page = clerk.get(reverse("school:report-detail", args=where))
    freezing, typing = page.context["steps"][:2]
    assert (freezing.word, typing.text.partition(": ")[2]) == (
        "Chưa đến ngày",
        f"nhập trong biểu từ bây giờ cũng được, rồi chốt từ ngày {first}.",
    )
    assert freezing.text == f"Chốt được từ ngày {first}, khi đã hết ngày {day}; đến lúc ấy sửa hồ sơ bình thường."
    assert reverse("school:report-freeze", args=where) not in page.content.decode()
    listed = clerk.get(reverse("school:report-list", args=where[:1])).content.decode()
    assert f"Chốt được từ ngày {first}. Hạn gửi" in " ".join(listed.split())


def test_typed_before_the_snapshot_day_waits_for_the_freeze(chain: Chain, web_client: Callable) -> None:
    clock.move_to(at(23, 59, day=30, month=9))
    clerk = web_client(chain.clerk().account)
    here = _url(chain, "report-form", "NS") + "?phan=II"
    assert "Chốt được từ ngày 01/10/2024: các ô tính" in clerk.get(here).content.decode()
    typed = clerk.post(here, {"15:planned": "12"}, follow=True).content.decode()
    assert "Đã ghi 1 ô. Chốt từ ngày 01/10/2024 để đưa vào biểu." in typed

    clock.move_to(at(0, day=1))
    page = clerk.get(_url(chain, "report-detail"))
    assert page.context["steps"][0].word == "Chưa chốt"
    assert _url(chain, "report-freeze") in page.content.decode()


def test_the_form_reads_like_the_paper_and_a_cell_opens(chain: Chain, web_client: Callable) -> None:
    _frozen(chain)
    clerk = web_client(chain.clerk().account)
    page = clerk.get(_url(chain, "report-form", "02-DN-TH") + "?phan=III").content.decode()
    assert "Tổng quy mô" in page
    here, cell = _url(chain, "report-form", "02-DN-TH"), _url(chain, "report-cell", "02-DN-TH", "37:total_all")
    assert f'href="{cell.removeprefix(here)}"' in page
    assert "không điền" in page  # row 76 has no ethnic columns
    panel = clerk.get(_url(chain, "report-cell", "02-DN-TH", "37:total_all"), headers={"HX-Request": "true"})
    text = panel.content.decode()

    assert "<html" not in text
    assert "Được đếm: 2" in text
    assert "Học sinh 1A" in text
    assert "Đếm học sinh đang học ở cuối ngày chốt." in text


def test_typed_cells_are_written_and_faults_said_at_once(chain: Chain, web_client: Callable) -> None:
    clerk = web_client(chain.clerk().account)
    here = _url(chain, "report-form", "NS") + "?phan=II"
    page = clerk.get(here)
    names = [one.split('"')[0] for one in page.content.decode().split('class="sheet-input" name="')[1:]]
    wrong = clerk.post(here, {names[0]: "mười", names[1]: "1e9"})
    assert wrong.status_code == 409
    assert [one.partition(". Chỉ viết")[0] for _, one in wrong.context["faults"]] == [
        "Dòng 15, cột “Quyết toán chi NSNN (năm tài chính n-1)”: “mười” không phải số",
        "Dòng 15, cột “Chi NSNN (năm tài chính n) – Dự toán”: “1e9” không phải số",
    ]
    large = clerk.post(here, {names[0]: "9" * 20, names[1]: "1,23456"})
    assert ["số quá lớn" in one or "3 chữ số sau dấu phẩy" in one for _, one in large.context["faults"]] == [True, True]

    saved = clerk.post(here, {names[0]: "1.234,5", names[1]: "12"}, follow=True)
    assert "Đã ghi 2 ô. Chốt lại để đưa vào biểu." in saved.content.decode()
    assert sorted(float(one) for one in TypedCell.objects.values_list("figure", flat=True)) == [12.0, 1234.5]
    assert 'value="1.234,5"' in saved.content.decode()


def _boxes(content: bytes) -> dict[str, str]:
    """What a browser would post from the page: every field of the grid, and what the page showed."""
    found = re.findall(r'<input (?:class="sheet-input"|type="hidden") name="([^"]+)" value="([^"]*)"', content.decode())
    return {name: html.unescape(text) for name, text in found}


def _figures() -> dict[str, str]:
    rows = TypedCell.objects.values_list("indicator_code", "column_code", "figure")
    return {f"{code}:{column}": f"{figure.normalize():f}" for code, column, figure in rows}


def test_a_page_opened_earlier_wipes_out_nothing(chain: Chain, web_client: Callable) -> None:
    here = _url(chain, "report-form", "NS") + "?phan=II"
    clerk, head = web_client(chain.clerk().account), web_client(chain.head().account)
    clerk.post(here, {"15:planned": "1.234,5", "16:planned": "5"})
    first, second = _boxes(clerk.get(here).content), _boxes(head.get(here).content)

    clerk.post(here, first | {"15:planned": "7", "16:planned": "", "17:planned": "3"})
    done = head.post(here, second | {"18:planned": "8", "17:planned": "3"}, follow=True)
    assert "Đã ghi 1 ô." in done.content.decode()
    assert _figures() == {"15:planned": "7", "17:planned": "3", "18:planned": "8"}

    again = clerk.get(here)
    untouched = clerk.post(here, _boxes(again.content) | {"15:planned": "7,0"}, follow=True)
    assert "Không có ô nào thay đổi." in untouched.content.decode()


def test_a_cell_that_two_people_typed_is_said_and_the_others_are_written(chain: Chain, web_client: Callable) -> None:
    here = _url(chain, "report-form", "NS") + "?phan=II"
    clerk, head = web_client(chain.clerk().account), web_client(chain.head().account)
    opened = _boxes(head.get(here).content)
    clerk.post(here, {"15:planned": "7"})

    clash = head.post(here, opened | {"15:planned": "9", "16:planned": "2"})
    text = f"đã được {chain.clerk().account.full_name} sửa thành 7, bạn gõ 9."
    assert (clash.status_code, _figures()) == (409, {"15:planned": "7", "16:planned": "2"})
    assert [said.partition("”: ")[2] for _, said in clash.context["faults"]] == [text]
    assert "Đã ghi 1 ô. 1 ô sau chưa ghi" in clash.content.decode()
    assert f'id="loi-15:planned">{text}</span>' in clash.content.decode()
    told = _boxes(clash.content)
    assert (told["15:planned"], told["16:planned"]) == ("9", "2")

    clerk.post(here, {"15:planned": ""})
    emptied = head.post(here, told)
    assert "sửa thành (trống), bạn gõ 9." in emptied.content.decode()
    assert "Chưa ghi ô nào. 1 ô sau chưa ghi" in emptied.content.decode()
    done = head.post(here, _boxes(emptied.content), follow=True)
    assert "Đã ghi 1 ô." in done.content.decode()
    assert _figures() == {"15:planned": "9", "16:planned": "2"}


def test_one_wrong_cell_keeps_everything_else_that_was_typed(chain: Chain, web_client: Callable) -> None:
    here = _url(chain, "report-form", "NS") + "?phan=II"
    clerk, head = web_client(chain.clerk().account), web_client(chain.head().account)
    clerk.post(here, {"17:planned": "4"})
    opened = _boxes(clerk.get(here).content)
    head.post(here, {"15:planned": "1"})

    typed = {"15:planned": "mười", "16:planned": "1.234,5", "17:planned": "", "18:planned": "1,23456"}
    unread = clerk.post(here, opened | typed)
    assert [name for name, _ in unread.context["faults"]] == ["15:planned"]
    assert typed.items() <= _boxes(unread.content).items()
    refused = clerk.post(here, _boxes(unread.content) | {"15:planned": "10"})
    # The colleague's figure was not told while the text could not be read: now it is.
    assert [name for name, _ in refused.context["faults"]] == ["18:planned", "15:planned"]
    assert (typed | {"15:planned": "10"}).items() <= _boxes(refused.content).items()
    assert _figures() == {"15:planned": "1", "17:planned": "4"}

    clerk.post(here, _boxes(refused.content) | {"18:planned": "1,5"})
    assert _figures() == {"15:planned": "10", "16:planned": "1234.5", "18:planned": "1.5"}


def test_an_emptied_cell_stays_empty_before_the_next_freeze(chain: Chain, web_client: Callable) -> None:
    here = _url(chain, "report-form", "NS") + "?phan=II"
    clerk = web_client(chain.clerk().account)
    clerk.post(here, {"15:planned": "7"})
    _frozen(chain)
    opened = clerk.get(here).content

    done = clerk.post(here, _boxes(opened) | {"15:planned": ""}, follow=True)
    assert (_boxes(opened)["15:planned"], _boxes(done.content)["15:planned"], _figures()) == ("7", "", {})


def test_a_changed_figure_is_written_without_idle_noughts(chain: Chain, web_client: Callable) -> None:
    clerk = web_client(chain.clerk().account)
    for figure in ("1.234,56", "1,5"):
        clerk.post(_url(chain, "report-form", "NS") + "?phan=II", {"15:planned": figure})
        _frozen(chain)
    page = clerk.get(_url(chain, "report-changes")).content.decode()
    assert "<del>1.234,56</del> → <ins>1,5</ins>" in page


def test_cells_typed_after_the_freeze_are_told_and_taken_in_by_one_press(chain: Chain, web_client: Callable) -> None:
    _frozen(chain)
    clerk, head = (web_client(actor.account) for actor in (chain.clerk(), chain.head()))
    clerk.post(_url(chain, "report-form", "NS") + "?phan=II", {"15:planned": "12"})

    page = clerk.get(_url(chain, "report-detail"))
    typing = page.context["steps"][1]
    assert (typing.tone, typing.word) == ("wait", "Chưa vào biểu")
    assert typing.text.startswith("1 ô nhập sau lần chốt 1 chưa vào biểu (biểu Ngân sách dòng 15). Chốt lại")
    assert page.content.decode().count(_url(chain, "report-freeze")) == 2
    here = _url(chain, "report-sign")
    head.post(head.get(here)["Location"], {"code": code_now(), "next": here})
    signing = " ".join(head.get(here).content.decode().split())
    assert "1 ô nhập sau lần chốt 1 chưa vào biểu" in signing
    assert _url(chain, "report-freeze") in signing

    clerk.post(_url(chain, "report-freeze"))
    assert clerk.get(_url(chain, "report-detail")).context["steps"][1].word == "58 dòng"


def test_signing_asks_again_who_it_is(chain: Chain, web_client: Callable) -> None:
    _frozen(chain, 1)
    head = web_client(chain.head(1).account)
    asked = head.get(_url(chain, "report-sign", place=1))
    assert asked.status_code == 302
    assert asked["Location"].startswith(reverse("desk:second-factor-confirm"))
    blind = web_client(chain.head(1).account)
    sent_blind = blind.post(_url(chain, "report-sign", place=1), {"lan": "1", "dong-y": "1", "viec": "gui"})
    assert sent_blind.status_code == 302
    assert not Signature.objects.exists()

    head.post(asked["Location"], {"code": code_now(), "next": _url(chain, "report-sign", place=1)})
    shown = head.get(_url(chain, "report-sign", place=1))
    assert shown.status_code == 200
    unread = head.post(_url(chain, "report-sign", place=1), {"lan": "1", "viec": "gui"})
    assert unread.status_code == 409
    done = head.post(_url(chain, "report-sign", place=1), {"lan": "1", "dong-y": "1", "viec": "gui"}, follow=True)
    assert done.status_code == 200, done.context["error"]

    assert "Đã ký và gửi Phòng GDĐT Lê Chân." in done.content.decode()
    assert chain.report(chain.schools[1]).state == "submitted"


def test_who_may_not_sign_what_was_frozen_learns_it_before_the_press(chain: Chain, web_client: Callable) -> None:
    said = "tài khoản đã chốt thì không ký lần chốt đó"
    head = web_client(chain.head(1).account)
    assert said in head.get(_url(chain, "report-detail", place=1)).content.decode()
    assert said not in web_client(chain.clerk(1).account).get(_url(chain, "report-detail", place=1)).content.decode()

    head.post(_url(chain, "report-freeze", place=1))
    here = _url(chain, "report-sign", place=1)
    head.post(head.get(here)["Location"], {"code": code_now(), "next": here})
    assert head.get(here).context["problems"] == [OWN_FREEZE]


def test_the_neighbour_and_a_homeroom_teacher_see_nothing(chain: Chain, web_client: Callable) -> None:
    _frozen(chain)
    names = [
        ("report-detail",),
        ("report-changes",),
        ("report-form", "02-DN-TH"),
        ("report-cell", "02-DN-TH", "37:1"),
        ("report-file", "02-DN-TH", "xlsx"),
        ("report-locked-file", "02-DN-TH"),
    ]
    statuses = {
        who: [web_client(chain.actors[who].account).get(_url(chain, *name)).status_code for name in names]
        for who in ("clerk0", "clerk1", "far office", "office", "department")
    }

    assert statuses == {
        "clerk0": [200] * 6,
        "clerk1": [404] * 6,
        "far office": [404] * 6,
        "office": [200] * 6,
        "department": [200] * 6,
    }
    for name in ("report-freeze", "report-send", "report-accept", "report-return", "report-unlock"):
        assert web_client(chain.actors["clerk1"].account).post(_url(chain, name)).status_code == 404


def test_the_office_remarks_on_a_cell_and_returns(chain: Chain, web_client: Callable) -> None:
    sent(chain)
    office = web_client(chain.actors["office"].account)
    noted = office.post(
        _url(chain, "report-cell", "02-DN-TH", "40:total_all"), {"nhan-xet": "Xem lại lớp 1A"}, follow=True
    )
    assert "Đã ghi nhận xét ở dòng 40." in noted.content.decode()
    without = office.post(_url(chain, "report-return"), {"reason": " "})
    assert without.status_code == 409
    office.post(_url(chain, "report-return"), {"reason": "Xem nhận xét"})

    school = web_client(chain.clerk().account)
    page = school.get(_url(chain, "report-detail")).content.decode()
    assert "Xem nhận xét" in page
    assert "Xem lại lớp 1A" in page
    school.post(_url(chain, "report-freeze"))
    assert "Xem nhận xét" in school.get(_url(chain, "report-detail")).context["last_return"].reason
    head, here = web_client(chain.head().account), _url(chain, "report-sign")
    head.post(head.get(here)["Location"], {"code": code_now(), "next": here})
    assert "1 nhận xét chưa trả lời" in head.get(here).content.decode()
    remark = CellRemark.objects.get()
    school.post(_url(chain, "report-answer"), {"nhan-xet": str(remark.public_id), "tra-loi": "Đã sửa"})
    remark.refresh_from_db()
    assert remark.answer == "Đã sửa"
    assert (
        web_client(chain.actors["clerk1"].account)
        .post(_url(chain, "report-cell", "02-DN-TH", "40:total_all"), {"nhan-xet": "Tôi"})
        .status_code
        == 404
    )


def test_files_come_with_their_kinds(chain: Chain, web_client: Callable) -> None:
    _frozen(chain)
    clerk = web_client(chain.clerk().account)
    for kind, start in (("xlsx", b"PK"), ("pdf", b"%PDF"), ("json", b"{")):
        file = clerk.get(_url(chain, "report-file", "02-DN-TH", kind))
        assert file.content.startswith(start)
        assert kind in file["Content-Disposition"]


def test_a_form_leaves_locked_with_a_password_that_is_kept_nowhere(chain: Chain, web_client: Callable) -> None:
    _frozen(chain)
    clerk = web_client(chain.clerk().account)
    here = _url(chain, "report-locked-file", "02-DN-TH")
    asked = {"file_password": "Truong-2024"}

    for page in ("report-form", "02-DN-TH"), ("report-detail",):
        assert f'href="{here}"' in clerk.get(_url(chain, *page)).content.decode()
    sheet, paper = (clerk.post(here, asked | {"format": kind}) for kind in ("xlsx", "pdf"))
    assert opened_workbook(sheet.content, "Truong-2024")[:2] == b"PK"
    assert opened_paper(paper.content, "Truong-2024").startswith(b"%PDF")
    assert sheet["Content-Disposition"].endswith('.xlsx"')
    assert clerk.post(here, {"format": "xlsx"}).content.startswith(b"PK")
    for wrong, said_of in (
        ({"format": "xlsx", "file_password": "ngan"}, "Mật khẩu mở tệp ngắn quá"),
        (asked | {"format": "json"}, "json"),
        (asked, "Hãy chọn dạng tệp."),
    ):
        refused = clerk.post(here, wrong)
        assert (refused["Content-Type"].startswith("text/html"), said_of in refused.content.decode()) == (True, True)
    events = Event.objects.filter(kind="report:export").order_by("pk")
    assert [said(one.kind, one.data).endswith("; có mật khẩu mở tệp") for one in events] == [True, True, False]
    assert "Truong-2024" not in str([one.data for one in events])


@pytest.mark.parametrize("pupils", [1, 6])
@pytest.mark.parametrize(
    ("name", "more", "queries"),
    [
        ("report-detail", (), 23),
        ("report-form", ("02-DN-TH",), 14),
        ("report-cell", ("02-DN-TH", "37:1"), 15),
        ("report-changes", (), 25),
    ],
)
def test_pages_cost_the_same_with_one_pupil_and_with_many(
    chain: Chain, web_client: Callable, django_assert_num_queries, name: str, more: tuple, queries: int, pupils: int
) -> None:
    for _ in range(pupils):
        b.pupil(chain.schools[0].classes.first(), None)
    _frozen(chain)
    _frozen(chain)
    clerk = web_client(chain.clerk().account)
    clerk.get(_url(chain, name, *more))  # code lists are kept by the process

    with django_assert_num_queries(queries):
        assert clerk.get(_url(chain, name, *more)).status_code == 200


def test_pressing_send_asks_only_what_sending_needs(
    chain: Chain, web_client: Callable, django_assert_num_queries
) -> None:
    """In the last hour a whole province presses at once: every statement more is waited for by all."""
    prepared(chain, 1)
    clerk = web_client(chain.clerk(1).account)
    clerk.get("/")

    with django_assert_num_queries(18):
        done = clerk.post(_url(chain, "report-send", place=1))

    assert done.status_code == 302
    assert chain.report(chain.schools[1]).state == "submitted"


def test_a_cell_shows_its_first_pupils_and_counts_all(chain: Chain, web_client: Callable) -> None:
    made = chain.schools[1].classes.first()
    for place in range(SHOWN + 1):
        b.pupil(made, None, name=f"Trẻ {place:03}")
    _frozen(chain, 1)
    clerk = web_client(chain.clerk(1).account)
    here = _url(chain, "report-cell", "02-DN-TH", "37:total_all", place=1)

    first, everything = clerk.get(here).context, clerk.get(f"{here}?het=1").context

    assert (first["row_count"], len(first["listed"]), first["more"]) == (SHOWN + 3, SHOWN, 3)
    assert (everything["row_count"], len(everything["listed"]), everything["more"]) == (SHOWN + 3, SHOWN + 3, 0)


def test_what_was_sent_in_time_stays_in_time_when_it_is_sent_again_late(chain: Chain, web_client: Callable) -> None:
    clock.move_to(at(16, 58))
    report = sent(chain)
    return_report(actor=chain.actors["office"], report=report, reason="Xem lại dòng 40")
    clock.move_to(at(17, 2))
    sent(chain)

    clerk = web_client(chain.clerk().account)
    page = clerk.get(_url(chain, "report-detail"))
    office = web_client(chain.actors["office"].account).get("/bao-cao/?ky=2024-dau-nam")
    listed = clerk.get(reverse("school:report-list", args=[chain.schools[0].unit.public_id]))

    assert page.context["steps"][4].text == (
        "Gửi Phòng GDĐT Lê Chân: gửi lần đầu 16:58 07/10/2024, đúng hạn; gửi lại 17:02."
    )
    sendings = [(one.what, one.note) for one in page.context["history"] if "gửi" in one.what]
    assert sendings == [("Đã gửi lại báo cáo", ""), ("Đã gửi báo cáo", "")]
    sums = office.context["all"]
    assert (sums.late, sums.returned, sums.waiting) == (0, 0, 1)
    assert office.context["listing"].items[0][4] == "lần đầu đúng hạn"
    assert "Gửi lúc 17:02 07/10/2024, lần đầu đúng hạn." in listed.content.decode()


def test_what_was_first_sent_late_is_late_by_that_sending_everywhere(chain: Chain, web_client: Callable) -> None:
    clock.move_to(at(17, 2))
    report = sent(chain)
    return_report(actor=chain.actors["office"], report=report, reason="Xem lại dòng 40")
    clock.move_to(at(9, 0, day=8))
    sent(chain)

    page = web_client(chain.clerk().account).get(_url(chain, "report-detail"))

    assert page.context["steps"][4].text == (
        "Gửi Phòng GDĐT Lê Chân: gửi lần đầu 17:02 07/10/2024, muộn 2 phút; gửi lại 09:00 08/10/2024."
    )
    sendings = [(one.what, one.note) for one in page.context["history"] if "gửi" in one.what]
    assert sendings == [("Đã gửi lại báo cáo", ""), ("Đã gửi báo cáo", "Muộn 2 phút.")]


def test_after_a_return_the_signing_page_says_what_to_do_first(chain: Chain, web_client: Callable) -> None:
    sent(chain)
    head, here = web_client(chain.head().account), _url(chain, "report-sign")
    head.post(head.get(here)["Location"], {"code": code_now(), "next": here})
    already = head.get(here).content.decode()
    web_client(chain.actors["office"].account).post(_url(chain, "report-return"), {"reason": "Xem lại dòng 40"})
    first = "Báo cáo bị trả lại: trả lời nhận xét, chốt lại (bước 1), rồi ký."

    shown = head.get(here).content.decode()
    pressed = head.post(here, {"lan": "1", "dong-y": "1", "viec": "gui"})
    step = head.get(_url(chain, "report-detail")).context["steps"][3]
    web_client(chain.clerk().account).post(_url(chain, "report-freeze"))
    again = head.get(here).content.decode()
    after = head.get(_url(chain, "report-detail")).context["steps"][3]

    assert ("Báo cáo đã gửi; muốn sửa" in already, 'name="viec"' in already) == (True, False)
    assert (first in shown, 'name="viec"' in shown) == (True, False)
    assert (pressed.status_code, pressed.context["error"].code) == (409, "RPT-03")
    assert pressed.context["error"].message.endswith(first)
    assert (step.word, step.text) == ("Ký lại sau khi chốt lại", "Chữ ký của lần chốt 1 không dùng cho lần gửi lại.")
    assert (first in again, 'name="viec"' in again, after.word) == (False, True, "Chưa ký")


def test_an_explanation_of_one_letter_is_refused_beside_its_field_and_nothing_typed_is_lost(
    chain: Chain, web_client: Callable
) -> None:
    _frozen(chain)
    snapshot = chain.report(chain.schools[0]).snapshot
    another = FailedCheck.objects.get(snapshot=snapshot)
    another.pk, another.check_code = None, "01"
    another.save(force_insert=True)
    broken = failures(snapshot)
    names = [f"giai-trinh-{':'.join(one.key)}" for one in broken]
    clerk = web_client(chain.clerk().account)
    wanted = "Hãy ghi giải trình, từ 5 đến 500 ký tự."

    refused = clerk.post(_url(chain, "report-explain"), {names[0]: "x", names[1]: "Đã đối chiếu sổ"})
    kept = [(one.text, one.fault) for one in refused.context["failures"]][:2]
    nothing = CheckExplanation.objects.count()
    long = clerk.post(_url(chain, "report-explain"), {names[0]: "x" * 501})
    done = clerk.post(_url(chain, "report-explain"), {names[0]: "Đúng sổ", names[1]: "Đã đối chiếu sổ"})

    assert (refused.status_code, kept, nothing) == (409, [("x", wanted), ("Đã đối chiếu sổ", "")], 0)
    assert 'aria-describedby="gt-1-sai"' in refused.content.decode()
    assert (long.status_code, done.status_code, CheckExplanation.objects.count()) == (409, 302, 2)


def test_what_came_again_is_held_against_what_was_sent_before_it(chain: Chain, web_client: Callable) -> None:
    made = chain.schools[0].classes.first()
    report = sent(chain)
    return_report(actor=chain.actors["office"], report=report, reason="Xem lại dòng 40")
    b.pupil(made, None, name="Em thứ ba")
    _frozen(chain)  # lần 2: chốt, không gửi
    sent(chain)  # lần 3
    office = web_client(chain.actors["office"].account)

    page = office.get(_url(chain, "report-changes"))
    unsent = office.get(_url(chain, "report-changes"), {"so-voi": "2"})

    assert (page.context["old"].version, unsent.context["old"].version) == (1, 2)
    assert [(one.version, at is not None) for one, at in page.context["others"]] == [(2, False), (1, True)]
    assert page.context["moved"].count == 1
    text = page.content.decode()
    assert "Lần 3 so với lần 1" in text
    assert "Lần 1 đã gửi lúc" in text
    assert "Lần 2 mới chốt ở trường, không gửi." in unsent.content.decode()
    rows = len(page.context["cells"])
    assert rows > 0
    link = f'<a href="{_url(chain, "report-changes")}">{rows} dòng khác lần đã gửi trước (lần chốt 1)</a>'
    assert link in office.get(_url(chain, "report-detail")).content.decode()


def test_a_reviewer_learns_what_could_not_be_compared(chain: Chain, web_client: Callable) -> None:
    sent(chain)
    page = web_client(chain.actors["office"].account).get(_url(chain, "report-detail")).content.decode()

    assert "Không có chỉ số nào khác thường" not in page
    assert (
        "<strong>Chưa so được</strong> với kỳ trước (chưa có số liệu); năm trước (chưa có số liệu); các trường" in page
    )


def test_a_reviewer_of_a_sent_report_reads_the_explanations_and_is_asked_for_none(
    chain: Chain, web_client: Callable
) -> None:
    sent(chain)
    Student.objects.filter(enrolments__school=chain.schools[1]).update(birth_date=None)
    _frozen(chain, 1)

    office = web_client(chain.actors["office"].account).get(_url(chain, "report-detail")).content.decode()
    clerk = web_client(chain.clerk(1).account).get(_url(chain, "report-detail", place=1)).content.decode()

    assert "Ràng buộc chưa khớp" in office
    assert "<strong>Giải trình:</strong> Đã đối chiếu sổ" in office
    assert "Sửa trong hồ sơ rồi chốt lại" not in office
    assert _url(chain, "report-explain") not in office
    assert "Sửa trong hồ sơ rồi chốt lại. Nếu số liệu đúng, ghi giải trình" in clerk
    assert _url(chain, "report-explain", place=1) in clerk


def test_a_long_list_of_differences_says_how_long_and_opens_whole(
    chain: Chain, web_client: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("csdl.portals.school.reports._SHOWN_DIFFERENCES", 2)
    _frozen(chain)
    for place in range(3):
        b.pupil(chain.schools[0].classes.first(), None, name=f"Trẻ {place}")
    _frozen(chain)
    clerk = web_client(chain.clerk().account)

    first, everything = (clerk.get(_url(chain, "report-changes"), asked) for asked in ({}, {"het": "1"}))

    assert (first.context["moved"].count, len(first.context["moved"].shown)) == (3, 2)
    assert "Học sinh khác: 3" in first.content.decode()
    assert "Hiện 2 em đầu trong 3 em." in first.content.decode()
    assert len(everything.context["moved"].shown) == 3
    assert "em đầu" not in everything.content.decode()


def test_drift_stands_beside_the_form_and_the_cell_once_they_stand(chain: Chain, web_client: Callable) -> None:
    b.teacher(chain.schools[0], year=2024)
    _frozen(chain)
    b.pupil(chain.schools[0].classes.get(name="1A"), None, name="Em mới")
    StaffPosting.objects.filter(unit=chain.schools[0].unit).update(valid_to=dt.date(2024, 10, 2))
    clerk, changes = web_client(chain.clerk().account), _url(chain, "report-changes")
    cell = _url(chain, "report-cell", "02-DN-TH", "37:total_all")

    form = clerk.get(_url(chain, "report-form", "02-DN-TH")).content.decode()
    panel = clerk.get(cell, headers={"HX-Request": "true"}).content.decode()
    counted = clerk.get(changes, headers={"HX-Request": "true"}).content.decode()
    now = clerk.get(f"{cell}?nay=1", headers={"HX-Request": "true"}).content.decode()
    page = clerk.get(changes).content.decode()

    assert f'hx-get="{changes}" hx-trigger="load"' in form
    assert f'hx-get="{cell}?nay=1" hx-trigger="load"' in panel
    link = f'<a href="{changes}#nay">1 học sinh, 1 lớp, 1 cán bộ, giáo viên, nhân viên</a>'
    assert f"Hồ sơ ngày 03/10/2024 khác lần chốt 1: {link}." in counted
    assert f'Hồ sơ ngày 03/10/2024 đếm 3: <a href="{changes}#nay">thêm 1</a>.' in now
    assert "<html" not in counted + now
    for heading in ("Học sinh khác: 1", "Cán bộ, giáo viên, nhân viên khác: 1", "Phòng khác: 0", "Lớp khác: 1"):
        assert heading in page
    assert "<div>học sinh: <del>1</del> → <ins>2</ins></div>" in page


def test_the_neighbour_is_told_nothing_of_the_drift(chain: Chain, web_client: Callable) -> None:
    _frozen(chain)
    neighbour = web_client(chain.actors["clerk1"].account)

    for name, more in (("report-changes", ()), ("report-cell", ("02-DN-TH", "37:total_all"))):
        asked = neighbour.get(f"{_url(chain, name, *more)}?nay=1", headers={"HX-Request": "true"})
        assert asked.status_code == 404


def test_changed_figures_are_explained_again_and_each_row_for_itself(chain: Chain, web_client: Callable) -> None:
    clerk, office = (web_client(actor.account) for actor in (chain.clerk(), chain.actors["office"]))
    form = _url(chain, "report-form", "NS") + "?phan=II"
    # 15 is the sum of what stands below it.
    clerk.post(form, {"15:planned": "10", "16:planned": "4"})
    _frozen(chain)
    page = clerk.get(_url(chain, "report-detail"))
    fields = [one.field for one in page.context["failures"]]
    budget = next(one for one in fields if one.startswith("NS:"))
    clerk.post(_url(chain, "report-explain"), {f"giai-trinh-{one}": "Khoản chi của dự án chung" for one in fields})
    assert clerk.get(_url(chain, "report-detail")).context["steps"][2].word == "Đã giải trình"

    clerk.post(form, {"15:planned": "88"})
    _frozen(chain)
    page = clerk.get(_url(chain, "report-detail"))
    stale = {one.field: (one.is_stale, one.text, one.said.version) for one in page.context["failures"]}
    assert stale == {one: (one == budget, "" if one == budget else "Khoản chi của dự án chung", 1) for one in fields}
    assert page.context["steps"][2].word == "Còn 1 lỗi"
    assert "số của dòng này đã đổi sau giải trình ở lần chốt 1" in " ".join(page.content.decode().split())
    # What was shown before the freeze is not said of figures that nobody saw.
    older = clerk.post(_url(chain, "report-explain"), {"lan": "1", f"giai-trinh-{budget}": "Đúng với sổ"})
    assert (older.status_code, "vừa được chốt lại (lần 2)" in older.content.decode()) == (409, True)
    assert clerk.post(_url(chain, "report-explain"), {"lan": "2"}).status_code == 409
    clerk.post(_url(chain, "report-explain"), {"lan": "2", f"dung-lai-{budget}": "1"})
    assert clerk.get(_url(chain, "report-detail")).context["steps"][2].word == "Đã giải trình"

    head, here = web_client(chain.head().account), _url(chain, "report-sign")
    head.post(head.get(here)["Location"], {"code": code_now(), "next": here})
    head.post(here, {"lan": "2", "dong-y": "1", "viec": "gui"})
    shown = " ".join(office.get(_url(chain, "report-detail")).content.decode().split())
    assert "clerk0 (clerk0), 09:00 03/10/2024, ở lần chốt 2" in shown
    assert "rồi chốt lại. Nếu số liệu đúng" not in shown


def test_one_explanation_for_every_row_is_chosen_in_so_many_words(chain: Chain, web_client: Callable) -> None:
    _frozen(chain, 1)
    snapshot = chain.report(chain.schools[1]).snapshot
    check = column_checks("pupil")[0]
    made = {"snapshot": snapshot, "unit": snapshot.unit, "form_code": "02-DN-TH", "check_code": check.code}
    for code in ("40", "41", "42"):
        column = check.left[0][0]
        FailedCheck.objects.create(
            **made, severity="error", indicator_code=code, column_code=column, found=2, expected=1
        )
    actor, here = chain.clerk(1), _url(chain, "report-explain", place=1)
    group = {"form_code": "02-DN-TH", "check_code": check.code}
    with pytest.raises(InvalidRecord) as refused:
        explain_check(actor=actor, report=snapshot.submission, text="Đã đối chiếu sổ", **group)
    assert refused.value.problems[0].startswith(
        "Ràng buộc này chưa khớp ở 3 dòng (40, 41, 42): hãy giải trình từng dòng"
    )
    clerk = web_client(actor.account)
    field = f"02-DN-TH:{check.code}"

    clerk.post(here, {f"giai-trinh-{field}:41": "Chỉ dòng này"})
    one = dict(CheckExplanation.objects.values_list("indicator_code", "text"))
    clerk.post(here, {f"giai-trinh-{field}:40": "Mọi dòng như nhau", f"moi-dong-{field}": "1"})
    every = dict(CheckExplanation.objects.values_list("indicator_code", "text"))

    assert one == {"41": "Chỉ dòng này"}
    assert every == dict.fromkeys(("40", "41", "42"), "Mọi dòng như nhau")
