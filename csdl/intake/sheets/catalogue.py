"""The file's own catalogues: units (DM ĐƠN VỊ), districts, provinces.

The unit catalogue is the whole country's and its codes are numbers that lost their leading zeros: 19 is both the
department of Thái Nguyên and the office of Nam Từ Liêm (019). A code is therefore looked up below a department.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from csdl.intake.sheets.columns import header_key
from csdl.intake.sheets.schools import unit_code
from csdl.lib.vietnamese import fold
from csdl.lib.xlsx import Row, Sheet, cell_text
from csdl.orgs.enums import UnitKind

__all__ = ["Catalogue", "CatalogueUnit", "read_catalogue"]


@dataclass(frozen=True, slots=True)
class CatalogueUnit:
    """A unit that manages schools. `key` is the file's number, `code` ours: two digits for a department, three else."""

    key: str
    name: str
    kind: UnitKind
    parent_key: str

    @property
    def code(self) -> str:
        return self.key.zfill(2 if self.kind == UnitKind.DEPARTMENT else 3) if self.key.isdigit() else self.key


@dataclass
class Catalogue:
    """What the catalogue sheets of a file say; empty where the file has none."""

    departments: dict[str, CatalogueUnit] = field(default_factory=dict)
    offices: dict[str, list[CatalogueUnit]] = field(default_factory=dict)
    districts: dict[str, str] = field(default_factory=dict)  # district -> province, both padded
    provinces: set[str] = field(default_factory=set)

    def add(self, unit: CatalogueUnit) -> None:
        if unit.kind == UnitKind.DEPARTMENT:
            self.departments.setdefault(unit.key, unit)
        else:
            self.offices.setdefault(unit.key, []).append(unit)

    def path(self, key: str, department: str, depth: int = 5) -> list[CatalogueUnit]:
        """The units from a department down to the office of that number; empty where no such office is below it."""
        for unit in self.offices.get(key, ()) if depth else ():
            if unit.parent_key == department:
                return [self.departments[department], unit]
            if unit.parent_key != key and (above := self.path(unit.parent_key, department, depth - 1)):
                return [*above, unit]
        return []


def read_catalogue(sheets: Iterable[Sheet]) -> Catalogue:
    """Read the catalogue sheets, known by their headers, wherever they stand in the file."""
    catalogue = Catalogue()
    for sheet in sheets:
        rows = sheet.rows()
        header = next(rows, None)
        if header is None:
            continue
        names = [header_key(cell) for cell in header.cells]
        if names[:3] == ["madonvi", "tendonvi", "madonvicha"]:
            _read_units(catalogue, rows)
        elif names[:1] == ["maqh"] and "matinhthanh" in names:
            place = names.index("matinhthanh")
            catalogue.districts = {
                cell_text(row.at(0)).zfill(3): cell_text(row.at(place)).zfill(2) for row in rows if cell_text(row.at(0))
            }
        elif names[:2] == ["matinhthanh", "ten"]:
            catalogue.provinces = {cell_text(row.at(0)).zfill(2) for row in rows if cell_text(row.at(0))}
    return catalogue


def _read_units(catalogue: Catalogue, rows: Iterable[Row]) -> None:
    for row in rows:
        key, name, parent = unit_code(row.at(0)), cell_text(row.at(1))[:200], unit_code(row.at(2)) or ""
        folded = fold(name)
        # A root that is no department (a supplier's test unit stands in the real file) manages no schools.
        if not key or not name or (not parent and not folded.startswith("so ")):
            continue
        kind = UnitKind.DEPARTMENT
        if parent:
            committee = folded.startswith(("uy ban", "ubnd"))
            kind = UnitKind.COMMUNE_COMMITTEE if committee else UnitKind.DISTRICT_OFFICE
        catalogue.add(CatalogueUnit(key=key, name=name, kind=kind, parent_key=parent))
