"""What the lines of the reports need of the product: imported by `bench.child` once Django is set up.

The province of 1,600 small schools is frozen, signed, sent, accepted and added up by the product's own actions.
"""

import datetime as dt
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from django.db import transaction
from django.urls import reverse

from bench.sessions import CSRF, signed_in
from csdl.access.actions import give_role, refresh_scopes
from csdl.access.enums import GrantState, Ground
from csdl.access.models import Grant
from csdl.accounts.actor import SystemActor
from csdl.accounts.models import Account
from csdl.lib import clock
from csdl.orgs.models import OrgUnit
from csdl.reports.actions import (
    accept_consolidation,
    accept_reports,
    consolidate_levels,
    explain_check,
    forward_consolidation,
    freeze,
    open_usual_period,
    send_report,
    sign_report,
)
from csdl.reports.enums import FreezeMode
from csdl.reports.forms import Form, FormRow, form, owed_forms
from csdl.reports.models import Consolidation, FailedCheck, ReportPeriod, Submission

__all__ = [
    "accept_and_add_up",
    "add_up_province",
    "last_hour",
    "look_at_board",
    "look_at_form",
    "make_ready",
    "send_everything",
]

OPERATOR = SystemActor("bench")
# Who froze does not sign.
HEAD = SystemActor("bench head")
YEAR = 2023
LAST_HOUR = dt.datetime(YEAR, 10, 7, 16, 5, tzinfo=clock.LOCAL_ZONE)


def make_ready() -> None:
    """Every report of the small schools frozen, explained and signed; a clerk with an account at each."""
    clock.move_to(dt.datetime(YEAR, 10, 3, 9, tzinfo=clock.LOCAL_ZONE))
    period = open_usual_period(actor=OPERATOR, start_year=YEAR, kind="BOY")
    freeze(actor=OPERATOR, period=period, mode=FreezeMode.PROVINCE)
    for report in _reports(period):
        _sign(report)
    _give_clerks(period)
    _officer("bench_department", "department_admin", OrgUnit.objects.get(parent=None))


def send_everything() -> None:
    """All sent within the last hour, one after another."""
    clock.move_to(LAST_HOUR)
    for report in _reports(ReportPeriod.objects.get()):
        send_report(actor=OPERATOR, report=report)


def accept_and_add_up() -> None:
    """Offices accept, add up and send on; the department accepts those. What is left is its own sum."""
    period = ReportPeriod.objects.get()
    accept_reports(actor=OPERATOR, reports=list(_reports(period)))
    for office in OrgUnit.objects.filter(kind="district_office").order_by("pk"):
        made, _ = consolidate_levels(actor=OPERATOR, period=period, unit=office)
        for row in made:
            assert row.current is not None
            forward_consolidation(actor=OPERATOR, consolidation=row, version=row.current.version)
            accept_consolidation(actor=OPERATOR, consolidation=row)


def add_up_province() -> None:
    """The department adds up every level: what `csdl report consolidate` does."""
    root = OrgUnit.objects.get(parent=None)
    made, refused = consolidate_levels(actor=OPERATOR, period=ReportPeriod.objects.get(), unit=root)
    if refused or len(made) != 4:
        raise SystemExit(f"the department added up {len(made)} levels: {refused}")


def last_hour() -> list[dict[str, Any]]:
    """Every clerk before the button: address, cookie, and the rows that a bare statement needs to write the same."""
    clock.move_to(LAST_HOUR)
    found = []
    period = ReportPeriod.objects.get()
    clerks = {one.username: one for one in Account.objects.filter(username__startswith="clerk")}
    with transaction.atomic():
        for report in _reports(period):
            account = clerks[f"clerk{report.unit_id}"]
            found.append(
                {
                    "path": reverse("school:report-send", args=[report.unit.public_id, period.code, report.level_code]),
                    "cookie": signed_in(account),
                    "csrf": CSRF,
                    "report": report.pk,
                    "unit": report.unit_id,
                    "level": report.level_code,
                    "snapshot": report.snapshot_id,
                    "period": period.pk,
                    "account": account.pk,
                    "label": f"{account.full_name} ({account.username})",
                }
            )
    return found


