"""What people write into a report: figures of cells that no record gives, and what they say of a broken check."""

from collections.abc import Mapping
from decimal import Decimal

from django.db import transaction

from csdl.accounts.actor import Actor
from csdl.accounts.errors import InvalidRecord
from csdl.accounts.permissions import Permission
from csdl.audit.actions import record
from csdl.lib.vietnamese import squeeze
from csdl.orgs.models import OrgUnit
from csdl.reports.actions.moving import instant
from csdl.reports.enums import FREEZABLE, Fill, SubmissionState
from csdl.reports.errors import ReportError
from csdl.reports.forms import basis_on, form, owed_forms
from csdl.reports.models import CheckExplanation, FailedCheck, ReportPeriod, Submission, TypedCell
from csdl.reports.queries import Scope, expected_reports

__all__ = ["draft_of", "explain_check", "type_cells"]

_MOST = Decimal(10) ** 12
_PLACES = 3
_SHORTEST, _LONGEST = 5, 500


@transaction.atomic
def draft_of(*, actor: Actor, period: ReportPeriod, unit: OrgUnit, level_code: str) -> Submission:
    """The report of a unit and level that may still be written into; made where it is not there yet.

    Errors:  NotAllowed; RPT-03 sent already; RPT-04 the unit owes no report for that level.
    """
    actor.require(Permission.REPORT_PREPARE, on=unit)
    expected = [one for one in expected_reports(period, Scope(only=[unit.pk])) if one.level_code == level_code]
    if not expected or not expected[0].forms:
        reason = expected[0].reason if expected else f"{unit.name} không dạy cấp học này trong năm học."
        raise ReportError(reason, code="RPT-04")
    made, _ = Submission.objects.get_or_create(period=period, unit=unit, level_code=level_code)
    report: Submission = Submission.objects.select_for_update().get(pk=made.pk)
    if report.state not in FREEZABLE:
        state = SubmissionState(report.state).label
        raise ReportError(f"Báo cáo đang ở trạng thái “{state}”, chỉ sửa được sau khi bị trả lại.", code="RPT-03")
    return report


@transaction.atomic
def type_cells(
    *, actor: Actor, report: Submission, form_code: str, figures: Mapping[tuple[str, str], Decimal | None]
) -> int:
    """Write typed figures of a form; None empties a cell. The next freeze takes them in. Answers how many changed.

    Shapes:  `figures` (row code, column code) -> figure. Totals follow the columns' formulas and are not typed.
    Errors:  as `draft_of`; RPT-07 a cell that is not typed; REC-01 with every fault by cell ("25:public").
    """
    draft = draft_of(actor=actor, period=report.period, unit=report.unit, level_code=report.level_code)
    what = form(form_code, basis_on(report.period.snapshot_on).code)
    if form_code not in owed_forms(report.unit.kind, report.level_code, report.period.kind):
        raise ReportError(f"{report.unit.name} không lập biểu {what.number} cho cấp học này.", code="RPT-04")
    faults: dict[str, list[str]] = {}
    for (code, column_code), figure in figures.items():
        row, column = what.cell(f"{code}:{column_code}")
        if row.fill == Fill.COMPUTED or column.formula or what.is_blocked(row, column):
            raise ReportError(
                f"Ô {code}:{column_code} của biểu {what.number} không nhập tay: {row.definition}", code="RPT-07"
            )
        whole = row.unit != "triệu đồng"
        if figure is not None and figure < 0:
            faults[f"{code}:{column_code}"] = [f"{row.label}: hãy nhập số từ 0."]
        elif figure is not None and figure > _MOST:
            faults[f"{code}:{column_code}"] = [f"{row.label}: số quá lớn, xem lại đơn vị tính ({row.unit})."]
        elif figure is not None and figure != round(figure, _PLACES):
            faults[f"{code}:{column_code}"] = [f"{row.label}: nhiều nhất {_PLACES} chữ số sau dấu phẩy."]
        elif figure is not None and whole and figure != figure.to_integral_value():
            faults[f"{code}:{column_code}"] = [f"{row.label}: hãy nhập số nguyên, {row.unit} không có phần lẻ."]
        elif figure is not None and row.unit == "trường" and figure > 1:
            faults[f"{code}:{column_code}"] = [f"{row.label}: một trường ghi 1 nếu có, 0 nếu không."]
    if faults:
        raise InvalidRecord(faults)
    known = {(one.indicator_code, one.column_code): one for one in draft.typed_cells.filter(form_code=form_code)}
    changed = 0
    for key, figure in figures.items():
        before = known.get(key)
        if figure is None and before:
            before.delete()
        elif figure is not None and before and (before.figure != figure or before.is_carried):
            before.figure, before.is_carried, before.typed_by = figure, False, actor.account_id
            before.save(update_fields=["figure", "is_carried", "typed_by"])
        elif figure is not None and not before:
            TypedCell.objects.create(
                submission=draft,
                unit_id=draft.unit_id,
                form_code=form_code,
                indicator_code=key[0],
                column_code=key[1],
                figure=figure,
                typed_by=actor.account_id,
            )
        else:
            continue
        changed += 1
    if changed:
        if draft.state == SubmissionState.NOT_STARTED:
            draft.state = SubmissionState.DRAFT
            draft.save(update_fields=["state"])
        data = {"period": draft.period.code, "level": draft.level_code, "form": form_code, "cells": changed}
        record(actor=actor, kind="report:type_cells", unit_id=draft.unit_id, data=data)
    return changed


