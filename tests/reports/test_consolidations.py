"""Consolidation: the sum of what was accepted, re-added each time; who is missing; returns, other trees, closing."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from csdl.access.queries import visible
from csdl.accounts.errors import InvalidRecord, NotAllowed
from csdl.accounts.permissions import Permission
from csdl.orgs.models import UnitVersion
from csdl.reports.actions import (
    accept_consolidation,
    accept_report,
    close_period,
    consolidate,
    consolidate_levels,
    forward_consolidation,
    give_back,
    reopen_period,
    return_report,
)
from csdl.reports.consolidations import differences, parts_of_cell, recount, summed_form
from csdl.reports.enums import ConsolidationState, SubmissionState
from csdl.reports.errors import ReportError
from csdl.reports.forms import form
from csdl.reports.models import Consolidation, ConsolidationRow, ReportPeriod, Signature, Submission
from tests import builders as b
from tests.reports.chain import Chain, build_chain, sent

pytestmark = [pytest.mark.django_db, pytest.mark.server]
FORM = form("02-DN-TH", "tt24")


@pytest.fixture
def chain(october: ReportPeriod) -> Chain:
    return build_chain(october)


def _accepted(chain: Chain, *places: int) -> None:
    for place in places:
        where = "office" if place < len(chain.schools) else "department"
        accept_report(actor=chain.actors[where], report=sent(chain, place))


def _consolidated(chain: Chain, who: str = "office") -> Consolidation:
    unit = chain.office if who == "office" else b.department()
    return consolidate(actor=chain.actors[who], period=chain.period, unit=unit, level_code="02")


def _cell(row: Consolidation, code: str) -> int:
    found = summed_form(row.current, FORM)
    return int(found.cell(FORM.row(code), FORM.row(code).columns[0]))


def _states(chain: Chain) -> dict[str, str]:
    return {one.unit.name: one.state for one in Submission.objects.select_related("unit").order_by("unit_id")}


def test_the_sum_is_that_of_the_accepted_reports_and_names_who_is_missing(chain: Chain) -> None:
    _accepted(chain, 0, 1)

    row = _consolidated(chain)

    made = row.current
    assert (made.included_count, made.expected_count, made.pupil_count, _cell(row, "37")) == (2, 3, 4, 4)
    assert [(one["name"], one["state"]) for one in made.missing] == [("Trường Tiểu học 2", "Chưa lập")]
    assert recount(made) == []
    assert [(one.unit.name, int(one.figure)) for one in parts_of_cell(made, FORM, "37:1")] == [
        ("Trường Tiểu học 0", 2),
        ("Trường Tiểu học 1", 2),
    ]


def test_the_same_reports_again_make_no_new_version(chain: Chain) -> None:
    _accepted(chain, 0)

    assert _consolidated(chain).current == _consolidated(chain).current


def test_nothing_accepted_nothing_to_add(chain: Chain) -> None:
    sent(chain)

    with pytest.raises(ReportError, match="3 đơn vị phải báo cáo"):
        _consolidated(chain)
    assert not Consolidation.objects.filter(current__isnull=False).exists()


def test_a_sum_that_was_touched_is_found_by_adding_again(chain: Chain) -> None:
    _accepted(chain, 0)
    row = _consolidated(chain)
    with pytest.raises(DatabaseError, match="stay as they are"), transaction.atomic():
        ConsolidationRow.objects.filter(version=row.current, indicator_code="37").update(figures=[5])

    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('csdl.erasing', 'on', true)")  # whoever gets past the trigger
        cursor.execute(
            "UPDATE reports_consolidationrow SET figures[1] = figures[1] + 1 WHERE indicator_code = '37'"
            " AND form_code = '02-DN-TH'"
        )
    found = recount(row.current)

    assert len(found) == 1
    assert found[0].startswith("dòng 02-DN-TH 37: tổng hợp ")


def test_the_whole_way_to_the_closed_period(chain: Chain) -> None:
    _accepted(chain, 0, 1, 2, 3)
    row = _consolidated(chain)
    row = forward_consolidation(actor=chain.actors["office"], consolidation=row, version=1)
    assert set(_states(chain).values()) == {SubmissionState.FORWARDED, SubmissionState.APPROVED_L2}
    accept_consolidation(actor=chain.actors["department"], consolidation=row)
    top = _consolidated(chain, "department")
    top = close_period(actor=chain.actors["department"], consolidation=top, version=1)

    assert (top.state, _cell(top, "37"), top.current.pupil_count) == (ConsolidationState.CLOSED, 8, 8)
    assert [one["name"] for one in top.current.missing] == ["Trường Tiểu học xa"]
    assert set(_states(chain).values()) == {SubmissionState.FINALISED}
    assert Signature.objects.filter(version__isnull=False).count() == 2
    assert list(top.moves.values_list("name", "from_state", "to_state")) == [("close", "made", "closed")]
    with pytest.raises(ReportError, match="đã đóng"):
        _consolidated(chain, "department")
    reopen_period(actor=chain.actors["department"], consolidation=top, reason="Bộ yêu cầu sửa")
    assert set(_states(chain).values()) == {SubmissionState.APPROVED_L2}


def test_the_office_cannot_return_what_the_department_already_took(chain: Chain) -> None:
    _accepted(chain, 0, 1)
    row = forward_consolidation(actor=chain.actors["office"], consolidation=_consolidated(chain), version=1)
    report = chain.report(chain.schools[0])

    with pytest.raises(ReportError, match="đề nghị Sở trả lại") as forwarded:
        return_report(actor=chain.actors["office"], report=report, reason="Sai")
    accept_consolidation(actor=chain.actors["department"], consolidation=row)
    with pytest.raises(ReportError, match="đề nghị Sở trả lại") as accepted:
        return_report(actor=chain.actors["office"], report=report, reason="Sai")

    assert (forwarded.value.code, accepted.value.code) == ("RPT-03", "RPT-03")


def test_a_return_by_the_department_opens_the_school_and_the_offices_sum(chain: Chain) -> None:
    _accepted(chain, 0, 1)
    row = forward_consolidation(actor=chain.actors["office"], consolidation=_consolidated(chain), version=1)
    first = row.current
    return_report(actor=chain.actors["department"], report=chain.report(chain.schools[0]), reason="Thiếu một em")
    row.refresh_from_db()
    assert row.state == ConsolidationState.RETURNED
    assert row.moves.last().reason == "Trả lại Trường Tiểu học 0: Thiếu một em"
    with pytest.raises(ReportError, match="tổng hợp lại"):
        forward_consolidation(actor=chain.actors["office"], consolidation=row, version=1)

    b.pupil(chain.schools[0].classes.first(), None, birth_date=dt.date(2018, 1, 1))
    _accepted(chain, 0)
    row = _consolidated(chain)

    changed = {
        one.indicator_code: (int(one.old[0]), int(one.new[0]))
        for one in differences(first, row.current)
        if one.form_code == FORM.code
    }
    assert row.current.version == 2
    assert changed["37"] == (4, 5)
    forward_consolidation(actor=chain.actors["office"], consolidation=row, version=2)


def test_a_sum_is_locked_before_its_reports_and_both_before_they_are_looked_at(chain: Chain) -> None:
    """Who signs a sum and who opens one of its reports wait for each other, in one order: nobody signs what is open."""
    _accepted(chain, 0, 1)
    row = _consolidated(chain)
    office, department = chain.actors["office"], chain.actors["department"]

    signed = _locked(lambda: forward_consolidation(actor=office, consolidation=row, version=1))
    report = chain.report(chain.schools[0])
    returned = _locked(lambda: return_report(actor=department, report=report, reason="Sai"))

    stale = next(place for place, one in enumerate(signed) if "reports_consolidationpart" in one and "NOT" in one)
    held = [one for one in signed[:stale] if "FOR UPDATE" in one]
    assert [_table(one) for one in held] == ["reports_consolidation", "reports_submission"]
    assert "ORDER BY" in held[1]
    held = [_table(one) for one in returned if "FOR UPDATE" in one]
    assert held[:2] == ["reports_consolidation", "reports_submission"]


def _locked(act: Callable[[], object]) -> list[str]:
    with CaptureQueriesContext(connection) as caught:
        act()
    return [one["sql"] for one in caught.captured_queries]


def _table(statement: str) -> str:
    return statement.partition('FROM "')[2].partition('"')[0]


def test_the_department_gives_an_offices_sum_back_with_its_reports(chain: Chain) -> None:
    _accepted(chain, 0)
    row = forward_consolidation(actor=chain.actors["office"], consolidation=_consolidated(chain), version=1)
    with pytest.raises(InvalidRecord):
        give_back(actor=chain.actors["department"], consolidation=row, reason="")
    with pytest.raises(NotAllowed):
        give_back(actor=chain.actors["office"], consolidation=row, reason="Sai")
    give_back(actor=chain.actors["department"], consolidation=row, reason="Còn thiếu hai trường")

    assert _states(chain) == {"Trường Tiểu học 0": SubmissionState.APPROVED_L1}


def test_who_adds_up_and_signs_is_who_stands_there(chain: Chain) -> None:
    _accepted(chain, 0)
    for name in ("department", "far office", "head0"):
        with pytest.raises(NotAllowed):
            consolidate(actor=chain.actors[name], period=chain.period, unit=chain.office, level_code="02")
    row = _consolidated(chain)
    for name in ("department", "far office", "head0"):
        with pytest.raises(NotAllowed):
            forward_consolidation(actor=chain.actors[name], consolidation=row, version=1)


def test_a_school_sees_nothing_of_a_sum_and_another_office_neither(chain: Chain, as_web) -> None:
    _accepted(chain, 0, 1)
    _consolidated(chain)
    seen = {}
    for name in ("office", "department", "far office", "head0"):
        actor = chain.actors[name]
        with as_web(actor.account):
            seen[name] = (Consolidation.objects.count(), ConsolidationRow.objects.exists())
        filtered = visible(Consolidation.objects.all(), actor, Permission.REPORT_READ).count()
        assert filtered == seen[name][0]

    assert seen == {"office": (1, True), "department": (1, True), "far office": (0, False), "head0": (0, False)}


def test_by_another_tree_the_total_is_the_same(chain: Chain) -> None:
    """Two trees over the same schools: the offices' sums differ, the province's does not."""
    _accepted(chain, 0, 1, 2, 3)
    forward_consolidation(actor=chain.actors["office"], consolidation=_consolidated(chain), version=1)
    accept_consolidation(actor=chain.actors["department"], consolidation=Consolidation.objects.get(unit=chain.office))
    first = _consolidated(chain, "department").current
    before = _cell(first.consolidation, "37")

    other = b.office("Phòng GDĐT mới")
    UnitVersion.objects.filter(unit__in=[one.unit for one in chain.schools[:2]]).update(parent=other)
    in_new = _consolidated_below(chain, other)
    in_old = _consolidated_below(chain, chain.office)

    assert (in_new, in_old, before) == (4, 2, 8)
    assert _consolidated_below(chain, b.department()) == before


def _consolidated_below(chain: Chain, unit) -> int:
    Consolidation.objects.filter(unit=unit).update(state=ConsolidationState.MADE)
    return _cell(consolidate(actor=b.SYSTEM, period=chain.period, unit=unit, level_code="02"), "37")


def test_every_level_at_once_says_what_could_not_be_added(chain: Chain) -> None:
    _accepted(chain, 0)

    made, refused = consolidate_levels(actor=chain.actors["office"], period=chain.period, unit=chain.office)

    assert ([one.level_code for one in made], refused) == (["02"], [])


@pytest.mark.parametrize("schools", [1, 3])
def test_adding_up_costs_the_same_number_of_queries(
    october: ReportPeriod, schools: int, django_assert_num_queries
) -> None:
    chain = build_chain(october, schools=schools)
    _accepted(chain, *range(schools))
    with django_assert_num_queries(25):
        _consolidated(chain)
