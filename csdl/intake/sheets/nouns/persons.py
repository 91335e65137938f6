"""Columns that pupils and staff share: what a person's sheet says of anybody."""

from typing import Any

from csdl.codes import queries as codes
from csdl.intake.sheets.cells import identity, ministry_code, phone
from csdl.intake.sheets.columns import Column, Need, Parts
from csdl.intake.sheets.kinds import day_column, day_parts, gender_ticks, list_column, name_parts, text_column
from csdl.lib.persons import FOREIGN

__all__ = [
    "EMAIL",
    "GENDER",
    "NAME_PARTS",
    "birth_date_column",
    "citizen_id_column",
    "ethnic_column",
    "ministry_code_column",
    "phone_column",
]

NAME_PARTS = name_parts(
    family=("Họ đệm", "Họ và đệm", "Họ", "Họ và tên đệm", "Họ tên đệm", "Họ lót", "HoDem"), given=("Tên", "Ten")
)

GENDER = list_column(
    "gender_code",
    "Giới tính",
    "gender",
    also={"Trai": "01", "Gái": "02", "Male": "01", "Female": "02", "M": "01", "F": "02"},
    need=Need.WANTED,
    source_field="GioiTinh",
    aliases=("Nam/Nữ", "Phái", "MaGioiTinh"),
    width=9,
    parts=Parts((("Nữ", "Là nữ", "HS nữ", "Học sinh nữ"), ("Nam", "Là nam")), lambda cells: None, ticks=gender_ticks),
)

EMAIL = text_column("email", "Thư điện tử", 120, source_field="Email", aliases=("E-mail",), is_sensitive=True, width=24)


def birth_date_column(*aliases: str, need: Need, example: str) -> Column:
    """The day of birth, also in three columns."""
    return day_column(
        "birth_date",
        "Ngày sinh",
        need=need,
        source_field="NgaySinh",
        aliases=("Ngày tháng năm sinh", "Ngày, tháng, năm sinh", "Sinh ngày", *aliases),
        hint=f"Ngày/tháng/năm, ví dụ {example}.",
        parts=day_parts(),
    )


def _other_group(code: str) -> str:
    """Which other group a number means in the census's list, said; empty where both lists agree."""
    name, other = codes.labels("ethnic_group")["ethnic_group"].get(code, ""), codes.census_groups().get(code, "")
    if other == name or code == FOREIGN:
        return ""
    census = f"là “{other}”" if other else "có thể là dân tộc khác"
    return (
        f"Ô chỉ ghi số {code}: đọc là “{name}” theo danh mục của Bộ; theo danh mục tổng điều tra, số này {census}. "
        "Hãy đối chiếu; tốt nhất là ghi tên dân tộc."
    )


def ethnic_column(**said: Any) -> Column:
    """The ethnic group."""
    return list_column(
        "ethnic_code",
        "Dân tộc",
        "ethnic_group",
        source_field="MaDanToc",
        aliases=("Tên dân tộc", "Mã dân tộc"),
        doubt=_other_group,
        hint="Ghi tên dân tộc; có hai cách đánh số đang dùng nên mã dễ nhầm.",
        width=12,
        **said,
    )


def citizen_id_column(hint: str) -> Column:
    """The personal identity number, under all the names that it has had."""
    return Column(
        "citizen_id_no",
        "Số định danh cá nhân",
        identity,
        source_field="SoCmnd",
        aliases=(
            *("Số định danh", "Mã định danh cá nhân", "CCCD", "Số CCCD", "CMND", "Số CMND/CCCD", "CMND/CCCD"),
            *("Số căn cước", "Số định danh cá nhân/CCCD", "Số CMND", "Căn cước công dân", "Số ĐDCN", "ĐDCN"),
            "Số định danh, CCCD",
        ),
        hint=hint,
        width=15,
        is_sensitive=True,
    )


def ministry_code_column(source_field: str, *aliases: str) -> Column:
    """The code of ten digits that the ministry gave a person."""
    return Column(
        "moet_code",
        "Mã định danh Bộ GDĐT",
        ministry_code,
        source_field=source_field,
        aliases=("Mã định danh", "Mã định danh Bộ", "Mã định danh Bộ GD&ĐT", *aliases),
        hint="10 chữ số do hệ thống của Bộ cấp.",
        width=14,
    )


def phone_column(source_field: str, *aliases: str) -> Column:
    """The person's own phone."""
    return Column(
        "phone",
        "Điện thoại",
        phone,
        source_field=source_field,
        aliases=("Số điện thoại", "SĐT", "Điện thoại di động", *aliases),
        is_sensitive=True,
        width=13,
    )
