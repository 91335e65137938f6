"""The board, review, consolidation and settings pages: sums, who may what, costs that do not grow with the schools."""

import re
from collections.abc import Callable

import pytest
from django.urls import reverse

from csdl.lib import clock
from csdl.reports.actions import accept_report, ask_unlock, consolidate, freeze, set_rules
from csdl.reports.models import DeadlineExtension, Reminder, ReportPeriod
from tests import builders as b
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

    period = ReportPeriod.objects.get()
    assert (period.locks_when_late, period.four_eyes) == (True, False)
    assert period.required_checks == ["identities", "typed", "signed"]
    assert period.deadlines.get(sender="school", level_code="01").due_at == at(17, day=8)
    assert "trước ngày chốt 30/09/2024" in _text(early)


def test_the_department_opens_a_period_by_page(chain: Chain, web_client: Callable) -> None:
    department = web_client(chain.actors["department"].account)
    made = department.post(reverse("authority:report-period-new"), {"start_year": "2024", "kind": "EOY"}, follow=True)
    again = department.post(reverse("authority:report-period-new"), {"start_year": "2024", "kind": "EOY"})

    assert "Đã mở kỳ cuối năm học 2024-2025, chốt số liệu cuối ngày 31/05/2025." in _text(made)
    assert "Đã có kỳ báo cáo mã 2024-cuoi-nam." in _text(again)


def test_the_office_adds_up_and_a_school_does_not_see_it(chain: Chain, web_client: Callable) -> None:
    accept_report(actor=chain.actors["office"], report=sent(chain, 0))
    office = web_client(chain.actors["office"].account)
    made = office.post(reverse("authority:report-consolidation-make", args=["2024-dau-nam"]), follow=True)
    assert "tổng hợp lần 1, 1/3 đơn vị, 2 học sinh." in _text(made)
    here = reverse("authority:report-consolidation", args=["2024-dau-nam", chain.office.public_id, "02"])
    page = office.get(here)
    assert "Đã cộng lại từ 1 báo cáo: khớp từng ô, 2 học sinh đếm lại đủ." in _text(page)
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
    assert "Không có chỉ số khác thường" in _text(page)


@pytest.mark.parametrize("schools", [1, 3])
@pytest.mark.parametrize(
    ("address", "queries"),
    [
        (BOARD, 17),
        ("/bao-cao/2024-dau-nam/tong-hop/", 16),
        ("/bao-cao/khac-thuong/", 17),
        ("consolidation", 27),
        ("/", 35),
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
