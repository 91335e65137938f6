"""Who headed the unit within the period, who left it, and who of its people accepted the regulation."""

from collections.abc import Mapping
from typing import Any

from django.db.models import F, Q
from django.utils.timezone import localtime

from csdl.accounts.models import RegulationAcceptance
from csdl.codes import queries as codes
from csdl.documents.decisions import decision_name
from csdl.dossier.registry import Contents, Period, Section, SectionColumn, SectionFile, register_section
from csdl.lib.typst import shown
from csdl.orgs.models import OrgUnit
from csdl.staff.models import StaffMember, StaffPosting, UnitHead

__all__: list[str] = []


def _heads(unit: OrgUnit, period: Period) -> Contents:
    rows = UnitHead.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=period.first), unit=unit, valid_from__lte=period.last
    ).exclude(valid_to__lte=F("valid_from"))
    lines: list[Mapping[str, Any]] = []
    files: list[SectionFile] = []
    for number, one in enumerate(rows.select_related("staff").order_by("valid_from", "pk"), start=1):
        name = f"{number:03}-{decision_name(one)}" if one.sha256 else ""
        if name:
            files.append(SectionFile(name, one))
        lines.append(
            {
                "no": number,
                "name": one.staff.full_name,
                "from": shown(one.valid_from),
                "to": shown(one.valid_to) or "nay",
                "acting": "Quyền, phụ trách" if one.is_acting else "Chính thức",
                "decision": one.decision_no,
                "decided_on": shown(one.decided_on),
                "file": name or "chưa lưu tệp quyết định",
            }
        )
    return Contents(lines, files)


def _leavers(unit: OrgUnit, period: Period) -> Contents:
    """Postings whose last day lies in the period: `valid_to` is the first day on which they no longer held."""
    positions = codes.labels("staff_position", "staff_status")
    rows = StaffPosting.objects.filter(unit=unit, valid_to__gt=period.first, valid_to__lte=period.last)
    ordered = rows.select_related("staff", "staff__account").order_by("valid_to", "staff__sort_key", "pk")
    return Contents(
        [
            {
                "no": number,
                "name": one.staff.full_name,
                "position": positions["staff_position"].get(one.position_code, ""),
                "left_on": shown(one.valid_to),
                "status": positions["staff_status"].get(one.status_code, ""),
                "account": _account(one),
            }
            for number, one in enumerate(ordered, start=1)
        ]
    )


def _acceptances(unit: OrgUnit, period: Period) -> Contents:
    """Those of the unit's people with an account, by whoever worked there within the period; each version that they
    had accepted by its end, oldest first."""
    at_work = StaffPosting.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=period.first), unit=unit, valid_from__lte=period.last
    )
    people = StaffMember.objects.filter(account__isnull=False, postings__in=at_work).distinct()
    accepted = RegulationAcceptance.objects.filter(account__staff_member__in=people, at__lt=period.beyond)
    of_account: dict[int, list[RegulationAcceptance]] = {}
    for row in accepted.select_related("regulation").order_by("regulation__version"):
        of_account.setdefault(row.account_id, []).append(row)
    lines = []
    for person in people.select_related("account").order_by("sort_key", "pk"):
        assert person.account is not None
        found: list[RegulationAcceptance | None] = [*of_account.get(person.account.pk, [])]
        for one in found or [None]:
            lines.append(
                {
                    "name": person.full_name,
                    "account": person.account.username,
                    "version": f"Bản {one.regulation.version}" if one else "Chưa chấp nhận",
                    "at": f"{localtime(one.at):%H:%M %d/%m/%Y}" if one else "",
                    "address": one.address or "" if one else "",
                    "hash": one.text_hash if one else "",
                }
            )
    return Contents([{"no": number, **line} for number, line in enumerate(lines, start=1)])


def _account(posting: StaffPosting) -> str:
    account = posting.staff.account
    if account is None:
        return "Không có tài khoản"
    return f"{account.username} ({'còn mở' if account.is_active else 'đã khóa'})"


register_section(
    Section(
        "thu-truong",
        "Thủ trưởng đơn vị",
        5,
        (
            SectionColumn("no", "STT", 5, "right"),
            SectionColumn("name", "Họ và tên", 28),
            SectionColumn("from", "Từ ngày", 12, "center"),
            SectionColumn("to", "Đến trước ngày", 14, "center"),
            SectionColumn("acting", "Tư cách", 18),
            SectionColumn("decision", "Số quyết định", 22),
            SectionColumn("decided_on", "Ngày quyết định", 14, "center"),
            SectionColumn("file", "Tệp quyết định", 30),
        ),
        _heads,
    )
)
register_section(
    Section(
        "quy-che",
        "Chấp nhận quy chế quản lý, sử dụng CSDL",
        37,
        (
            SectionColumn("no", "STT", 5, "right"),
            SectionColumn("name", "Họ và tên", 28),
            SectionColumn("account", "Tài khoản", 18),
            SectionColumn("version", "Bản quy chế", 14),
            SectionColumn("at", "Chấp nhận lúc", 16, "center"),
            SectionColumn("address", "Từ địa chỉ mạng", 18),
            SectionColumn("hash", "Mã văn bản (SHA-256)", 40),
        ),
        _acceptances,
        "Người công tác tại đơn vị trong thời gian của hồ sơ và có tài khoản.",
    )
)
register_section(
    Section(
        "thoi-viec",
        "Người thôi làm việc, chuyển đi",
        60,
        (
            SectionColumn("no", "STT", 5, "right"),
            SectionColumn("name", "Họ và tên", 28),
            SectionColumn("position", "Chức vụ, vị trí", 26),
            SectionColumn("left_on", "Thôi từ ngày", 13, "center"),
            SectionColumn("status", "Trạng thái", 20),
            SectionColumn("account", "Tài khoản khi lập hồ sơ", 28),
        ),
        _leavers,
    )
)
