"""Reads of consolidations: who is missing, whether the sum still equals its parts, what changed since the last one.

Everything about a unit begins at the gate.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from django.db.models import F, Q, QuerySet

from csdl.access.queries import visible
from csdl.accounts.actor import Actor
from csdl.accounts.permissions import Permission
from csdl.lib import sql
from csdl.orgs.models import OrgUnit
from csdl.reports.enums import SubmissionState
from csdl.reports.errors import ReportError
from csdl.reports.forms import Column, Form, FormRow, bases, forms
from csdl.reports.models import (
    Consolidation,
    ConsolidationPart,
    ConsolidationRow,
    ConsolidationVersion,
    ReportPeriod,
    Submission,
)
from csdl.reports.queries import (
    CellDifference,
    Expected,
    Figures,
    FilledForm,
    check_opens,
    row_differences,
    rows_counted,
)
from csdl.reports.statements import MODULE

__all__ = [
    "PartLine",
    "TracedPart",
    "TracedSum",
    "consolidations",
    "differences",
    "is_stale",
    "missing_units",
    "parts_of_cell",
    "recount",
    "still_missing",
    "summed_form",
    "summed_form_named",
    "summed_forms",
    "summed_in_full",
    "sums_statement",
    "trace_sum",
    "version_of",
]


@dataclass(frozen=True)
class PartLine:
    """What one unit adds to a cell, by which of its freezes."""

    unit: OrgUnit
    figure: Decimal | None
    snapshot_id: int
    version: int


@dataclass(frozen=True)
class TracedPart:
    """What one unit adds to a cell, with the rows that it counts where they were asked for."""

    line: PartLine
    row: FormRow
    rows: list[dict[str, Any]]


@dataclass(frozen=True)
class TracedSum:
    """A cell of a sum down to its parts, unit by unit."""

    form: Form
    row: FormRow
    column: Column
    total: Decimal | None
    parts: list[TracedPart]


def consolidations(actor: Actor) -> QuerySet[Consolidation]:
    """Consolidations that the actor may see."""
    return visible(Consolidation.objects.all(), actor, Permission.REPORT_READ)


def version_of(
    *, actor: Actor, period: ReportPeriod, unit: OrgUnit, level_code: str, version: int | None = None
) -> ConsolidationVersion:
    """A sum of a unit and level: the one that counts, or a version. Errors: NotAllowed; RPT-01 no such version;
    RPT-08 not added up yet."""
    rows = consolidations(actor).filter(period=period, unit=unit, level_code=level_code)
    held = ConsolidationVersion.objects.select_related("consolidation__period", "unit__parent")
    found = (
        held.filter(consolidation__in=rows, version=version).first()
        if version is not None
        else held.filter(pk__in=rows.values("current")).first()
    )
    if found is None:
        known = held.filter(consolidation__in=rows).order_by("version").values_list("version", flat=True)
        if version is not None and known:
            raise ReportError(f"{unit.name} không có lần tổng hợp {version}. Các lần: {', '.join(map(str, known))}.")
        raise ReportError(
            f"{unit.name} chưa tổng hợp {period.name.lower()}, cấp {level_code}. Hãy tổng hợp trước: "
            "csdl report consolidate.",
            code="RPT-08",
        )
    return found


def summed_forms(version: ConsolidationVersion) -> list[Form]:
    """The forms that a sum holds, in the order of the law."""
    held = set(ConsolidationRow.objects.filter(version=version).values_list("form_code", flat=True).distinct())
    return [form for code, form in forms(version.basis).items() if code in held]


def summed_in_full(version: ConsolidationVersion) -> list[FilledForm]:
    """Every form that a sum holds with its figures, in the order of the law; one query."""
    figures: dict[str, dict[str, Figures]] = defaultdict(dict)
    rows = ConsolidationRow.objects.filter(version=version).values_list("form_code", "indicator_code", "figures")
    for form_code, indicator_code, values in rows:
        figures[form_code][indicator_code] = tuple(values)
    return [FilledForm(form, figures[code]) for code, form in forms(version.basis).items() if code in figures]


def summed_form_named(version: ConsolidationVersion, code: str) -> Form | None:
    """A form that a sum holds, by its code; None where no part holds it."""
    return next((one for one in summed_forms(version) if one.code == code), None)


def still_missing(
    period: ReportPeriod, expected: Sequence[Expected], included: Collection[int], level_code: str
) -> list[dict[str, Any]]:
    """Units that owe a report of the level and are not in the sum, by name, with where their report stands."""
    states = dict(
        Submission.objects.filter(
            period=period, level_code=level_code, unit_id__in=[one.unit_id for one in expected]
        ).values_list("unit_id", "state")
    )
    held = set(included)
    return [
        {
            "unit_id": one.unit_id,
            "name": one.unit_name,
            "state": SubmissionState(states.get(one.unit_id, SubmissionState.NOT_STARTED)).label,
        }
        for one in expected
        if one.unit_id not in held
    ]


def missing_units(version: ConsolidationVersion) -> list[dict[str, str]]:
    """Who is missing from a sum, as other systems know units: code, public id, name, and where the report stood."""
    units = OrgUnit.objects.in_bulk([one["unit_id"] for one in version.missing])
    return [
        {
            "unit_code": units[one["unit_id"]].code,
            "public_id": str(units[one["unit_id"]].public_id),
            "name": one["name"],
            "state": one["state"],
        }
        for one in version.missing
    ]


def recount(version: ConsolidationVersion) -> list[str]:
    """What of a sum does not equal its parts added up again; empty: the top equals the count at the bottom."""
    text = sql.statement(MODULE, "51_check_sums").replace("{sums}", sums_statement())
    period_id = version.consolidation.period_id
    said = {"row": "dòng {place}: tổng hợp {found}, cộng lại {wanted}", "pupils": "học sinh {found}, đếm lại {wanted}"}
    return [
        said[row["what"]].format(**row) for row in sql.rows_of(text, {"version_id": version.pk, "period_id": period_id})
    ]


@cache
def sums_statement() -> str:
    """Text of the sums of a version's parts, as wide as the widest set of columns."""
    width = max(len(row.columns) for basis in bases() for form in forms(basis).values() for row in form.rows)
    totals = ", ".join(f"sum(c.figures[{place}])" for place in range(1, width + 1))
    return sql.statement(MODULE, "50_sum_parts").replace("{totals}", totals)


