"""What waits for a person, from the records themselves: nothing is shown that is not so today."""

import datetime as dt
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum
from django.urls import NoReverseMatch, reverse
from django.utils.timezone import localtime

from csdl.access.actors import GrantActor
from csdl.accounts.permissions import Permission
from csdl.accounts.regulation import current_regulation
from csdl.audit.bursts import may_settle, open_bursts
from csdl.exports.models import ExportRequest
from csdl.exports.requests import answered_requests, waiting_requests
from csdl.lib import clock
from csdl.orgs.enums import TEACHING_KINDS
from csdl.orgs.models import OrgUnit, SchoolProfile
from csdl.portals.components.pupil_filters import condition
from csdl.rollover.enums import RunState
from csdl.rollover.queries import board, school_line, school_lines
from csdl.staff.models import UnitHead
from csdl.staff.queries import accounts_on_many_devices
from csdl.years.enums import YearState
from csdl.years.models import SchoolYear
from csdl.years.queries import class_rows, pupils, turning_year, undecided

__all__ = ["BoardLine", "Task", "board_below", "tasks_of"]


@dataclass(frozen=True)
class Task:
    """One thing to do: how many, what, why now, and where. `count` is None for a task without number."""

    text: str
    url: str
    count: int | None = None
    note: str = ""
    tone: str = "wait"
    state: str = "Cần làm"


def tasks_of(actor: GrantActor, *, year: SchoolYear | None, today: dt.date) -> list[Task]:
    """Tasks of the account's own unit, the turn of the year first."""
    unit = actor.home_unit
    if unit is None:
        return []
    flags = _exports(actor, unit) + _flags(actor, unit) + _accounts(actor, unit)
    if year is None:
        return flags
    turning = turning_year(today)
    if unit.kind not in TEACHING_KINDS:
        return flags + (_authority(actor, turning) if turning else [])
    tasks = _rollover(actor, unit, turning) if turning and any(map(actor.can, _TURNS)) else []
    return flags + tasks + _records(actor, unit, year)


def _flags(actor: GrantActor, unit: OrgUnit) -> list[Task]:
    """Many records opened in a short time at the own unit: to be looked into by whoever answers for it."""
    if not may_settle(actor, unit):
        return []
    count = open_bursts([unit.pk], but=actor.account_id).count()
    text = "cảnh báo mở nhiều hồ sơ học sinh trong thời gian ngắn"
    note = "Hỏi người đã mở xem để làm gì, rồi ghi kết quả."
    return [Task(text, _url("desk:log-list", unit), count, note, tone="bad")] if count else []


def _exports(actor: GrantActor, unit: OrgUnit) -> list[Task]:
    """Large files: what others ask for, and what became of what the account asked for itself."""
    tasks = []
    url = _url("desk:export-request-list", None)
    if actor.can(Permission.EXPORT_APPROVE, on=unit) and (count := _waiting(actor, unit).count()):
        text, note = "yêu cầu tải dữ liệu chờ duyệt", "Xem ai lấy gì, để làm gì, rồi duyệt hoặc từ chối."
        tasks.append(Task(text, url, count, note, state="Chờ duyệt"))
    if not actor.can(Permission.DATA_EXPORT):
        return tasks
    for one in answered_requests(actor)[:5]:
        detail = reverse("desk:export-request", args=[one.public_id])
        assert one.said is not None
        if one.said.expires_at:
            note = f"Lấy tệp trước {localtime(one.said.expires_at):%H:%M ngày %d/%m/%Y}."
            tasks.append(Task(f"Tệp đã được duyệt: {one.title}", detail, note=note, tone="good", state="Đã duyệt"))
        else:
            note = f"Lý do: {one.said.reason}"
            tasks.append(Task(f"Yêu cầu tải dữ liệu: {one.title}", detail, note=note, tone="bad", state="Từ chối"))
    return tasks


def _waiting(actor: GrantActor, unit: OrgUnit) -> QuerySet[ExportRequest]:
    """Requests that are this account's to answer: of the own unit, and of those below that have no head today."""
    headed = UnitHead.objects.filter(unit=OuterRef("unit"), valid_from__lte=clock.today())
    headed = headed.filter(Q(valid_to=None) | Q(valid_to__gt=clock.today()))
    return waiting_requests(actor).filter(Q(unit=unit) | ~Exists(headed))


