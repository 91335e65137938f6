"""Plan: what each taken row would create or change, cell by cell, against what the database holds now.

An empty cell says nothing and erases nothing. What a school was called and whom it reported to is compared on the
first day of the school year that the file speaks of.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

from csdl.codes import queries as codes
from csdl.intake.problems import ProblemKind
from csdl.intake.schools.kinds import school_type, unit_kind
from csdl.intake.schools.reading import SchoolRow, SchoolTable
from csdl.intake.schools.units import Placement
from csdl.orgs.enums import TEACHING_KINDS, UnitKind
from csdl.orgs.models import OrgUnit, School, SchoolLevel, SchoolProfile, SchoolSite, UnitVersion
from csdl.years.models import SchoolClass

__all__ = ["Known", "SchoolPlan", "State", "known_schools", "plan_schools"]

type State = Literal["created", "updated", "unchanged"]

PROFILE_COLUMNS = {
    "CHUAN_QUOC_GIA": "national_standard_code",
    "DIA_CHI": "address",
    "EMAIL": "email",
    "LOAI_HINH_DAO_TAO": "ownership_code",
    "MA_QUAN_HUYEN": "district_code",
    "MA_TINH_THANH": "province_code",
    "MA_XA_PHUONG": "commune_code",
    "NHOM_CAP_HOC": "level_group_code",
    "SDT": "phone",
    "TRANG_THAI": "is_active",
    "WEBSITE": "website",
}
EXTRA_COLUMNS = {
    "CHI_BO_DANG": "has_party_cell",
    "FAX": "fax",
    "MA_TO_THON": "hamlet_code",
    "SDT_HIEU_TRUONG": "head_phone",
    "TEN_HIEU_TRUONG": "head_name",
    "VUNG_KHO_KHAN": "special_difficulty",
}
BORDER_AREA = "02"  # difficult_area
SITE_FIELDS = ("address", "commune_code")


@dataclass
class Known:
    """What the database holds of the file's schools, by unit code; read once, in a fixed number of queries."""

    units: dict[str, OrgUnit] = field(default_factory=dict)
    versions: dict[str, UnitVersion] = field(default_factory=dict)  # in force on the year's first day
    schools: dict[str, School] = field(default_factory=dict)
    profiles: dict[str, SchoolProfile] = field(default_factory=dict)
    levels: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    levels_with_classes: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    sites: dict[str, SchoolSite] = field(default_factory=dict)
    with_earlier_years: set[str] = field(default_factory=set)


@dataclass
class SchoolPlan:
    """One row's effect. `changes` holds old and new by field; `profile`, `extra`, … what the row says."""

    row: SchoolRow
    state: State
    kind: UnitKind
    parent_code: str
    profile: dict[str, Any]
    extra: dict[str, Any]
    source: dict[str, str]
    levels: set[str]
    changes: dict[str, tuple[Any, Any]] = field(default_factory=dict)

    def touches(self, *names: str) -> bool:
        return any(name in self.changes for name in names)


def known_schools(unit_codes: Iterable[str], *, start_year: int, on: dt.date) -> Known:
    """What is known of these codes for a school year."""
    known = Known(units={unit.code: unit for unit in OrgUnit.objects.filter(code__in=list(unit_codes))})
    code_of = {unit.pk: code for code, unit in known.units.items()}
    for version in UnitVersion.objects.filter(unit_id__in=code_of).order_by("valid_from").select_related("parent"):
        code = code_of[version.unit_id]
        # The earliest version stands in for a school that opened after that day.
        if code not in known.versions or version.valid_from <= on:
            known.versions[code] = version
    known.schools = {code_of[school.pk]: school for school in School.objects.filter(pk__in=code_of)}
    for profile in SchoolProfile.objects.filter(school_id__in=code_of, start_year__lte=start_year):
        if profile.start_year == start_year:
            known.profiles[code_of[profile.school_id]] = profile
        else:
            known.with_earlier_years.add(code_of[profile.school_id])
    in_year: dict[str, Any] = {"school_id__in": code_of, "start_year": start_year}
    for school_id, level in SchoolLevel.objects.filter(**in_year).values_list("school_id", "level_code"):
        known.levels[code_of[school_id]].add(level)
    taught = SchoolClass.objects.filter(**in_year).values_list("school_id", "level_code").distinct()
    for school_id, level in taught:
        known.levels_with_classes[code_of[school_id]].add(level)
    known.sites = {code_of[site.school_id]: site for site in SchoolSite.objects.filter(**in_year, is_main=True)}
    return known