def is_stale(row: Consolidation, version: ConsolidationVersion) -> bool:
    """Whether a part was given back or replaced since, or another report of the level was accepted after it."""
    accepted = [SubmissionState.APPROVED_L2, SubmissionState.FINALISED]
    if row.unit.parent_id is not None:
        accepted = [SubmissionState.APPROVED_L1, SubmissionState.FORWARDED, *accepted]
    gone = version.parts.filter(~Q(submission__state__in=accepted) | ~Q(submission__snapshot_id=F("snapshot_id")))
    if gone.exists():
        return True
    waiting = {one["unit_id"] for one in version.missing}
    return Submission.objects.filter(
        period_id=row.period_id, level_code=row.level_code, unit_id__in=waiting, state__in=accepted
    ).exists()


def summed_form(version: ConsolidationVersion, form: Form) -> FilledForm:
    """A form as a consolidation adds it; without rows where no part holds that form."""
    rows = ConsolidationRow.objects.filter(version=version, form_code=form.code)
    return FilledForm(form, {code: tuple(values) for code, values in rows.values_list("indicator_code", "figures")})


def parts_of_cell(version: ConsolidationVersion, form: Form, address: str) -> list[PartLine]:
    """What every unit adds to one cell: the sum opened, unit by unit; their own cells open to the pupils."""
    row, column = form.cell(address)
    rows = (
        ConsolidationPart.objects.filter(
            version=version,
            snapshot__cell_rows__form_code=form.code,
            snapshot__cell_rows__place=row.place,
        )
        .annotate(figures=F("snapshot__cell_rows__figures"), frozen_version=F("snapshot__version"))
        .select_related("of_unit")
        .order_by("of_unit__sort_key")
    )
    return [
        PartLine(one.of_unit, one.figures[column.position - 1], one.snapshot_id, one.frozen_version) for one in rows
    ]


def trace_sum(
    *, actor: Actor, version: ConsolidationVersion, form: Form, address: str, with_rows: bool = False
) -> TracedSum:
    """From a cell of a sum to what each unit adds to it and, `with_rows`, on to the rows that each counts.

    Errors:  NotAllowed (reports; with rows, the records of the persons counted); RPT-01 no such cell; with rows, RPT-07
             a typed cell.
    """
    actor.require(Permission.REPORT_READ, on=version)
    row, column = form.cell(address)
    if with_rows:
        check_opens(actor, form, row, column, on=version)
    parts = parts_of_cell(version, form, address)
    held = [one.snapshot_id for one in parts]
    rows = rows_counted(held, version.consolidation.period_id, row, column) if with_rows else {}
    total = summed_form(version, form).cell(row, column)
    return TracedSum(form, row, column, total, [TracedPart(one, row, rows.get(one.snapshot_id, [])) for one in parts])


def differences(old: ConsolidationVersion, new: ConsolidationVersion) -> list[CellDifference]:
    """Rows of the forms that two consolidations add otherwise."""
    return row_differences("reports_consolidationrow", "version_id", old.pk, new.pk)
