"""Apply: write a plan with a fixed number of statements, whatever the number of schools."""

import datetime as dt
from collections.abc import Iterable

from django.db.models import Q

from csdl.intake.errors import IntakeError
from csdl.intake.schools.plan import SITE_FIELDS, Known, SchoolPlan
from csdl.intake.schools.units import Units
from csdl.orgs.models import OrgUnit, School, SchoolLevel, SchoolProfile, SchoolSite, UnitVersion

__all__ = ["check_root", "write_schools", "write_units"]

# How things were called before the file is not known; its names hold from a day before every year of the product.
KNOWN_SINCE = dt.date(2000, 7, 1)
MAIN_SITE_CODE = "01"
MAIN_SITE_NAME = "Điểm trường chính"
PROFILE_FIELDS = [
    field.name for field in SchoolProfile._meta.concrete_fields if field.name not in ("id", "school", "start_year")
]


def check_root(units: Units) -> OrgUnit | None:
    """The root the database has; INT-74 where it is another department than the file's."""
    root = UnitVersion.objects.filter(parent=None).order_by("-valid_from").select_related("unit").first()
    if root is None or units.department is None or root.unit.code == units.department.code:
        return root.unit if root else None
    raise IntakeError(
        f"Tệp thuộc {units.department.name} (mã {units.department.code}) nhưng cơ sở dữ liệu này là của "
        f"{root.name} (mã {root.unit.code}). Mỗi cơ sở dữ liệu chỉ giữ một tỉnh: hãy nhập vào cơ sở dữ liệu khác.",
        code="INT-74",
    )


def write_units(units: Units) -> int:
    """Create the managing units that are missing; those that exist keep the name the database has. Number created."""
    ids = dict(OrgUnit.objects.filter(code__in=units.needed).values_list("code", "id"))
    missing = {code: needed for code, needed in units.needed.items() if code not in ids}
    ids |= {unit.code: unit.pk for unit in OrgUnit.objects.bulk_create([OrgUnit(code=code) for code in missing])}
    UnitVersion.objects.bulk_create(
        UnitVersion(
            unit_id=ids[code],
            name=unit.name,
            kind=unit.kind,
            parent_id=ids[parent] if parent else None,
            valid_from=KNOWN_SINCE,
        )
        for code, (unit, parent) in missing.items()
    )
    return len(missing)


def write_schools(plans: Iterable[SchoolPlan], known: Known, *, start_year: int, on: dt.date) -> None:
    """Write what the plans say for a school year; `on` is its first day, from which a new name or parent holds."""
    created = [plan for plan in plans if plan.state == "created"]
    touched = [plan for plan in plans if plan.state != "unchanged"]
    if not touched:
        return
    _write_identities(created, known)
    parents = dict(OrgUnit.objects.filter(code__in={plan.parent_code for plan in touched}).values_list("code", "id"))
    _write_versions(touched, known, parents, on)
    _write_yearly(touched, known, start_year)


def _write_identities(created: list[SchoolPlan], known: Known) -> None:
    fresh = [plan for plan in created if plan.row.code not in known.units]
    units = OrgUnit.objects.bulk_create(
        OrgUnit(code=plan.row.code, opened_on=plan.row.values.get("NGAY_THANH_LAP")) for plan in fresh
    )
    known.units |= {unit.code: unit for unit in units}


def _write_versions(touched: list[SchoolPlan], known: Known, parents: dict[str, int], on: dt.date) -> None:
    """New schools get their first version. A changed one is corrected where it stands, unless an earlier year knew
    the school under the old name: then the new version begins on the year's first day."""
    new, closed, corrected = [], [], []
    for plan in touched:
        code, parent_id = plan.row.code, parents[plan.parent_code]
        version = known.versions.get(code)
        if version is None:
            new.append(
                UnitVersion(
                    unit=known.units[code],
                    name=plan.row.name,
                    kind=plan.kind,
                    parent_id=parent_id,
                    valid_from=KNOWN_SINCE,
                )
            )
        elif plan.touches("name", "parent"):
            if code in known.with_earlier_years and version.valid_from < on:
                new.append(
                    UnitVersion(
                        unit=known.units[code],
                        name=plan.row.name,
                        kind=version.kind,
                        parent_id=parent_id,
                        valid_from=on,
                        valid_to=version.valid_to,
                    )
                )
                version.valid_to = on
                closed.append(version)
            else:
                version.name, version.parent_id = plan.row.name, parent_id
                corrected.append(version)
    UnitVersion.objects.bulk_update([*closed, *corrected], ["name", "parent", "valid_to"])
    UnitVersion.objects.bulk_create(new)


def _write_yearly(touched: list[SchoolPlan], known: Known, start_year: int) -> None:
    """Identity facts, profile, levels and main site, each in one INSERT … ON CONFLICT."""
    ids = {plan.row.code: known.units[plan.row.code].pk for plan in touched}
    founded = []
    for plan in touched:
        if plan.touches("opened_on"):
            known.units[plan.row.code].opened_on = plan.row.values["NGAY_THANH_LAP"]
            founded.append(known.units[plan.row.code])
    OrgUnit.objects.bulk_update(founded, ["opened_on"])
    School.objects.bulk_create(
        [
            School(pk=ids[plan.row.code], source=plan.source)
            for plan in touched
            if plan.state == "created" or plan.touches("source")
        ],
        update_conflicts=True,
        unique_fields=["unit"],
        update_fields=["source"],
    )
    SchoolProfile.objects.bulk_create(
        [_profile(plan, known, ids, start_year) for plan in touched if _touches_profile(plan)],
        update_conflicts=True,
        unique_fields=["school", "start_year"],
        update_fields=PROFILE_FIELDS,
    )
    gone = Q()
    added = []
    for plan in touched:
        code = plan.row.code
        added += [
            SchoolLevel(school_id=ids[code], start_year=start_year, level_code=level)
            for level in sorted(plan.levels - known.levels[code])
        ]
        if left := known.levels[code] - plan.levels:
            gone |= Q(school_id=ids[code], level_code__in=left)
    if gone:
        SchoolLevel.objects.filter(gone, start_year=start_year).delete()
    SchoolLevel.objects.bulk_create(added)
    SchoolSite.objects.bulk_create(
        [
            _site(plan, known, ids, start_year)
            for plan in touched
            if plan.state == "created" or plan.touches("site", *SITE_FIELDS)
        ],
        update_conflicts=True,
        unique_fields=["school", "start_year", "code"],
        update_fields=list(SITE_FIELDS),
    )


def _touches_profile(plan: SchoolPlan) -> bool:
    return plan.state == "created" or any(
        name == "profile" or name in plan.profile or name.startswith("extra.") for name in plan.changes
    )


def _profile(plan: SchoolPlan, known: Known, ids: dict[str, int], start_year: int) -> SchoolProfile:
    profile = known.profiles.get(plan.row.code) or SchoolProfile(school_id=ids[plan.row.code], start_year=start_year)
    for name, value in plan.profile.items():
        setattr(profile, name, value)
    profile.extra |= plan.extra
    profile.pk = None  # the row is found by school and year
    return profile


def _site(plan: SchoolPlan, known: Known, ids: dict[str, int], start_year: int) -> SchoolSite:
    """The main site stands where the school's profile stands."""
    site = known.sites.get(plan.row.code) or SchoolSite(
        school_id=ids[plan.row.code], start_year=start_year, code=MAIN_SITE_CODE, name=MAIN_SITE_NAME, is_main=True
    )
    for name in SITE_FIELDS:
        setattr(site, name, plan.profile.get(name) or getattr(site, name))
    site.pk = None
    return site
