"""Rights at the unit that were in force on some day of the period, by the log of their lives, and those that stand on
no paper."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import F, Q

from csdl.access.enums import GrantState, Ground
from csdl.access.models import Grant
from csdl.delegation.queries import GrantLine, days_in_force, grant_lines
from csdl.dossier.registry import Contents, Period, Section, SectionColumn, register_section
from csdl.lib.typst import shown
from csdl.orgs.models import OrgUnit
from csdl.staff.models import UnitHead

__all__: list[str] = []
# First and last day, both included; None: no end is known.
type Run = tuple[dt.date, dt.date | None]
_COLUMNS = (
    SectionColumn("no", "STT", 5, "right"),
    SectionColumn("name", "Họ và tên", 26),
    SectionColumn("account", "Tên đăng nhập", 20),
    SectionColumn("role", "Vai trò", 28),
    SectionColumn("scope", "Phạm vi", 30),
    SectionColumn("from", "Từ ngày", 12, "center"),
    SectionColumn("to", "Đến trước ngày", 14, "center"),
    SectionColumn("state", "Tình trạng khi lập hồ sơ", 22),
    SectionColumn("ground", "Căn cứ", 30),
)


def _rows(unit: OrgUnit, period: Period) -> Any:
    """Withdrawn before it began means no day at all."""
    rows = Grant.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=period.first), unit=unit, valid_from__lte=period.last
    ).exclude(valid_to__lte=F("valid_from"))
    return rows.select_related("account", "unit").order_by("valid_from", "account__username", "pk")


def _lines(rows: Iterable[Grant], runs: Mapping[int, Sequence[Run]] | None = None) -> Contents:
    """Rights with their scope in words and their paper; a fixed number of queries. `runs`: the days to say of each, a
    line for each run, instead of those that were given."""
    lines = grant_lines(rows)
    by_appointment = {one.grant.paper_id for one in lines if one.grant.ground == Ground.APPOINTMENT}
    heads = UnitHead.objects.in_bulk([key for key in by_appointment if key is not None])
    said = [(line, run) for line in lines for run in (runs[line.grant.pk] if runs is not None else [_given(line)])]
    return Contents([_line(number, line, run, heads) for number, (line, run) in enumerate(said, start=1)])


def _given(line: GrantLine) -> Run:
    return line.grant.valid_from, line.last_day


def _line(number: int, line: GrantLine, run: Run, heads: dict[int, UnitHead]) -> dict[str, Any]:
    grant, (first, last) = line.grant, run
    return {
        "no": number,
        "name": grant.account.full_name,
        "account": grant.account.username,
        "role": line.label,
        "scope": line.scope,
        "from": shown(first),
        "to": shown(last + dt.timedelta(days=1)) if last else "chưa có ngày hết",
        "state": f"{line.standing}: {grant.suspended_because}" if grant.suspended_because else line.standing,
        "ground": _ground(line, heads.get(grant.paper_id or 0)),
    }


def _ground(line: GrantLine, head: UnitHead | None) -> str:
    """The paper by its number, where there is one."""
    grant = line.grant
    if line.minutes is not None:
        return line.minutes.title
    if grant.ground == Ground.APPOINTMENT and head is not None:
        return f"Quyết định số {head.decision_no or '(chưa ghi)'}"
    if line.inspection is not None:
        return line.inspection.document.named
    return Ground(grant.ground).label + ("" if grant.paper_id else " (chưa có văn bản)")


def _in_force(unit: OrgUnit, period: Period) -> Contents:
    """Whoever had power on a day of the period: from the day on which both papers were there to the day on which the
    right was withdrawn, that day included."""
    days = Q(valid_to__isnull=True) | Q(valid_to__gte=period.first) | Q(read_until__gt=period.first)
    rows = Grant.objects.filter(days, unit=unit, valid_from__lte=period.last).exclude(state=GrantState.INACTIVE)
    ordered = list(rows.select_related("account", "unit").order_by("valid_from", "account__username", "pk"))
    runs = {
        key: [one for one in found if one[0] <= period.last and (one[1] is None or one[1] >= period.first)]
        for key, found in days_in_force(unit.pk, ordered).items()
    }
    return _lines([row for row in ordered if runs[row.pk]], runs)


def _without_paper(unit: OrgUnit, period: Period) -> Contents:
    return _lines(_rows(unit, period).filter(Q(paper_id__isnull=True) | Q(ground=Ground.SETUP)))


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
