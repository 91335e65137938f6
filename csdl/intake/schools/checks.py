"""Checks across cells and rows. Each notes all it finds; only a doubled code rejects."""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass

from csdl.codes.models import CodeValue, Commune
from csdl.intake.problems import ProblemKind
from csdl.intake.schools.kinds import is_special, level_group, school_type
from csdl.intake.schools.reading import SchoolRow, SchoolTable
from csdl.intake.schools.units import Placement
from csdl.intake.sheets.catalogue import Catalogue
from csdl.lib.vietnamese import fold

__all__ = ["Context", "check_codes", "check_rows"]

_CODE = re.compile(r"\d{5}[0-9A-Z]\d{2}|\d{5}[0-9A-Z]{5}")
# The kind digit of an eight-character code and the levels it promises; the dictionary allows it a warning only.
_KIND_LEVELS = {"3": {"01"}, "4": {"02"}, "5": {"03"}, "7": {"04"}, "9": {"05"}}
EARLIEST = dt.date(1850, 1, 1)


@dataclass(frozen=True)
class Context:
    """What the checks compare with: the file's catalogues, where each school belongs, the days, our lists."""

    catalogue: Catalogue
    placements: dict[int, Placement]
    today: dt.date
    year_ends_on: dt.date
    groups: dict[str, frozenset[str]]
    communes: dict[str, str]  # code -> province, of the provinces whose communes are known
    known_provinces: frozenset[str]

    @classmethod
    def gather(
        cls, catalogue: Catalogue, placements: dict[int, Placement], *, today: dt.date, year_ends_on: dt.date
    ) -> "Context":
        communes = dict(Commune.objects.values_list("code", "province_code"))
        return cls(
            catalogue=catalogue,
            placements=placements,
            today=today,
            year_ends_on=year_ends_on,
            groups={
                value.code: frozenset(value.extra.get("level_codes", "").split("|"))
                for value in CodeValue.objects.filter(list_name="school_level_group")
            },
            communes=communes,
            known_provinces=frozenset(communes.values()),
        )


def check_codes(table: SchoolTable) -> None:
    """Repair codes that Excel shortened, then reject every row whose code stands in an earlier row already."""
    first: dict[str, int] = {}
    for row in table.rows:
        province = row.values.get("MA_TINH_THANH", "")
        if row.code_was_number and len(row.code) in (7, 9) and province and f"0{row.code}".startswith(province):
            row.code = f"0{row.code}"
            table.problem(row, "MA_TRUONG", ProblemKind.CODE_REPAIRED, f"Excel đã bỏ số 0 ở đầu; dùng mã {row.code}.")
        if row.code and row.code in first:
            table.problem(
                row,
                "MA_TRUONG",
                ProblemKind.CODE_DOUBLED,
                f"Mã này đã có ở dòng {first[row.code]}; dòng này không được nhập. Hãy sửa lại mã.",
            )
        first.setdefault(row.code, row.number)


def check_rows(table: SchoolTable, context: Context) -> None:
    """Every check on every row that is taken; values found unusable move to `unknown`."""
    for row in table.rows:
        if not row.is_rejected:
            for check in CHECKS:
                check(table, row, context)
    _check_names(table, context)


def _check_code(table: SchoolTable, row: SchoolRow, context: Context) -> None:
    if not _CODE.fullmatch(row.code):
        table.problem(
            row, "MA_TRUONG", ProblemKind.CODE_MALFORMED, "Mã trường thường gồm 8 ký tự (tỉnh, huyện, loại, số thứ tự)."
        )
        return
    said = []
    province, district = row.values.get("MA_TINH_THANH"), row.values.get("MA_QUAN_HUYEN")
    if province and row.code[:2] != province:
        said.append(f"tỉnh {row.code[:2]} thay vì {province}")
    if row.code[2:5] == "000" and not context.placements[row.number].under_department:
        said.append("trực thuộc Sở, không thuộc Phòng")
    elif row.code[2:5] != "000" and district and row.code[2:5] != district:
        said.append(f"huyện {row.code[2:5]} thay vì {district}")
    promised = _KIND_LEVELS.get(row.code[5]) if len(row.code) == 8 else None
    if promised and not promised & row.level_codes:
        said.append(f"loại {row.code[5]} không ứng với cấp học {row.levels}")
    if said:
        table.problem(
            row, "MA_TRUONG", ProblemKind.CODE_CONTRADICTS, f"Cấu tạo mã cho biết: {'; '.join(said)}. Hãy kiểm tra lại."
        )


