"""Classes of a school's year: field list class."""

import re

from csdl.intake.sheets.cells import code_text, number
from csdl.intake.sheets.columns import Column, Form, Need
from csdl.intake.sheets.kinds import (
    RECORD,
    SCHOOL,
    VERSION,
    flag_column,
    grade_column,
    list_column,
    option_column,
    text_column,
)
from csdl.intake.sheets.specs import SheetSpec
from csdl.lib.vietnamese import fold, with_latin_letters

__all__ = ["CLASSES", "CLASS_ALIASES", "class_key"]

CLASS_ALIASES = ("Lớp", "Tên lớp học", "Tên lớp", "Lớp học", "Nhóm lớp", "Nhóm, lớp")


def class_key(name: str) -> str:
    """A class's name as people write it in many ways: '6 A', 'Lớp 6A', '6-A' are one, '6/1' and '61' are two. Twin of
    the statement in `sql/33_gather_classes.sql`."""
    key = re.sub(r"^(lop|nhom)\s+", "", fold(with_latin_letters(name)))
    return re.sub(r"[^a-z0-9#]+", "", re.sub(r"(?<=[0-9])[^a-z0-9]+(?=[0-9])", "#", key))


_MIXED = ((0, "Không ghép"), (2, "2 độ tuổi"), (3, "3 độ tuổi"), (4, "4 độ tuổi"))

CLASSES = SheetSpec(
    "classes",
    "Lớp học",
    (
        RECORD,
        VERSION,
        SCHOOL,
        Column(
            "name",
            "Tên lớp",
            code_text(limit=60, what="tên lớp"),
            Need.NEEDED,
            "TenLopHoc",
            aliases=CLASS_ALIASES,
            hint="Không trùng trong một năm học, ví dụ 6A1.",
            width=12,
        ),
        grade_column(
            "grade_code",
            "Khối",
            need=Need.NEEDED,
            source_field="KhoiHoc",
            aliases=("Khối học", "Khối lớp", "Mã khối"),
            hint="Chọn trong danh sách; lớp đã có học sinh thì khối không đổi được.",
            width=14,
        ),
        list_column(
            "age_group_code",
            "Nhóm tuổi (mầm non)",
            "preschool_age_group",
            source_field="MaNhomTuoiMn",
            aliases=("Nhóm tuổi", "Độ tuổi", "Nhóm tuổi mầm non"),
            hint="Bắt buộc với nhóm trẻ, lớp mẫu giáo.",
        ),
        option_column(
            "mixed_age",
            "Ghép độ tuổi",
            _MIXED,
            also={"Không": 0, "Ko": 0, "1": 0},
            source_field="LopGhepDoTuoi",
            aliases=("Lớp ghép độ tuổi",),
            hint="Chỉ dùng cho mầm non.",
        ),
        text_column(
            "site",
            "Điểm trường",
            200,
            source_field="MaDiemTruong",
            aliases=("Mã điểm trường", "Tên điểm trường"),
            hint="Mã hoặc tên điểm trường; để trống là điểm chính.",
            width=24,
        ),
        list_column("session_code", "Buổi học", "session_of_day", source_field="BuoiHoc", aliases=("Ca học",)),
        list_column(
            "sessions_per_week_code",
            "Số buổi học mỗi tuần",
            "sessions_per_week",
            also={
                **{f"{n} buổi": f"{n - 4:02}" for n in range(5, 11)},
                **{str(n): f"{n - 4:02}" for n in range(7, 11)},
            },
            source_field="SoBuoiTrenTuan",
            aliases=("Số buổi/tuần", "Số buổi trên tuần", "Số buổi học trên tuần"),
        ),
        list_column("fl1_code", "Ngoại ngữ 1", "foreign_language", source_field="MaNn1", aliases=("NN1",)),
        list_column("fl2_code", "Ngoại ngữ 2", "foreign_language", source_field="MaNn2", aliases=("NN2",)),
        flag_column("is_semi_boarding", "Lớp bán trú", source_field="LopBanTru", aliases=("Bán trú",), width=10),
        flag_column("is_combined", "Lớp ghép", source_field="LopGhep", width=10),
        flag_column("is_special", "Lớp chuyên biệt", source_field="IsLopChuyenBiet", width=10),
        flag_column("is_gifted", "Lớp chuyên", source_field="LopChuyen", width=10),
        list_column("gifted_stream_code", "Hệ chuyên", "gifted_stream", source_field="MaHeChuyen", width=20),
        Column(
            "seq_no",
            "Thứ tự",
            number(999, whole=True),
            source_field="ThuTu",
            aliases=("Số thứ tự lớp",),
            form=Form.NUMBER,
            show=int,
            width=8,
        ),
    ),
    note="Mỗi dòng là một lớp trong năm học.",
)