def _accounts(actor: GrantActor, unit: OrgUnit) -> list[Task]:
    """What whoever manages accounts has to look into."""
    if not actor.can(Permission.ACCOUNT_MANAGE, on=unit):
        return []
    tasks = []
    if actor.unit_ids(Permission.ACCOUNT_MANAGE) is None and current_regulation() is None:
        text = "Công bố quy chế quản lý, sử dụng CSDL để mọi người chấp nhận khi đăng nhập"
        tasks.append(Task(text, _url("authority:regulation-list", None), note="Nội dung đã soạn sẵn."))
    if count := accounts_on_many_devices(unit).count():
        text = "tài khoản đăng nhập trên nhiều thiết bị trong một ngày"
        url = _url("authority:unit-accounts", unit, **{"thiet-bi": "nhieu"})
        tasks.append(Task(text, url, count, "Hỏi từng người: tài khoản có bị dùng chung không.", tone="bad"))
    return tasks


# By these somebody does a part of the turn of the year; whoever reads it alone has no task in it.
_TURNS = (Permission.ROLLOVER_PLAN, Permission.ROLLOVER_RUN, Permission.ROLLOVER_CONFIRM)


def _rollover(actor: GrantActor, school: OrgUnit, turning: SchoolYear) -> list[Task]:
    """The school's own turn of the year: decide, plan, look, run, confirm."""
    new_name = f"{turning.start_year + 1}-{turning.start_year + 2}"
    wizard = _url("school:rollover", school)
    tasks = []
    rows = pupils(actor, start_year=turning.start_year, school_id=school.pk)
    if waiting := undecided(rows, start_year=turning.start_year).count():
        decides = actor.can(Permission.RESULT_DECIDE)
        tasks.append(
            Task(
                f"học sinh chưa có kết quả cuối năm học {turning.name}",
                _url("school:student-list", school, nam=turning.start_year, **{"ket-qua": "chua"}),
                waiting,
                f"Chưa có quyết định thì chưa sang năm học {new_name} được.",
                tone="wait" if decides else "info",
                state="Cần làm" if decides else "Theo dõi",
            )
        )
    line = school_line(school_id=school.pk, from_year=turning.start_year)
    state = line.state if line else ""
    if state in ("", RunState.PLANNED, RunState.UNDONE):
        text = f"Kết chuyển dữ liệu từ năm học {turning.name} sang {new_name}"
        note = line.blocked_reason if line and line.blocked_reason else "Lập kế hoạch, xem trước rồi mới chạy."
        tone = "bad" if line and line.blocked_reason else "wait"
        tasks.append(Task(text, wizard, note=note, tone=tone, state="Chưa chạy"))
    elif state == RunState.DONE:
        note = "Hiệu trưởng xem kết quả và xác nhận." if actor.can(Permission.ROLLOVER_CONFIRM) else "Chờ hiệu trưởng."
        text = f"Xác nhận kết quả kết chuyển sang năm học {new_name}"
        tasks.append(Task(text, wizard, note=note, state="Chờ xác nhận"))
    if line and state in (RunState.DONE, RunState.CONFIRMED) and line.pending_count:
        tasks.append(
            Task(
                f"học sinh chờ xử lý sau kết chuyển sang {new_name}",
                wizard,
                line.pending_count,
                "Khi đã có quyết định, chạy lại để chuyển những em này.",
            )
        )
    return [task for task in tasks if task.url]


# Gaps of the pupils' records: what it says, the filter of the list that shows exactly those, why now, whose work it is.
_GAPS = (
    (
        "học sinh chưa được xếp lớp",
        ("lop", "chua"),
        "Xếp lớp trước khi báo cáo đầu năm.",
        Permission.STUDENT_ENROL,
    ),
    (
        "học sinh chưa có số định danh cá nhân",
        ("dinh-danh", "chua"),
        "Lấy từ giấy khai sinh, thông báo số định danh hoặc căn cước.",
        Permission.STUDENT_EDIT,
    ),
    (
        "học sinh chưa có số điện thoại liên hệ",
        ("dien-thoai", "chua"),
        "Của cha, mẹ, người giám hộ hoặc của em.",
        Permission.STUDENT_EDIT,
    ),
    (
        "học sinh chưa có địa chỉ thường trú, nơi ở",
        ("dia-chi", "chua"),
        "",
        Permission.STUDENT_EDIT,
    ),
    (
        "học sinh chưa ghi dân tộc",
        ("dan-toc", "chua"),
        "",
        Permission.STUDENT_EDIT,
    ),
    (
        "học sinh cần xác nhận lại diện chính sách, hỗ trợ",
        ("xac-nhan", "can"),
        "Chọn tất cả trong danh sách để xác nhận một lần.",
        Permission.STUDENT_EDIT,
    ),
)


