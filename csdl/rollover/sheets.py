"""The plan as a workbook: what a clerk checks at the desk. Columns are declared once, here.

Leaves identity numbers out: nobody needs them to check who goes into which class.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import IO, Any

import xlsxwriter

from csdl.accounts.actor import Actor
from csdl.audit.actions import record
from csdl.orgs.models import School
from csdl.rollover.models import PlanClass, PlanRow
from csdl.rollover.queries import exceptions_first, plan_classes, plan_rows
from csdl.rollover.rules import RULES
from csdl.years.enums import Outcome

__all__ = ["safe_text", "write_plan_workbook"]

_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
_PRESCHOOL = "01"
_OUTCOMES = dict(Outcome.choices)


@dataclass(frozen=True)
class _Column:
    header: str
    width: int
    value: Callable[[Any], str | int]


_CLASS_COLUMNS = (
    _Column("Lớp cũ", 16, lambda row: row.source_class.name),
    _Column("Lớp mới", 16, lambda row: row.name),
    _Column("Khối mới (mã)", 14, lambda row: row.grade_code),
    _Column("Số học sinh dự kiến", 20, lambda row: row.pupil_count),
    _Column("Ghi chú", 44, lambda row: _class_note(row)),
)
_PUPIL_COLUMNS = (
    _Column("Họ và tên", 30, lambda row: row.student.full_name),
    _Column("Ngày sinh", 12, lambda row: f"{row.student.birth_date:%d/%m/%Y}" if row.student.birth_date else ""),
    _Column("Lớp cũ", 12, lambda row: row.source_class.name if row.source_class else ""),
    _Column("Kết quả cuối năm", 30, lambda row: _OUTCOMES.get(row.outcome, row.outcome)),
    _Column("Xử lý", 20, lambda row: row.get_act_display()),
    _Column("Lớp mới", 12, lambda row: row.plan_class.name if row.plan_class else ""),
    _Column("Quy tắc", 9, lambda row: row.rule_code),
    _Column("Lý do", 48, lambda row: RULES[row.rule_code].reason if row.rule_code in RULES else ""),
    _Column("Cần làm", 40, lambda row: RULES[row.rule_code].needs if row.rule_code in RULES else ""),
    _Column("Do đơn vị chọn", 15, lambda row: "Có" if row.is_chosen else ""),
    _Column("Ngoại lệ", 10, lambda row: "Có" if row.is_exception else ""),
)


def write_plan_workbook(file: IO[bytes], *, actor: Actor, school: School, from_year: int) -> None:
    """Write the plan of a school: a sheet of classes, a sheet of pupils, a sheet that says what the file holds.

    Shapes:  a row per planned class; a row per pupil, exceptions first. Row by row: memory does not grow with pupils.
    """
    classes: Iterable[PlanClass] = plan_classes(school_id=school.pk, from_year=from_year)
    pupils = exceptions_first(plan_rows(actor=actor, school_id=school.pk, from_year=from_year))
    pupils = pupils.order_by("-is_exception", *pupils.query.order_by)
    book = xlsxwriter.Workbook(
        file,
        {"constant_memory": True, "strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False},
    )
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    _write_sheet(book, "Lớp", _CLASS_COLUMNS, classes, head)
    count = _write_sheet(book, "Học sinh", _PUPIL_COLUMNS, _in_steps(pupils), head)
    about = book.add_worksheet("Ghi chú")
    about.set_column(0, 0, 110)
    for place, line in enumerate(
        (
            f"Kế hoạch kết chuyển năm học {from_year}-{from_year + 1} sang {from_year + 1}-{from_year + 2}",
            safe_text(f"{school.unit.name} (mã {school.unit.code})"),
            f"Dữ liệu cá nhân trong tệp: họ tên, ngày sinh, lớp, kết quả cuối năm của {count} học sinh.",
            "Chỉ dùng để kiểm tra kế hoạch kết chuyển; xóa tệp sau khi trường đã xác nhận kết quả.",
            safe_text(f"Người tải: {actor.label}"),
        )
    ):
        about.write_string(place, 0, line, head if place == 0 else None)
    book.close()
    record(actor=actor, kind="rollover:download", unit_id=school.pk, data={"from_year": from_year, "pupils": count})


def _class_note(row: PlanClass) -> str:
    if row.source_class.level_code == _PRESCHOOL:
        return "Mầm non: trẻ được xếp theo tuổi"
    return "Lớp đầu cấp, chờ tuyển sinh" if row.is_entry else ""


def safe_text(value: str) -> str:
    """A text that no spreadsheet takes for a formula, wherever it is pasted or saved to next."""
    return f"'{value}" if value.startswith(_FORMULA_SIGNS) else value


def _write_sheet(book: Any, name: str, columns: tuple[_Column, ...], rows: Iterable[Any], head: Any) -> int:
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 1)
    for place, column in enumerate(columns):
        sheet.set_column(place, place, column.width)
        sheet.write_string(0, place, column.header, head)
    number = 0
    for number, row in enumerate(rows, start=1):
        for place, column in enumerate(columns):
            value = column.value(row)
            if isinstance(value, int):
                sheet.write_number(number, place, value)
            else:
                sheet.write_string(number, place, safe_text(value))
    sheet.autofilter(0, 0, number, len(columns) - 1)
    return number


def _in_steps(rows: Any) -> Iterable[PlanRow]:
    found: Iterable[PlanRow] = rows.iterator(chunk_size=2000)
    return found
