"""Who teaches what as a file: the grid of classes by subjects, and everybody's load against the norm."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from csdl.accounts.actor import Actor
from csdl.codes import queries as codes
from csdl.exports.columns import ExportColumn
from csdl.exports.enums import OF_UNITS
from csdl.exports.lists import ExportList, carried
from csdl.staff.models import StaffPosting
from csdl.years.assignment_queries import Load, LoadState
from csdl.years.models import SchoolClass
from csdl.years.plans import subject_labels

__all__ = ["LOADS", "DutyRow", "duty_grid"]


@dataclass(frozen=True)
class DutyRow:
    """A class of the grid as its page shows it: who leads it, and who teaches it each subject of the grid, by code."""

    school_class: SchoolClass
    homeroom: str
    taught: Mapping[str, str]


def duty_grid(subjects: Mapping[str, str]) -> ExportList[Sequence[DutyRow]]:
    """The grid with a column for each subject that the page has: code -> name, in the page's order."""
    of_subjects = (ExportColumn(f"mon_{code}", name, 22, on_paper=9) for code, name in subjects.items())
    return replace(_GRID, columns=(*_GRID.columns, *of_subjects))


def _carried_classes(actor: Actor, rows: Sequence[DutyRow]) -> Sequence[DutyRow]:
    """The page lays out its classes itself; the right to take them out is asked of the classes."""
    wanted = SchoolClass.objects.filter(pk__in=[row.school_class.pk for row in rows])
    allowed = set(carried(actor, wanted).values_list("pk", flat=True))
    return [row for row in rows if row.school_class.pk in allowed]


def _grid_lines(actor: Actor, rows: Sequence[DutyRow], start_year: int) -> Iterator[Mapping[str, Any]]:
    """One line a class; who may be read was read with the rows."""
    for number, row in enumerate(rows, start=1):
        yield {
            "stt": number,
            "class": row.school_class.name,
            "homeroom": row.homeroom,
            **{f"mon_{code}": text for code, text in row.taught.items()},
        }


def _carried_loads(actor: Actor, rows: Sequence[Load]) -> Sequence[Load]:
    wanted = StaffPosting.objects.filter(pk__in=[row.posting.pk for row in rows])
    allowed = set(carried(actor, wanted).values_list("pk", flat=True))
    return [row for row in rows if row.posting.pk in allowed]


def _plain(periods: Decimal) -> int | Decimal:
    """17 for 17.0, as people write periods."""
    return int(periods) if periods == int(periods) else periods


def _load_lines(actor: Actor, rows: Sequence[Load], start_year: int) -> Iterator[Mapping[str, Any]]:
    """One line a person, in the order of the page."""
    names = codes.labels("teacher_subject", "staff_position") | {"subject": subject_labels(start_year)}
    for number, row in enumerate(rows, start=1):
        person = row.posting.staff
        subject, position = person.teacher_subject_code, row.posting.position_code
        yield {
            "stt": number,
            "full_name": person.full_name,
            "position": names["staff_position"].get(position, position),
            "teacher_subject": names["teacher_subject"].get(subject, subject),
            "subjects": ", ".join(sorted(names["subject"].get(code, code) for code in row.subject_codes)),
            "homeroom": ", ".join(row.class_names),
            "assigned": _plain(row.assigned),
            "reduction": _plain(row.reduction) if row.reduction else "",
            "total": _plain(row.total),
            "norm": "" if row.norm is None else _plain(row.norm),
            "difference": "" if row.norm is None else _plain(row.difference),
            "state": LoadState(row.state).label,
        }


_GRID = ExportList[Sequence[DutyRow]](
    key="duty_grid",
    title="Bảng phân công chuyên môn",
    sheet="Phân công",
    noun="lớp",
    stem="phan-cong",
    columns=(
        ExportColumn("stt", "STT", 5, align="right"),
        ExportColumn("class", "Lớp", 10, on_paper=7),
        ExportColumn("homeroom", "Chủ nhiệm", 24, on_paper=12),
    ),
    lines=_grid_lines,
    carried=_carried_classes,
    purposes=OF_UNITS,
    paper_width=260,
)
LOADS = ExportList[Sequence[Load]](
    key="loads",
    title="Bảng số tiết dạy của giáo viên",
    sheet="Số tiết",
    noun="người",
    stem="so-tiet",
    columns=(
        ExportColumn("stt", "STT", 5, align="right"),
        ExportColumn("full_name", "Họ và tên", 28),
        ExportColumn("position", "Chức vụ, vị trí việc làm", 24, is_default=False),
        ExportColumn("teacher_subject", "Môn dạy", 18, is_default=False),
        ExportColumn("subjects", "Môn được giao", 34),
        ExportColumn("homeroom", "Chủ nhiệm lớp", 12),
        ExportColumn("assigned", "Số tiết được giao", 10, align="right"),
        ExportColumn("reduction", "Số tiết giảm do chủ nhiệm", 12, align="right"),
        ExportColumn("total", "Tổng số tiết", 9, align="right"),
        ExportColumn("norm", "Định mức", 9, align="right"),
        ExportColumn("difference", "Thừa (+), thiếu (−)", 10, align="right"),
        ExportColumn("state", "So với định mức", 16),
    ),
    lines=_load_lines,
    carried=_carried_loads,
    purposes=OF_UNITS,
)