def plan_schools(table: SchoolTable, placements: dict[int, Placement], known: Known) -> list[SchoolPlan]:
    """One plan for each row that is taken; a code that belongs to a managing unit rejects its row here."""
    plans = []
    for row in table.rows:
        if row.is_rejected:
            continue
        unit = known.units.get(row.code)
        if unit is not None and unit.kind not in TEACHING_KINDS:
            message = f"Mã này là mã của đơn vị quản lý {unit.name}; dòng này không được nhập."
            table.problem(row, "MA_TRUONG", ProblemKind.CODE_DOUBLED, message)
            continue
        plan = _wanted(row, placements[row.number])
        _compare(plan, table, known)
        plans.append(plan)
    return plans


def _wanted(row: SchoolRow, placement: Placement) -> SchoolPlan:
    profile = {field: row.values[name] for name, field in PROFILE_COLUMNS.items() if name in row.values}
    kind = school_type(row, under_department=placement.under_department)
    if kind:
        profile["school_type_code"] = kind
    extra = {key: row.values[name] for name, key in EXTRA_COLUMNS.items() if name in row.values}
    if "VUNG_BIEN_GIOI" in row.values:
        extra["difficult_area_codes"] = [BORDER_AREA] if row.values["VUNG_BIEN_GIOI"] else []
    return SchoolPlan(
        row=row,
        state="created",
        kind=unit_kind(row),
        parent_code=placement.unit_code,
        profile=profile,
        extra=extra,
        source=row.unknown,
        levels=set(row.level_codes),
    )


def _compare(plan: SchoolPlan, table: SchoolTable, known: Known) -> None:
    code, row = plan.row.code, plan.row
    if code not in known.schools:
        return
    version, school = known.versions[code], known.schools[code]
    profile = known.profiles.get(code)
    # What other columns left behind stays; a column of this file that is readable now clears its old remark.
    plan.source = {key: value for key, value in school.source.items() if key not in table.columns} | plan.source
    kept = (known.levels[code] - plan.levels) & known.levels_with_classes[code]
    if kept:
        plan.levels |= kept
        names = codes.labels("school_level")["school_level"]
        said = ", ".join(names.get(level, level) for level in sorted(kept))
        message = f"Trường đang có lớp thuộc cấp {said}; cấp này được giữ lại."
        table.problem(row, "CAP_HOC", ProblemKind.LEVEL_IN_USE, message)
    pairs: dict[str, tuple[Any, Any]] = {
        "name": (version.name, row.name),
        "parent": (version.parent.code if version.parent else "", plan.parent_code),
        "source": (school.source, plan.source),
        "levels": (sorted(known.levels[code]), sorted(plan.levels)),
        "profile": (profile is not None, True),
        "site": (code in known.sites, True),
    }
    if "NGAY_THANH_LAP" in row.values:
        pairs["opened_on"] = known.units[code].opened_on, row.values["NGAY_THANH_LAP"]
    held = profile or SchoolProfile()
    pairs |= {name: (getattr(held, name), value) for name, value in plan.profile.items()}
    pairs |= {f"extra.{name}": (held.extra.get(name), value) for name, value in plan.extra.items()}
    plan.changes = {name: (old, new) for name, (old, new) in pairs.items() if old != new}
    plan.state = "updated" if plan.changes else "unchanged"
