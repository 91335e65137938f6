"""System check: the data files of the forms fit together, so that a slip in one is named before a report is counted."""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import pairwise
from typing import Any

from django.core.checks import CheckMessage, Error, register

from csdl.orgs.enums import TEACHING_KINDS
from csdl.reports.definitions import attributes, codes_counted, measure_filter
from csdl.reports.enums import Fill
from csdl.reports.forms import COMPARABLE, Form, FormRow, bases, changes, forms, obligations, period_kinds
from csdl.reports.identities import column_checks, row_checks

__all__ = ["forms_fit_together"]


@register("reports")
def forms_fit_together(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """reports.E001 names each fault of the data files; nothing here asks the database."""
    return [Error(said, id="reports.E001") for said in _faults()]


def _faults() -> Iterator[str]:
    for basis in bases():
        for form in forms(basis).values():
            yield from _form_faults(form)
    known = {form.code for basis in bases() for form in forms(basis).values()}
    for older, newer in pairwise(bases()):
        for change in changes(older, newer):
            if change.form_code and change.form_code not in known:
                yield f"changes: no form {change.form_code}"
            if change.comparable not in COMPARABLE:
                yield f"changes: {change.comparable} does not say whether figures stay comparable"
    for one in obligations():
        if one.unit_kind not in {str(kind) for kind in TEACHING_KINDS}:
            yield f"obligations: {one.unit_kind} is no kind of unit that teaches"
        if one.owes and one.form_code not in known:
            yield f"obligations: no form {one.form_code}"
        if not one.reason:
            yield f"obligations: {one.unit_kind} {one.form_code} gives no reason"
    for kind in sorted({str(kind) for kind in TEACHING_KINDS}):
        for period_kind in period_kinds():
            if not any((one.unit_kind, one.period_kind) == (kind, period_kind) for one in obligations()):
                yield f"obligations: nothing said of {kind} in {period_kind}"
    if not codes_counted():
        yield "counting: no code sets"
    for attribute in attributes().values():
        if attribute.kind not in ("code", "flag", "number", "word") or attribute.column[:2] not in ("r.", "s."):
            yield f"attributes: {attribute.population}.{attribute.name} is declared wrongly"


def _form_faults(form: Form) -> Iterator[str]:
    codes = [row.code for row in form.rows]
    if len(set(codes)) != len(codes):
        yield f"{form.code}: a code stands twice"
    sets = {(row.population, row.column_set) for row in form.rows if row.population}
    if len(sets) != len({population for population, _ in sets}):
        yield f"{form.code}: a population stands in two sets of columns"
    for row in form.rows:
        if (row.fill == Fill.COMPUTED) != bool(row.population):
            yield f"{form.code} {row.code}: a computed row has a definition, another has none"
        yield from _told(f"{form.code} {row.code}", partial(_read_row, row))
    yield from _told(form.code, lambda: row_checks(form))


def _read_row(row: FormRow) -> None:
    """Read everything the row leads to."""
    column_checks(row.column_set)
    for column in row.columns if row.population else ():
        measure_filter(row.population, column.measure)


def _told(where: str, read: Callable[[], Any]) -> Iterator[str]:
    try:
        read()
    except (LookupError, ValueError) as error:
        yield f"{where}: {error}"
