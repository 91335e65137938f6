"""Rights at the unit that were in force on some day of the period, and those that stand on no paper."""

from typing import Any

from django.db.models import F, Q

from csdl.access.enums import GrantState, Ground
from csdl.access.models import Grant
from csdl.access.roles import ROLES
from csdl.dossier.registry import Contents, Period, Section, SectionColumn, register_section
from csdl.lib.typst import shown
from csdl.orgs.models import OrgUnit

__all__: list[str] = []
_COLUMNS = (
    SectionColumn("no", "STT", 5, "right"),
    SectionColumn("name", "Họ và tên", 26),
    SectionColumn("account", "Tên đăng nhập", 20),
    SectionColumn("role", "Vai trò", 28),
    SectionColumn("from", "Từ ngày", 12, "center"),
    SectionColumn("to", "Đến trước ngày", 14, "center"),
    SectionColumn("state", "Tình trạng khi lập hồ sơ", 22),
    SectionColumn("ground", "Căn cứ", 24),
)


def _rows(unit: OrgUnit, period: Period) -> Any:
    """Withdrawn before it began means no day at all."""
    rows = Grant.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=period.first), unit=unit, valid_from__lte=period.last
    ).exclude(valid_to__lte=F("valid_from"))
    return rows.select_related("account").order_by("valid_from", "account__username", "pk")


def _line(number: int, grant: Grant) -> dict[str, Any]:
    role = ROLES.get(grant.role_code)
    state = GrantState(grant.state).label
    return {
        "no": number,
        "name": grant.account.full_name,
        "account": grant.account.username,
        "role": role.label if role else grant.role_code,
        "from": shown(grant.valid_from),
        "to": shown(grant.valid_to) or "chưa có ngày hết",
        "state": f"{state}: {grant.suspended_because}" if grant.suspended_because else state,
        "ground": Ground(grant.ground).label + ("" if grant.paper_id else " (chưa có văn bản)"),
    }


def _in_force(unit: OrgUnit, period: Period) -> Contents:
    rows = _rows(unit, period).exclude(state=GrantState.INACTIVE)
    return Contents([_line(number, grant) for number, grant in enumerate(rows, start=1)])


def _without_paper(unit: OrgUnit, period: Period) -> Contents:
    rows = _rows(unit, period).filter(paper_id__isnull=True)
    return Contents([_line(number, grant) for number, grant in enumerate(rows, start=1)])


register_section(Section("quyen", "Quyền có hiệu lực trong kỳ", 40, _COLUMNS, _in_force))
register_section(
    Section(
        "quyen-chua-van-ban",
        "Tài khoản có quyền mà chưa có văn bản",
        50,
        _COLUMNS,
        _without_paper,
        "Quyền chưa có văn bản thì chưa dùng được, trừ quyền lập khi cài đặt hệ thống.",
    )
)
