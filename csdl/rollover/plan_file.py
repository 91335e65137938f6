"""The plan of a school as a file: what a clerk checks at the desk, class by class and pupil by pupil.

Leaves identity numbers out: nobody needs them to check who goes into which class.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.db.models import QuerySet

from csdl.accounts.actor import Actor
from csdl.exports.columns import ExportColumn
from csdl.exports.enums import FileFormat, Purpose
from csdl.exports.lists import ExportList, MoreSheet, Occasion, carried
from csdl.lib.workbook import OutColumn
from csdl.rollover.models import PlanClass, PlanRow
from csdl.rollover.queries import plan_classes
from csdl.rollover.rules import RULES
from csdl.years.enums import Outcome

__all__ = ["PLAN"]

_PRESCHOOL = "01"
_OUTCOMES = dict(Outcome.choices)


def _plan_lines(actor: Actor, rows: QuerySet[PlanRow], start_year: int) -> Iterator[Mapping[str, Any]]:
    """One line a pupil in the order of the queryset, read row by row: memory does not grow with pupils."""
    found: Iterable[Any] = rows.iterator(chunk_size=2000)
    for number, row in enumerate(found, start=1):
        rule = RULES.get(row.rule_code)
        yield {
            "stt": number,
            "full_name": row.student.full_name,
            "birth_date": row.student.birth_date,
            "class": row.source_class.name if row.source_class else "",
            "outcome": _OUTCOMES.get(row.outcome, row.outcome),
            "act": row.get_act_display(),
            "new_class": row.plan_class.name if row.plan_class else "",
            "rule": row.rule_code,
            "reason": rule.reason if rule else "",
            "needs": rule.needs if rule else "",
            "chosen": "Có" if row.is_chosen else "",
            "exception": "Có" if row.is_exception else "",
        }


def _classes(actor: Actor, occasion: Occasion) -> Iterable[PlanClass]:
    return plan_classes(school_id=occasion.unit.pk, from_year=occasion.start_year)


def _class_note(row: PlanClass) -> str:
    if row.source_class.level_code == _PRESCHOOL:
        return "Mầm non: trẻ được xếp theo tuổi"
    return "Lớp đầu cấp, chờ tuyển sinh" if row.is_entry else ""


PLAN = ExportList[QuerySet[PlanRow]](
    key="rollover_plan",
    title="Kế hoạch kết chuyển",
    sheet="Học sinh",
    noun="học sinh",
    stem="ke-hoach-ket-chuyen",
    columns=(
        ExportColumn("stt", "STT", 5, align="right"),
        ExportColumn("full_name", "Họ và tên", 30),
        ExportColumn("birth_date", "Ngày sinh", 12, align="center"),
        ExportColumn("class", "Lớp cũ", 12),
        ExportColumn("outcome", "Kết quả cuối năm", 30),
        ExportColumn("act", "Xử lý", 20),
        ExportColumn("new_class", "Lớp mới", 12),
        ExportColumn("rule", "Quy tắc", 9),
        ExportColumn("reason", "Lý do", 48),
        ExportColumn("needs", "Cần làm", 40),
        ExportColumn("chosen", "Do đơn vị chọn", 15),
        ExportColumn("exception", "Ngoại lệ", 10),
    ),
    lines=_plan_lines,
    carried=carried,
    formats=(FileFormat.XLSX,),
    purposes=(Purpose.WORK, Purpose.CHECK, Purpose.OTHER),
    more_sheets=(
        MoreSheet(
            "Lớp",
            (
                OutColumn("Lớp cũ", 16, lambda row: row.source_class.name),
                OutColumn("Lớp mới", 16, lambda row: row.name),
                OutColumn("Khối mới (mã)", 14, lambda row: row.grade_code),
                OutColumn("Số học sinh dự kiến", 20, lambda row: row.pupil_count),
                OutColumn("Ghi chú", 44, _class_note),
            ),
            _classes,
        ),
    ),
)
