"""Schools and units within reach as files: public facts and sums, no person."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import QuerySet

from csdl.accounts.actor import Actor
from csdl.codes import queries as codes
from csdl.codes.models import Grade
from csdl.exports.columns import ExportColumn
from csdl.exports.enums import OF_UNITS
from csdl.exports.lists import ExportList, carried
from csdl.orgs.enums import TEACHING_KINDS, UnitKind
from csdl.orgs.models import OrgUnit
from csdl.orgs.queries import levels_of
from csdl.years.queries import class_counts, pupil_counts

__all__ = ["SCHOOLS", "UNITS"]


def _school_lines(actor: Actor, rows: QuerySet[OrgUnit], start_year: int) -> Iterator[Mapping[str, Any]]:
    """One line a school in the order of the queryset; four statements, however many schools."""
    levels = codes.labels("school_level")["school_level"]
    grades = codes.grades()
    units = list(rows)
    ids = [unit.pk for unit in units]
    taught = levels_of(ids, start_year)
    pupils = pupil_counts(actor, school_ids=ids, start_year=start_year)
    classes = class_counts(actor, school_ids=ids, start_year=start_year)
    for number, unit in enumerate(units, start=1):
        counts = pupils.get(unit.pk, {})
        yield {
            "stt": number,
            "name": unit.name,
            "code": unit.code,
            "kind": UnitKind(unit.kind).label,
            "parent": unit.parent.name if unit.parent else "",
            "levels": ", ".join(levels.get(code, code) for code in taught.get(unit.pk, [])),
            "classes": classes.get(unit.pk, 0),
            "pupils": sum(counts.values()),
            "by_grade": _by_grade(counts, grades),
        }


def _by_grade(counts: Mapping[str, int], grades: Mapping[str, Grade]) -> str:
    return "; ".join(f"{grade.name_vi}: {counts[code]}" for code, grade in grades.items() if code in counts)


def _unit_lines(actor: Actor, rows: QuerySet[OrgUnit], start_year: int) -> Iterator[Mapping[str, Any]]:
    """One line a unit as the tree stands: what reports to a unit right below it, offices first; one statement."""
    below: dict[int | None, list[OrgUnit]] = defaultdict(list)
    units = list(rows)
    known = {unit.pk for unit in units}
    for unit in sorted(units, key=lambda one: (one.kind in TEACHING_KINDS, one.kind, one.sort_key, one.pk)):
        below[unit.parent_id if unit.parent_id in known else None].append(unit)
    waiting = [(unit, 1) for unit in reversed(below[None])]
    number = 0
    while waiting:
        unit, depth = waiting.pop()
        number += 1
        yield {
            "stt": number,
            "depth": depth,
            "name": unit.name,
            "code": unit.code,
            "kind": UnitKind(unit.kind).label,
            "parent": unit.parent.name if unit.parent else "",
            "opened_on": unit.opened_on,
        }
        waiting += [(one, depth + 1) for one in reversed(below[unit.pk])]


SCHOOLS = ExportList[QuerySet[OrgUnit]](
    key="schools",
    title="Danh sách trường",
    sheet="Trường",
    noun="trường",
    stem="truong",
    columns=(
        ExportColumn("stt", "STT", 5, align="right"),
        ExportColumn("name", "Trường", 40),
        ExportColumn("code", "Mã trường", 12),
        ExportColumn("kind", "Loại đơn vị", 20, is_default=False),
        ExportColumn("parent", "Đơn vị quản lý", 34),
        ExportColumn("levels", "Cấp học", 22),
        ExportColumn("classes", "Số lớp", 8, align="right"),
        ExportColumn("pupils", "Số học sinh", 10, align="right"),
        ExportColumn("by_grade", "Học sinh theo khối", 40, is_default=False),
    ),
    lines=_school_lines,
    carried=carried,
    is_personal=False,
    purposes=OF_UNITS,
)
UNITS = ExportList[QuerySet[OrgUnit]](
    key="units",
    title="Danh sách đơn vị",
    sheet="Đơn vị",
    noun="đơn vị",
    stem="don-vi",
    columns=(
        ExportColumn("stt", "STT", 5, align="right"),
        ExportColumn("depth", "Bậc", 6, align="center"),
        ExportColumn("name", "Tên đơn vị", 44),
        ExportColumn("code", "Mã đơn vị", 12),
        ExportColumn("kind", "Loại đơn vị", 28),
        ExportColumn("parent", "Cơ quan quản lý", 36),
        ExportColumn("opened_on", "Ngày thành lập", 12, is_default=False, align="center"),
    ),
    lines=_unit_lines,
    carried=carried,
    is_personal=False,
    purposes=OF_UNITS,
)