@transaction.atomic
def explain_check(
    *,
    actor: Actor,
    report: Submission,
    form_code: str,
    check_code: str,
    text: str,
    indicator_code: str = "",
    all_rows: bool = False,
) -> list[CheckExplanation]:
    """Say why a broken check is right all the same, as its figures are in the freeze that counts.

    Shapes:  a row for each row of the form that is explained: the one named; the only one that breaks the check; or
             with `all_rows` every one that does, by the same words.
    Errors:  as `draft_of`; REC-01 too little or too much said, nothing broken, several rows broken and none named.
    """
    draft = draft_of(actor=actor, period=report.period, unit=report.unit, level_code=report.level_code)
    said = squeeze(text)
    faults: dict[str, list[str]] = {}
    if not _SHORTEST <= len(said) <= _LONGEST:
        faults["text"] = [f"Hãy ghi giải trình, từ {_SHORTEST} đến {_LONGEST} ký tự."]
    broken = FailedCheck.objects.filter(snapshot=draft.snapshot, form_code=form_code, check_code=check_code)
    rows = list(broken.order_by("pk").values_list("indicator_code", flat=True)) if draft.snapshot_id else []
    rows = list(dict.fromkeys(rows))
    wanted = [one for one in rows if indicator_code in ("", one)]
    if not wanted:
        faults["check"] = ["Ràng buộc này đang khớp, không cần giải trình."]
    elif len(wanted) > 1 and not all_rows:
        faults["check"] = [
            f"Ràng buộc này chưa khớp ở {len(rows)} dòng ({', '.join(rows)}): hãy giải trình từng dòng, "
            "hoặc chọn một giải trình cho mọi dòng."
        ]
    if faults:
        raise InvalidRecord(faults)
    facts = {
        "unit_id": draft.unit_id,
        "snapshot_id": draft.snapshot_id,
        "text": said,
        "explained_by": actor.account_id,
        "explained_by_label": actor.label,
        "explained_at": instant(),
    }
    made = [
        CheckExplanation.objects.update_or_create(
            submission=draft, form_code=form_code, check_code=check_code, indicator_code=one, defaults=facts
        )[0]
        for one in wanted
    ]
    data = {
        "period": draft.period.code,
        "level": draft.level_code,
        "form": form_code,
        "check": check_code,
        "rows": wanted,
        "version": draft.snapshot.version if draft.snapshot else 0,
    }
    record(actor=actor, kind="report:explain_check", unit_id=draft.unit_id, data=data)
    return made
