"""Who leads a class (chủ nhiệm) and who teaches it what (phân công chuyên môn; field list class_subject).

A teacher is named by name, and by a code, number or day of birth where two of the school share it. Nothing else points
at an assignment, so the sheets have no record numbers: a row is found by what it says.
"""

from csdl.intake.sheets.cells import code_text, mark, name, number
from csdl.intake.sheets.columns import Column, Form, Need
from csdl.intake.sheets.kinds import RECORD, SCHOOL, VERSION, day_column, list_column, option_column
from csdl.intake.sheets.nouns.classes import CLASS_ALIASES
from csdl.intake.sheets.specs import SheetSpec

__all__ = ["HOMEROOM", "TEACHING"]

SEMESTERS = ((1, "Học kì 1"), (2, "Học kì 2"))
_SEMESTERS_TOO = {
    **dict.fromkeys(("HK1", "HKI", "Học kỳ I", "Kỳ 1", "I", "Kì I"), 1),
    **dict.fromkeys(("HK2", "HKII", "Học kỳ II", "Kỳ 2", "II", "Kì II"), 2),
}

_CLASS = Column(
    "class_name",
    "Lớp",
    code_text(limit=60, what="tên lớp"),
    Need.NEEDED,
    "TenLopHoc",
    aliases=(*CLASS_ALIASES, "MaLopHoc"),
    hint="Lớp của trường trong năm học.",
    width=12,
)


def _teacher(*aliases: str, source_field: str) -> tuple[Column, Column]:
    return (
        Column(
            "staff_name",
            "Giáo viên",
            name(),
            Need.NEEDED,
            aliases=("Họ và tên", "Họ tên", "Họ và tên giáo viên", "Họ tên giáo viên", "Tên giáo viên", *aliases),
            hint="Họ và tên như trong danh sách cán bộ, giáo viên của trường.",
            width=28,
        ),
        Column(
            "staff_code",
            "Mã giáo viên",
            mark,
            aliases=("Mã GV", "Mã cán bộ", "Mã định danh", "Mã định danh Bộ GDĐT", "Số định danh cá nhân"),
            hint="Mã định danh Bộ GDĐT, số định danh, điện thoại hoặc ngày sinh; cần khi hai người trùng họ tên.",
            width=14,
            source_field=source_field,
        ),
    )


HOMEROOM = SheetSpec(
    "homeroom",
    "Chủ nhiệm",
    (
        RECORD,
        VERSION,
        SCHOOL,
        _CLASS,
        *_teacher("GVCN", "Giáo viên chủ nhiệm", "Chủ nhiệm", source_field="MaGvcnCn"),
        day_column("valid_from", "Từ ngày", aliases=("Ngày bắt đầu",), hint="Để trống là đầu năm học (dd/mm/yyyy)."),
        day_column(
            "valid_to",
            "Đến ngày",
            aliases=("Ngày kết thúc",),
            hint="Ngày đầu tiên không còn chủ nhiệm; để trống nếu đang chủ nhiệm.",
        ),
    ),
    note="Mỗi dòng là một giáo viên chủ nhiệm một lớp.",
)

TEACHING = SheetSpec(
    "teaching",
    "Phân công giảng dạy",
    (
        RECORD,
        VERSION,
        SCHOOL,
        _CLASS,
        list_column(
            "subject_code",
            "Môn học",
            "subject",
            need=Need.NEEDED,
            source_field="MaMonHoc",
            aliases=("Môn", "Mã môn", "Tên môn"),
            hint="Mã hoặc tên môn của cấp học.",
            width=22,
        ),
        *_teacher("GV dạy", "Giáo viên dạy", "Giáo viên bộ môn", "GVBM", source_field="MaGiaoVien"),
        option_column(
            "semester",
            "Học kì",
            SEMESTERS,
            also=_SEMESTERS_TOO,
            need=Need.WANTED,
            source_field="HocKy",
            aliases=("HK",),
            width=10,
        ),
        Column(
            "periods_per_week",
            "Số tiết mỗi tuần",
            number(60),
            source_field="SoTietHk1",
            aliases=("Số tiết/tuần", "Số tiết", "Tiết/tuần"),
            form=Form.NUMBER,
            show=float,
            width=10,
        ),
    ),
    note="Mỗi dòng là một giáo viên dạy một môn ở một lớp trong một học kì.",
)
