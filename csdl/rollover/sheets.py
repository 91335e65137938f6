"""The plan as a workbook: what a clerk checks at the desk. Columns are declared once, here.

Leaves identity numbers out: nobody needs them to check who goes into which class.
"""

from collections.abc import Iterable
from typing import IO, Any

from csdl.accounts.actor import Actor
from csdl.audit.actions import record
from csdl.lib.workbook import OutColumn, new_book, write_lines, write_table
from csdl.orgs.models import School
from csdl.rollover.models import PlanClass, PlanRow
from csdl.rollover.queries import exceptions_first, plan_classes, plan_rows
from csdl.rollover.rules import RULES
from csdl.years.enums import Outcome

__all__ = ["write_plan_workbook"]

_PRESCHOOL = "01"
_OUTCOMES = dict(Outcome.choices)

_CLASS_COLUMNS = (
    OutColumn[Any]("Lớp cũ", 16, lambda row: row.source_class.name),
    OutColumn[Any]("Lớp mới", 16, lambda row: row.name),
    OutColumn[Any]("Khối mới (mã)", 14, lambda row: row.grade_code),
    OutColumn[Any]("Số học sinh dự kiến", 20, lambda row: row.pupil_count),
    OutColumn[Any]("Ghi chú", 44, lambda row: _class_note(row)),
)
_PUPIL_COLUMNS = (
    OutColumn[Any]("Họ và tên", 30, lambda row: row.student.full_name),
    OutColumn[Any]("Ngày sinh", 12, lambda row: f"{row.student.birth_date:%d/%m/%Y}" if row.student.birth_date else ""),
    OutColumn[Any]("Lớp cũ", 12, lambda row: row.source_class.name if row.source_class else ""),
    OutColumn[Any]("Kết quả cuối năm", 30, lambda row: _OUTCOMES.get(row.outcome, row.outcome)),
    OutColumn[Any]("Xử lý", 20, lambda row: row.get_act_display()),
    OutColumn[Any]("Lớp mới", 12, lambda row: row.plan_class.name if row.plan_class else ""),
    OutColumn[Any]("Quy tắc", 9, lambda row: row.rule_code),
    OutColumn[Any]("Lý do", 48, lambda row: RULES[row.rule_code].reason if row.rule_code in RULES else ""),
    OutColumn[Any]("Cần làm", 40, lambda row: RULES[row.rule_code].needs if row.rule_code in RULES else ""),
    OutColumn[Any]("Do đơn vị chọn", 15, lambda row: "Có" if row.is_chosen else ""),
    OutColumn[Any]("Ngoại lệ", 10, lambda row: "Có" if row.is_exception else ""),
)


def write_plan_workbook(file: IO[bytes], *, actor: Actor, school: School, from_year: int) -> None:
    """Write the plan of a school: a sheet of classes, a sheet of pupils, a sheet that says what the file holds.

    Shapes:  a row per planned class; a row per pupil, exceptions first. Row by row: memory does not grow with pupils.
    """
    classes: Iterable[PlanClass] = plan_classes(school_id=school.pk, from_year=from_year)
    pupils = exceptions_first(plan_rows(actor=actor, school_id=school.pk, from_year=from_year))
    pupils = pupils.order_by("-is_exception", *pupils.query.order_by)
    book = new_book(file)
    write_table(book, "Lớp", _CLASS_COLUMNS, classes)
    count = write_table(book, "Học sinh", _PUPIL_COLUMNS, _in_steps(pupils))
    write_lines(
        book,
        "Ghi chú",
        (
            f"Kế hoạch kết chuyển năm học {from_year}-{from_year + 1} sang {from_year + 1}-{from_year + 2}",
            f"{school.unit.name} (mã {school.unit.code})",
            f"Dữ liệu cá nhân trong tệp: họ tên, ngày sinh, lớp, kết quả cuối năm của {count} học sinh.",
            "Chỉ dùng để kiểm tra kế hoạch kết chuyển; xóa tệp sau khi trường đã xác nhận kết quả.",
            f"Người tải: {actor.label}",
        ),
    )
    book.close()
    record(actor=actor, kind="rollover:download", unit_id=school.pk, data={"from_year": from_year, "pupils": count})


def _class_note(row: PlanClass) -> str:
    if row.source_class.level_code == _PRESCHOOL:
        return "Mầm non: trẻ được xếp theo tuổi"
    return "Lớp đầu cấp, chờ tuyển sinh" if row.is_entry else ""


def _in_steps(rows: Any) -> Iterable[PlanRow]:
    found: Iterable[PlanRow] = rows.iterator(chunk_size=2000)
    return found
