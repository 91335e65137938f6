"""Which unit manages each school: the file's own catalogue, of which only what is referenced is taken."""

from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise

from csdl.intake.errors import IntakeError
from csdl.intake.schools.reading import SchoolRow
from csdl.intake.sheets.catalogue import Catalogue, CatalogueUnit
from csdl.orgs.enums import UnitKind
from csdl.orgs.models import OrgUnit

__all__ = ["Placement", "Units", "add_known_units", "place_schools"]

MANAGING_KINDS = (UnitKind.DEPARTMENT, UnitKind.DISTRICT_OFFICE, UnitKind.COMMUNE_COMMITTEE)


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a school belongs, by our unit codes; `problem` says why it stands directly under the department."""

    unit_code: str
    under_department: bool
    column: str = ""
    problem: str = ""


@dataclass
class Units:
    """The department of the file, the units it needs with their parents' codes (parents first), the schools' places.

    `above` names for each row the units that it stands under, the department first.
    """

    department: CatalogueUnit | None = None
    needed: dict[str, tuple[CatalogueUnit, str]] = field(default_factory=dict)
    placements: dict[int, Placement] = field(default_factory=dict)
    above: dict[int, tuple[str, ...]] = field(default_factory=dict)


def add_known_units(catalogue: Catalogue) -> None:
    """For a file without a unit catalogue: the units that the database knows stand in for it."""
    if catalogue.departments:
        return
    for unit in OrgUnit.objects.filter(kind__in=MANAGING_KINDS).select_related("parent"):
        parent = unit.parent.code.lstrip("0") if unit.parent else ""
        catalogue.add(CatalogueUnit(unit.code.lstrip("0"), unit.name, UnitKind(unit.kind), parent))


def place_schools(rows: list[SchoolRow], catalogue: Catalogue) -> Units:
    """Find each taken row's unit and collect the units needed.

    Errors:  INT-75 where neither the file nor the database knows the department of these schools.
    """
    units = Units()
    taken = [row for row in rows if not row.is_rejected]
    if not taken:
        return units
    department = units.department = _department(taken, catalogue)
    units.needed[department.code] = department, ""
    for row in taken:
        placement, path = _place(row, catalogue, department)
        units.placements[row.number] = placement
        units.above[row.number] = tuple(unit.code for unit in path) or (department.code,)
        for above, unit in pairwise(path):
            units.needed.setdefault(unit.code, (unit, above.code))
    return units


def _department(rows: list[SchoolRow], catalogue: Catalogue) -> CatalogueUnit:
    """The one department of the file: what most rows say, so that a slip in one row moves nothing."""
    votes = Counter(
        key
        for row in rows
        for key in (row.values.get("ID_SO") or row.values.get("MA_TINH_THANH", "").lstrip("0"),)
        if key in catalogue.departments
    )
    if not votes:
        raise IntakeError(
            "Không xác định được Sở Giáo dục và Đào tạo của các trường. Hãy kiểm tra cột ID_SO, MA_TINH_THANH "
            "và trang tính danh mục đơn vị (Mã Đơn Vị, Tên Đơn Vị, Mã đơn vị cha).",
            code="INT-75",
        )
    return catalogue.departments[votes.most_common(1)[0][0]]


def _place(row: SchoolRow, catalogue: Catalogue, department: CatalogueUnit) -> tuple[Placement, list[CatalogueUnit]]:
    unit, office, said = (row.values.get(name, "") for name in ("MA_DON_VI", "ID_PHONG", "ID_SO"))
    if unit == department.key and not office:
        return Placement(department.code, under_department=True), []
    column, problem = "", ""
    if said and said != department.key:
        column, problem = "ID_SO", f"Các dòng khác thuộc {department.name}; trường được xếp vào Sở này."
    path = catalogue.path(unit, department.key)
    if not path and office and (path := catalogue.path(office, department.key)):
        column, problem = "MA_DON_VI", f"Không có đơn vị này thuộc {department.name}; dùng ID_PHONG {office}."
    if path:
        return Placement(path[-1].code, under_department=False, column=column, problem=problem), path
    if unit != department.key:
        column = "MA_DON_VI"
        problem = f"Không có đơn vị này thuộc {department.name}; trường tạm được xếp trực thuộc Sở."
    return Placement(department.code, under_department=True, column=column, problem=problem), []
