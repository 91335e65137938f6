"""Which kind of unit a row describes, its level group, its school type: the file says it in other lists than ours."""

import re

from csdl.intake.schools.reading import SchoolRow
from csdl.intake.sheets.schools import CONTINUING, PRESCHOOL, SCHOOL_TYPES
from csdl.lib.vietnamese import fold
from csdl.orgs.enums import UnitKind

__all__ = ["is_special", "level_group", "school_type", "unit_kind"]

# Levels -> school_level_group, where the digits of CAP_HOC leave one answer. Nursery or kindergarten alone and
# GDTX are told apart in `level_group`.
GROUPS = {
    frozenset({"02"}): "06",
    frozenset({"03"}): "07",
    frozenset({"04"}): "08",
    frozenset({"02", "03"}): "09",
    frozenset({"03", "04"}): "10",
    frozenset({"02", "03", "04"}): "11",
    frozenset({PRESCHOOL}): "01",
    frozenset({PRESCHOOL, "02"}): "16",
    frozenset({PRESCHOOL, "02", "03"}): "18",
    frozenset({PRESCHOOL, "02", "03", "04"}): "17",
}
PRESCHOOL_PARTS = {"4": "03", "5": "02"}
PROVINCIAL_CENTRE, DISTRICT_CENTRE = "12", "13"
PROVINCIAL_BOARDING = "02"

_SPECIAL = re.compile(r"khuyet tat|khiem thi|khiem thinh|chuyen biet|hoa nhap")
_INDEPENDENT = re.compile(
    r"\bdoc lap\b|^nhom tre|^lop mam non|^lop mau giao|^(nt|ntmg|csmn)\b|^co so (giao duc )?mam non"
)


def is_special(row: SchoolRow) -> bool:
    """Whether name or code speak of a school for disabled children (kind digit D)."""
    return bool(_SPECIAL.search(fold(row.name))) or row.code[5:6] == "D"


def unit_kind(row: SchoolRow) -> UnitKind:
    """The kind by levels first; among schools of one level the name decides, as the file has no column for it."""
    name = fold(row.name)
    if row.level_codes == {CONTINUING}:
        if re.search(r"gdnn|nghe nghiep|day nghe", name):
            return UnitKind.VOCATIONAL_CENTRE
        if re.search(r"ky thuat tong hop|ktth|huong nghiep", name):
            return UnitKind.CAREER_CENTRE
        return UnitKind.CONTINUING_CENTRE
    if is_special(row):
        return UnitKind.SPECIAL_SCHOOL
    if row.level_codes == {PRESCHOOL} and row.values.get("LOAI_HINH_DAO_TAO") != "01" and _INDEPENDENT.search(name):
        return UnitKind.INDEPENDENT_GROUP
    return UnitKind.SCHOOL


def level_group(row: SchoolRow, *, under_department: bool) -> str:
    """The level group that CAP_HOC stands for; empty where no group has these levels."""
    if row.levels in PRESCHOOL_PARTS:
        return PRESCHOOL_PARTS[row.levels]
    if row.level_codes == {CONTINUING}:
        return PROVINCIAL_CENTRE if under_department else DISTRICT_CENTRE
    return GROUPS.get(row.level_codes, "")


def school_type(row: SchoolRow, *, under_department: bool) -> str | None:
    """The school type for the row's LOAI_HINH_TRUONG and levels; None where nothing known is said, '' where the code
    has no counterpart at these levels."""
    code = row.values.get("LOAI_HINH_TRUONG")
    if code is None:
        return None
    if code == "2" and (under_department or "04" in row.level_codes):
        return PROVINCIAL_BOARDING
    types = SCHOOL_TYPES[code]
    if row.level_codes == {PRESCHOOL}:
        return types.preschool
    if row.level_codes == {CONTINUING}:
        return "16" if code == "1" and unit_kind(row) == UnitKind.VOCATIONAL_CENTRE else types.continuing
    return types.general
