"""The ministry's school sheet ("TEMPLATE IMPORT TRƯỜNG HỌC"): its columns and its own import codes.

Source:  template-truong-hoc.xlsx, whose legend stands in cell comments; the codes differ from the lists of `codes`.
"""

import re
from dataclasses import dataclass
from typing import Any

from csdl.intake.problems import ProblemKind
from csdl.intake.sheets.cells import coded, date, digits, flag, text
from csdl.intake.sheets.columns import Column, Invalid, Need
from csdl.intake.sheets.specs import SheetSpec
from csdl.lib.xlsx import Cell, cell_text

__all__ = ["COLUMNS", "LEVELS", "SCHOOLS", "SCHOOL_TYPES", "TypeByLevel", "levels"]

CONTINUING = "05"
PRESCHOOL = "01"

# CAP_HOC is a string of digits; nursery and kindergarten are one level here.
LEVELS = {"1": "02", "2": "03", "3": "04", "4": PRESCHOOL, "5": PRESCHOOL, "6": CONTINUING}

# LOAI_HINH_DAO_TAO -> ownership_type. GDTX (3) says nothing of who owns the school. The law of 1998, article 44,
# counted bán công (4) among the non-public; the kind was abolished in 2005 and has no code of its own.
OWNERSHIP = {"1": "01", "2": "09", "4": "02", "5": "03"}

# CHUAN_QUOC_GIA -> national_standard_level; 0 says: not reached.
STANDARD = {"0": "", "1": "02", "2": "03"}


@dataclass(frozen=True, slots=True)
class TypeByLevel:
    """school_type of an import code for a school of preschool only, of GDTX only, and for any other; empty: none."""

    general: str
    preschool: str = ""
    continuing: str = ""


# LOAI_HINH_TRUONG -> school_type. 11, 12, 13, 18 and -2 occur in the field without a legend: they stay unknown.
SCHOOL_TYPES = {
    "1": TypeByLevel(general="07", preschool="13", continuing="15"),
    "2": TypeByLevel(general="03"),  # 02 instead where the school is the province's
    "3": TypeByLevel(general="18", preschool="04", continuing="18"),
    "4": TypeByLevel(general="05"),
    "5": TypeByLevel(general="06"),
    "6": TypeByLevel(general="09"),
    "7": TypeByLevel(general="01", preschool="01"),
    "8": TypeByLevel(general="10"),
    "9": TypeByLevel(general="08", preschool="08", continuing="08"),
}


def school_code(cell: Cell) -> str | None:
    """A code as text: numbers without '.0', no spaces, capital letters."""
    return re.sub(r"\s", "", cell_text(cell)).upper() or None


def levels(cell: Cell) -> Any:
    """CAP_HOC as sorted digits: '45', 12 and '1, 2' are read; an unknown or a repeated digit is not."""
    found = re.sub(r"[\s,;.+&/-]", "", cell_text(cell))
    if found and set(found) <= set(LEVELS) and len(set(found)) == len(found):
        return "".join(sorted(found))
    return Invalid(
        ProblemKind.LEVELS_UNREADABLE,
        "Hãy ghi các chữ số 1 TH, 2 THCS, 3 THPT, 4 nhà trẻ, 5 mẫu giáo, 6 GDTX liền nhau, ví dụ 45 hoặc 12.",
    )


def unit_code(cell: Cell) -> str | None:
    """A unit code of the file's own catalogue, which lost its leading zeros; so do we."""
    return cell_text(cell).lstrip("0").upper() or None


COLUMNS = (
    Column("MA_TRUONG", "Mã trường", school_code, Need.NEEDED),
    Column("TEN_TRUONG_HOC", "Tên trường", text(200), Need.NEEDED),
    Column("MA_DON_VI", "Mã đơn vị quản lý", unit_code, Need.NEEDED),
    Column("CAP_HOC", "Cấp học", levels, Need.NEEDED),
    Column("NHOM_CAP_HOC", "Nhóm cấp học", digits(2, "Mã nhóm cấp học")),
    Column(
        "TRANG_THAI",
        "Trạng thái",
        coded(
            {"1": True, "0": False},
            "1 đang hoạt động, 0 ngừng hoạt động",
            otherwise="Trường được coi là đang hoạt động cho đến khi được kiểm tra.",
        ),
        Need.WANTED,
    ),
    Column(
        "LOAI_HINH_DAO_TAO",
        "Loại hình đào tạo",
        coded(
            OWNERSHIP,
            "1 công lập, 2 tư thục, 4 bán công (nay là ngoài công lập), 5 dân lập",
            approximated=frozenset({"4"}),
        ),
        Need.WANTED,
    ),
    Column(
        "LOAI_HINH_TRUONG",
        "Loại hình trường",
        coded(
            {code: code for code in SCHOOL_TYPES},
            "1 bình thường, 2 dân tộc nội trú, 3 khuyết tật, 4 năng khiếu nghệ thuật, 5 năng khiếu TDTT, "
            "6 chuyên, 7 dân tộc bán trú, 8 THPT kỹ thuật, 9 trẻ em thiệt thòi",
        ),
        Need.WANTED,
    ),
    Column("DIA_CHI", "Địa chỉ", text(300, letters=True)),
    Column("MA_TO_THON", "Mã tổ, thôn", text(20)),
    Column("MA_XA_PHUONG", "Mã xã, phường", digits(5, "Mã xã, phường", least=4), Need.WANTED),
    Column("MA_QUAN_HUYEN", "Mã quận, huyện", digits(3, "Mã quận, huyện"), Need.WANTED),
    Column("MA_TINH_THANH", "Mã tỉnh, thành phố", digits(2, "Mã tỉnh, thành phố"), Need.WANTED),
    Column(
        "CHUAN_QUOC_GIA",
        "Chuẩn quốc gia",
        coded(STANDARD, "0 chưa đạt, 1 mức 1, 2 mức 2"),
        Need.WANTED,
    ),
    Column("VUNG_KHO_KHAN", "Vùng khó khăn", flag),
    Column("VUNG_BIEN_GIOI", "Vùng biên giới", flag),
    Column("CHI_BO_DANG", "Có chi bộ Đảng", flag),
    Column("WEBSITE", "Trang tin", text(200)),
    Column("SDT", "Điện thoại", text(40)),
    Column("EMAIL", "Thư điện tử", text(120)),
    Column("FAX", "Fax", text(40)),
    Column("NGAY_THANH_LAP", "Ngày thành lập", date),
    Column("TEN_HIEU_TRUONG", "Tên hiệu trưởng", text(100, letters=True)),
    Column("SDT_HIEU_TRUONG", "Điện thoại hiệu trưởng", text(40)),
    Column("ID_SO", "Mã đơn vị Sở", unit_code),
    Column("ID_PHONG", "Mã đơn vị Phòng", unit_code),
)

SCHOOLS = SheetSpec("schools", "Trường", COLUMNS, note="Mẫu nhập trường học của Bộ.")
