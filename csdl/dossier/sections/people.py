"""Who headed the unit within the period, and who left it."""

from django.db.models import F, Q

from csdl.codes import queries as codes
from csdl.dossier.registry import Contents, Period, Section, SectionColumn, register_section
from csdl.lib.typst import shown
from csdl.orgs.models import OrgUnit
from csdl.staff.models import StaffPosting, UnitHead

__all__: list[str] = []


def _heads(unit: OrgUnit, period: Period) -> Contents:
    rows = UnitHead.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=period.first), unit=unit, valid_from__lte=period.last
    ).exclude(valid_to__lte=F("valid_from"))
    return Contents(
        [
            {
                "no": number,
                "name": one.staff.full_name,
                "from": shown(one.valid_from),
                "to": shown(one.valid_to) or "nay",
                "acting": "Quyền, phụ trách" if one.is_acting else "Chính thức",
                "decision": one.decision_no,
                "decided_on": shown(one.decided_on),
            }
            for number, one in enumerate(rows.select_related("staff").order_by("valid_from", "pk"), start=1)
        ]
    )


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
        ),
        _heads,
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