def _check_places(table: SchoolTable, row: SchoolRow, context: Context) -> None:
    province, district = row.values.get("MA_TINH_THANH"), row.values.get("MA_QUAN_HUYEN")
    commune = row.values.get("MA_XA_PHUONG")
    known = context.catalogue
    if province and known.provinces and province not in known.provinces:
        row.drop("MA_TINH_THANH")
        _unknown(table, row, "MA_TINH_THANH", "Không có trong danh mục tỉnh, thành phố của tệp.")
    if district and known.districts and (district not in known.districts or known.districts[district] != province):
        row.drop("MA_QUAN_HUYEN")
        _unknown(table, row, "MA_QUAN_HUYEN", f"Không có trong danh mục quận, huyện của tỉnh {province or '(trống)'}.")
    if commune and province in context.known_provinces and context.communes.get(commune) != province:
        row.drop("MA_XA_PHUONG")
        _unknown(table, row, "MA_XA_PHUONG", f"Không có trong danh mục xã, phường của tỉnh {province}.")


def _check_group(table: SchoolTable, row: SchoolRow, context: Context) -> None:
    """NHOM_CAP_HOC is taken where it fits CAP_HOC; else the group that CAP_HOC alone stands for."""
    said = row.values.get("NHOM_CAP_HOC")
    if said is not None and context.groups.get(said) != row.level_codes:
        row.drop("NHOM_CAP_HOC")
        _unknown(
            table, row, "NHOM_CAP_HOC", f"Không ứng với cấp học {row.levels}; nhóm cấp học được suy từ cột CAP_HOC."
        )
    derived = level_group(row, under_department=context.placements[row.number].under_department)
    group = row.values.setdefault("NHOM_CAP_HOC", derived)
    if not group:
        table.problem(
            row,
            "CAP_HOC",
            ProblemKind.LEVEL_GROUP_UNCLEAR,
            "Không có nhóm cấp học nào gồm đúng các cấp này; nhóm cấp học được để trống.",
        )


def _check_type(table: SchoolTable, row: SchoolRow, context: Context) -> None:
    kind = school_type(row, under_department=context.placements[row.number].under_department)
    if kind == "":
        row.drop("LOAI_HINH_TRUONG")
        _unknown(table, row, "LOAI_HINH_TRUONG", f"Loại hình này không có ở cấp học {row.levels}.")
    elif row.values.get("LOAI_HINH_TRUONG") == "3" and not is_special(row):
        table.problem(
            row,
            "LOAI_HINH_TRUONG",
            ProblemKind.TYPE_CONTRADICTS,
            "Tên và mã không cho thấy đây là cơ sở dành cho người khuyết tật. Giá trị được giữ, hãy kiểm tra lại.",
        )


def _check_founded(table: SchoolTable, row: SchoolRow, context: Context) -> None:
    day = row.values.get("NGAY_THANH_LAP")
    if day is None:
        return
    if not EARLIEST <= day <= context.today:
        row.drop("NGAY_THANH_LAP")
        message = f"Ngày phải từ năm {EARLIEST.year} đến hôm nay; ngày thành lập được để trống."
        table.problem(row, "NGAY_THANH_LAP", ProblemKind.DATE_IMPLAUSIBLE, message)
    elif day > context.year_ends_on:
        table.problem(
            row,
            "NGAY_THANH_LAP",
            ProblemKind.DATE_IMPLAUSIBLE,
            f"Trường thành lập sau khi năm học kết thúc ({context.year_ends_on:%d/%m/%Y}). Giá trị được giữ.",
        )


def _check_unit(table: SchoolTable, row: SchoolRow, context: Context) -> None:
    placement = context.placements[row.number]
    if placement.problem:
        row.drop(placement.column)
        table.problem(row, placement.column, ProblemKind.UNIT_UNKNOWN, placement.problem)


def _check_names(table: SchoolTable, context: Context) -> None:
    """A name is used once below a unit; the row is taken, because the code tells the two apart."""
    first: dict[tuple[str, str], int] = {}
    for row in table.rows:
        if row.is_rejected:
            continue
        key = context.placements[row.number].unit_code, fold(row.name)
        if key in first:
            message = f"Cùng đơn vị quản lý đã có trường trùng tên ở dòng {first[key]}. Hãy kiểm tra có nhập hai lần."
            table.problem(row, "TEN_TRUONG_HOC", ProblemKind.NAME_REPEATED, message)
        first.setdefault(key, row.number)


def _unknown(table: SchoolTable, row: SchoolRow, column: str, message: str) -> None:
    table.problem(row, column, ProblemKind.VALUE_UNKNOWN, message)


CHECKS: tuple[Callable[[SchoolTable, SchoolRow, Context], None], ...] = (
    # The code is compared with the places before those are found wanting.
    _check_code,
    _check_unit,
    _check_places,
    _check_group,
    _check_type,
    _check_founded,
)
