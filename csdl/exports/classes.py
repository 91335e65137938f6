"""The classes of a school as a file."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from csdl.accounts.actor import Actor
from csdl.codes import queries as codes
from csdl.exports.columns import ExportColumn
from csdl.exports.enums import OF_UNITS
from csdl.exports.lists import ExportList, carried
from csdl.years.models import SchoolClass
from csdl.years.queries import ClassRow

__all__ = ["CLASSES"]


def _carried(actor: Actor, rows: Sequence[ClassRow]) -> Sequence[ClassRow]:
    """The page counts and orders its classes itself; the right to take them out is asked of the classes."""
    wanted = SchoolClass.objects.filter(pk__in=[row.school_class.pk for row in rows])
    allowed = set(carried(actor, wanted).values_list("pk", flat=True))
    return [row for row in rows if row.school_class.pk in allowed]


def _class_lines(actor: Actor, rows: Sequence[ClassRow], start_year: int) -> Iterator[Mapping[str, Any]]:
    """One line a class; what is shown was read with the rows."""
    grades = codes.grades()
    for number, row in enumerate(rows, start=1):
        one = row.school_class
        grade = grades.get(one.grade_code)
        yield {
            "stt": number,
            "name": one.name,
            "grade": grade.name_vi if grade else one.grade_code,
            "site": one.site.name if one.site else "",
            "homeroom": row.homeroom_name,
            "pupils": row.pupil_count,
            "girls": row.girl_count,
            "is_combined": "Có" if one.is_combined else "",
            "is_semi_boarding": "Có" if one.is_semi_boarding else "",
            "is_gifted": "Có" if one.is_gifted else "",
        }


CLASSES = ExportList[Sequence[ClassRow]](
    key="classes",
    title="Danh sách lớp của trường",
    sheet="Lớp",
    noun="lớp",
    stem="lop",
    columns=(
        ExportColumn("stt", "STT", 5, align="right"),
        ExportColumn("name", "Lớp", 12),
        ExportColumn("grade", "Khối", 12),
        ExportColumn("site", "Điểm trường", 22),
        ExportColumn("homeroom", "Giáo viên chủ nhiệm", 26),
        ExportColumn("pupils", "Sĩ số", 8, align="right"),
        ExportColumn("girls", "Nữ", 8, align="right"),
        ExportColumn("is_combined", "Lớp ghép", 9, is_default=False, align="center"),
        ExportColumn("is_semi_boarding", "Bán trú", 9, is_default=False, align="center"),
        ExportColumn("is_gifted", "Lớp chuyên", 9, is_default=False, align="center"),
    ),
    lines=_class_lines,
    carried=_carried,
    purposes=OF_UNITS,
)