def _records(actor: GrantActor, school: OrgUnit, year: SchoolYear) -> list[Task]:
    """Gaps in the records of the year shown, of the school or of the account's own classes."""
    if year.state != YearState.OPEN:
        return []
    tasks = []
    if actor.can(Permission.ASSIGNMENT_EDIT):
        rows = class_rows(actor, school_id=school.pk, start_year=year.start_year)
        if headless := sum(not row.homeroom_name for row in rows):
            tasks.append(
                Task(
                    f"lớp chưa có giáo viên chủ nhiệm, năm học {year.name}",
                    _url("school:class-list", school, nam=year.start_year, **{"chu-nhiem": "chua"}),
                    headless,
                    "Lớp phải có chủ nhiệm trước khi báo cáo đầu năm.",
                )
            )
    if not actor.can(Permission.STUDENT_READ):
        return tasks
    here = pupils(actor, start_year=year.start_year, school_id=school.pk).filter(left_on__isnull=True)
    own = [gap for gap in _GAPS if actor.can(gap[3])]
    counted = here.aggregate(
        **{f"gap{place}": Count("pk", filter=condition(*chosen)) for place, (_, chosen, _, _) in enumerate(own)}
    )
    for place, (text, (name, value), note, _) in enumerate(own):
        if count := counted[f"gap{place}"]:
            url = _url("school:student-list", school, nam=year.start_year, **{name: value})
            tasks.append(Task(f"{text}, năm học {year.name}", url, count, note))
    return tasks


@dataclass(frozen=True)
class BoardLine:
    """A unit below with its schools in the turn of the year, and the board of exactly those."""

    name: str
    url: str
    schools: int
    ran: int
    confirmed: int
    blocked: int


def board_below(actor: GrantActor, *, today: dt.date) -> list[BoardLine]:
    """Units right above schools, within an authority's reach, while a year is being turned; one query."""
    unit = actor.home_unit
    turning = turning_year(today)
    if unit is None or turning is None or unit.kind in TEACHING_KINDS or not actor.can(Permission.ROLLOVER_READ):
        return []
    rows = board(actor=actor, from_year=turning.start_year).values(
        "school__unit__parent__public_id", "school__unit__parent__name"
    )
    counted = rows.annotate(
        schools=Count("pk"),
        ran=Count("pk", filter=Q(state__in=[RunState.DONE, RunState.CONFIRMED])),
        confirmed=Count("pk", filter=Q(state=RunState.CONFIRMED)),
        blocked=Count("pk", filter=~Q(blocked_reason="")),
    ).order_by("school__unit__parent__sort_key")
    return [
        BoardLine(
            row["school__unit__parent__name"],
            _url(
                "authority:rollover-board",
                None,
                nam=turning.start_year,
                **{"don-vi": str(row["school__unit__parent__public_id"])},
            ),
            row["schools"],
            row["ran"],
            row["confirmed"],
            row["blocked"],
        )
        for row in counted
    ]


def _authority(actor: GrantActor, turning: SchoolYear) -> list[Task]:
    """How far the schools below have come with the turn of the year."""
    if not actor.can(Permission.ROLLOVER_READ):
        return []
    new_name = f"{turning.start_year + 1}-{turning.start_year + 2}"
    found = school_lines(actor=actor, from_year=turning.start_year).aggregate(
        lines=Count("pk"),
        ran=Count("pk", filter=Q(state__in=[RunState.DONE, RunState.CONFIRMED])),
        done=Count("pk", filter=Q(state=RunState.DONE)),
        blocked=Count("pk", filter=~Q(blocked_reason="")),
        pending=Sum("pending_count", default=0),
    )
    profiles = SchoolProfile.objects.filter(start_year=turning.start_year, is_active=True)
    reached = actor.unit_ids(Permission.ROLLOVER_READ)
    schools = profiles.count() if reached is None else profiles.filter(school_id__in=reached).count()
    board = {"nam": turning.start_year}
    tasks = [
        (schools - found["ran"], f"trường chưa kết chuyển sang {new_name}", {"trang-thai": "chua-chay"}, "wait"),
        (found["blocked"], "trường chưa chạy được vì còn vướng mắc", {"trang-thai": "vuong"}, "bad"),
        (found["done"], "trường đã chạy, chờ hiệu trưởng xác nhận", {"trang-thai": "done"}, "info"),
        (found["pending"], "học sinh chờ xử lý ở các trường", {"sap-xep": "-cho"}, "wait"),
    ]
    if not any(map(actor.can, _TURNS)):
        tasks = [(count, text, query, "info") for count, text, query, _ in tasks]
    return [
        Task(text, url, count, tone=tone, state="Theo dõi" if tone == "info" else "Cần làm")
        for count, text, query, tone in tasks
        if count > 0 and (url := _url("authority:rollover-board", None, **board, **query))
    ]


def _url(name: str, unit: OrgUnit | None, **query: str | int) -> str:
    try:
        path = reverse(name, args=[unit.public_id] if unit else [])
    except NoReverseMatch:
        return ""
    return f"{path}?{urlencode(query)}" if query else path