def look_at_board() -> dict[str, Any]:
    """The department's session and the addresses of its board and sums."""
    clock.move_to(dt.datetime(YEAR, 10, 20, 9, tzinfo=clock.LOCAL_ZONE))
    period = ReportPeriod.objects.get()
    root = OrgUnit.objects.get(parent=None)
    rows = Consolidation.objects.filter(period=period, unit=root).select_related("current")
    largest = max(rows, key=lambda one: one.current.included_count if one.current else 0)
    summed = reverse("authority:report-consolidation", args=[period.code, root.public_id, largest.level_code])
    return {
        "cookie": signed_in(Account.objects.get(username="bench_department")),
        "board": f"{reverse('authority:report-board')}?ky={period.code}",
        "list": reverse("authority:report-consolidations", args=[period.code]),
        "sum": summed,
        "recount": f"{summed}?phan=cong-lai",
        "period": period.pk,
        "level": largest.level_code,
        "root": root.pk,
        "version": largest.current_id,
    }


def look_at_form() -> dict[str, Any]:
    """A sent report of a middling school, its largest section and the cell that counts all its pupils, as the office
    that takes it; everything else of the province is frozen too."""
    period = ReportPeriod.objects.get()
    freeze(actor=OPERATOR, period=period, mode=FreezeMode.PROVINCE)
    report = min(
        (one for one in _reports(period) if one.unit.parent and one.unit.parent.kind == "district_office"),
        key=lambda one: (abs(one.snapshot.pupil_count - 1000), one.pk) if one.snapshot else (10**9, one.pk),
    )
    _sign(report)
    clock.move_to(LAST_HOUR)
    send_report(actor=OPERATOR, report=report)
    snapshot, office = report.snapshot, report.unit.parent
    assert snapshot is not None
    assert office is not None
    account = _officer("bench_office", "office_head", office)
    shown = form(owed_forms(report.unit.kind, report.level_code, period.kind)[0], snapshot.basis)
    section, _ = max(_sections(shown), key=lambda one: sum(len(row.columns) for row in one[1]))
    total = next(
        row for row in shown.rows if row.population == "pupil" and all(t.attribute.name == "present" for t in row.terms)
    )
    here = [report.unit.public_id, period.code, report.level_code, shown.code]
    return {
        "cookie": signed_in(account),
        "form": f"{reverse('school:report-form', args=here)}?phan={section}",
        "cell": reverse("school:report-cell", args=[*here, f"{total.code}:{total.columns[0].code}"]),
        "pupils": snapshot.pupil_count,
        "params": {
            "unit": str(report.unit.public_id),
            "period_code": period.code,
            "level": report.level_code,
            "form": shown.code,
            "place": total.place,
            "period": period.pk,
            "report": report.pk,
            "snapshot": snapshot.pk,
        },
    }


def _sections(shown: Form) -> Iterator[tuple[str, list[FormRow]]]:
    for name, rows in groupby(sorted(shown.rows, key=lambda row: row.section), key=lambda row: row.section):
        yield name, list(rows)


def _reports(period: ReportPeriod) -> Iterator[Submission]:
    rows = Submission.objects.filter(period=period).select_related("unit__parent", "period", "snapshot")
    return rows.order_by("pk").iterator()


def _sign(report: Submission) -> None:
    snapshot = report.snapshot
    assert snapshot is not None
    if snapshot.error_count:
        broken = FailedCheck.objects.filter(snapshot=snapshot, severity="error").values_list("form_code", "check_code")
        for form_code, check_code in sorted(set(broken)):
            explain_check(
                actor=OPERATOR,
                report=report,
                form_code=form_code,
                check_code=check_code,
                text="Đã đối chiếu hồ sơ",
                all_rows=True,
            )
    sign_report(actor=HEAD, report=report, version=snapshot.version)


def _give_clerks(period: ReportPeriod) -> None:
    """A clerk at every unit, their reach worked out at once."""
    units = list(Submission.objects.filter(period=period).values_list("unit_id", flat=True).distinct())
    accounts = Account.objects.bulk_create(
        Account(username=f"clerk{unit_id}", full_name="Người dùng thử", is_active=True) for unit_id in units
    )
    Grant.objects.bulk_create(
        Grant(
            account=account, role_code="school_clerk", unit_id=unit_id, valid_from=dt.date(2020, 1, 1),
            state=GrantState.ACTIVE, ground=Ground.SETUP,
        )
        for account, unit_id in zip(accounts, units, strict=True)
    )  # fmt: skip
    refresh_scopes([one.pk for one in accounts])


def _account(username: str) -> Account:
    made: Account = Account.objects.create(username=username, full_name="Người dùng thử", is_active=True)
    return made


def _officer(username: str, role_code: str, unit: OrgUnit) -> Account:
    account = _account(username)
    give_role(actor=OPERATOR, account=account, role_code=role_code, unit=unit, valid_from=dt.date(2020, 1, 1))
    return account
