"""Builds the made-up province: Hải Phòng as it was in a school year, or made-up pupils for real schools.

Owns the order of the steps; what is made stands in the neighbours: `institutions` (units), `cohorts` (classes),
`staffing`, `pupils`, `dirt`, `accounts`. Written by COPY in one transaction under the owner's role: either the whole
province is there afterwards, or nothing of it.
"""

import datetime as dt
import random
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Q

from csdl.accounts.actor import Actor, SystemActor
from csdl.accounts.permissions import Permission
from csdl.audit.actions import record
from csdl.codes.models import CodeValue
from csdl.demo.accounts import SignIn, make_accounts
from csdl.demo.cohorts import COHORTS, share_out
from csdl.demo.dirt import CLASS_DIRT, PUPIL_DIRT, STAFF_DIRT, Dirt
from csdl.demo.errors import DemoError
from csdl.demo.identities import NumberBook
from csdl.demo.institutions import (
    DEPARTMENT_CODE,
    DIVISIONS,
    PROVINCE_CODE,
    Institution,
    Territory,
    plan_institutions,
    territories,
)
from csdl.demo.pupils import Home
from csdl.demo.schools import SchoolWriter, Site, homes_of
from csdl.demo.sheets import MADE_UP, NULL, Sheets, public_id
from csdl.demo.staffing import posts_of_office
from csdl.lib import clock
from csdl.orgs.enums import UnitKind
from csdl.orgs.models import OrgUnit, School, SchoolLevel, SchoolProfile, SchoolSite
from csdl.staff.models import StaffMember, UnitHead
from csdl.students.models import Student
from csdl.years.actions import make_year_current, open_school_year
from csdl.years.models import SchoolClass, SchoolYear

__all__ = ["BuildReport", "Progress", "build_province", "fill_schools"]

Progress = Callable[[int], None]
SYSTEM = SystemActor("csdl demo")
LEAST_PUPILS, MOST_PUPILS = 1_000, 2_500_000
# Pupils whose rows wait in memory before they are sent.
_BATCH = 8_000
# Faults of school codes that are named one by one.
_SHOWN = 20
# Pupils of an average school of a level: how many of the wanted pupils a real school gets.
_USUAL_SIZE = {"01": 320, "02": 900, "03": 800, "04": 1150, "05": 350}


@dataclass(frozen=True)
class BuildReport:
    """What was built. `dirt` counts each declared kind; `sign_ins` are the sample accounts."""

    start_year: int
    seed: int
    schools: int
    classes: int
    pupils: int
    rows: dict[str, int]
    dirt: list[dict[str, Any]]
    sign_ins: list[SignIn] = field(default_factory=list)
    stage: str = "year-end"

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def build_province(
    *,
    actor: Actor = SYSTEM,
    pupils: int,
    start_year: int,
    seed: int = 1,
    stage: str = "year-end",
    progress: Progress | None = None,
) -> BuildReport:
    """Build a province of `pupils` made-up pupils in an empty database, and move the clock to the August after.

    Shapes:  units, schools, staff, classes, pupils, enrolments and results of `start_year`; the year after stands open
             and empty, so that the rollover can go. Stage "rolled" runs it for the whole province; "october" goes on to
             the start-of-year reports.
    Units:   `pupils` persons exactly; a few more enrolments, because some change school within the year.
    Errors:  DEMO-01 for a database that holds units or pupils, DEMO-03 without code lists or for an unfit number.
    """
    actor.require(Permission.UNIT_MANAGE)
    _check_number(pupils, LEAST_PUPILS)
    if OrgUnit.objects.exists() or Student.objects.exists() or StaffMember.objects.exists():
        raise DemoError(
            "Cơ sở dữ liệu đã có đơn vị hoặc học sinh, không dựng tỉnh mẫu đè lên. "
            "Hãy dùng cơ sở dữ liệu trống, hoặc --into MÃ để điền học sinh mẫu vào trường có sẵn."
        )
    districts = territories()
    if not districts:
        raise DemoError("Chưa có danh mục quận, huyện. Hãy chạy trước: csdl codes load.", code="DEMO-03")
    with transaction.atomic():
        _open_years(actor, start_year)
        report = _write_province(pupils, start_year, seed, districts, progress)
        # Rights were given when the school year began; the province opens at its end.
        clock.move_to(dt.datetime(start_year, 8, 15, 8, tzinfo=clock.LOCAL_ZONE))
        sign_ins = make_accounts(actor=actor, start_year=start_year, seed=seed)
        clock.move_to(dt.datetime(start_year + 1, 8, 5, 8, tzinfo=clock.LOCAL_ZONE))
        record(
            actor=actor,
            kind="demo:build",
            data={"pupils": report.pupils, "start_year": start_year, "seed": seed, "made_up": True},
        )
    if stage != "year-end":
        _roll_over(actor, start_year)
    if stage == "october":
        _fill_october(actor, start_year + 1, seed)
    return BuildReport(**{**vars(report), "sign_ins": sign_ins, "stage": stage})


def fill_schools(
    *,
    actor: Actor = SYSTEM,
    codes: Sequence[str],
    pupils: int,
    start_year: int,
    seed: int = 1,
    progress: Progress | None = None,
) -> BuildReport:
    """Fill real schools with made-up classes, staff and pupils; `codes` empty means every school without classes.

    Shapes:  pupils are spread by level in the proportions of the usual sizes; a head in office stays.
    Errors:  DEMO-02 for a code without a school, or a school that has classes or no level in that year.
    """
    actor.require(Permission.UNIT_MANAGE)
    _check_number(pupils, 1)
    with transaction.atomic():
        _open_years(actor, start_year)
        targets = _targets(codes, start_year)
        _share_pupils([target.institution for target in targets], pupils)
        sheets = Sheets.opened()
        writer = SchoolWriter(sheets, _number_book(seed), start_year, seed)
        for target in targets:
            writer.fill(
                target.institution,
                target.school_id,
                target.sites,
                target.homes,
                has_head=target.has_head,
                province=target.id_province,
            )
            _send(sheets, writer, progress)
        sheets.close()
        report = _report(sheets, writer, start_year, seed, len(targets))
        record(
            actor=actor,
            kind="demo:fill",
            data={"pupils": report.pupils, "schools": len(targets), "start_year": start_year, "made_up": True},
        )
    return report


def _check_number(pupils: int, least: int) -> None:
    if not least <= pupils <= MOST_PUPILS:
        raise DemoError(f"Số học sinh phải từ {least} đến {MOST_PUPILS}. Hãy chọn lại --pupils.", code="DEMO-03")


def _open_years(actor: Actor, start_year: int) -> None:
    """The year itself and the one after it, empty but open, so that the rollover can go; the first one is current."""
    for year in (start_year, start_year + 1):
        open_school_year(actor=actor, start_year=year)
    if not SchoolYear.objects.filter(is_current=True).exists():
        make_year_current(actor=actor, start_year=start_year)


def _roll_over(actor: Actor, start_year: int) -> None:
    from csdl.rollover.actions import roll_over  # slow import: only this stage needs it

    roll_over(actor=actor, from_year=start_year, unit=None)
    make_year_current(actor=actor, start_year=start_year + 1)


def _fill_october(actor: Actor, start_year: int, seed: int) -> None:
    from csdl.demo.october import fill_october  # slow import: only this stage needs it

    with transaction.atomic():
        fill_october(actor=actor, start_year=start_year, numbers=_number_book(seed), seed=seed)


def _number_book(seed: int) -> NumberBook:
    """Numbers that nobody in the database holds yet."""
    taken: set[str] = set()
    for model in (Student, StaffMember):
        rows = model.objects.exclude(citizen_id_no="", moet_code="").values_list("citizen_id_no", "moet_code")
        for citizen_id_no, moet_code in rows.iterator():
            taken.update((citizen_id_no, moet_code))
    return NumberBook(random.Random(f"{seed}:numbers").randrange(1_000_000), taken=taken)


def _write_province(
    pupils: int, start_year: int, seed: int, districts: dict[str, Territory], progress: Progress | None
) -> BuildReport:
    institutions = plan_institutions(pupils, seed, districts)
    sheets = Sheets.opened()
    writer = SchoolWriter(sheets, _number_book(seed), start_year, seed)
    units = _write_authorities(sheets, writer, districts, seed)
    for item in institutions:
        rng = random.Random(f"{seed}:{item.code}:unit")
        founded = f"{rng.randint(1960, 2015)}-09-01"
        parent_id = units[item.parent_code]
        units[item.code] = _add_unit(sheets, rng, item.code, item.name, item.kind, parent_id, founded)
        sheets.lines["orgs_school"].append(f"{units[item.code]}\t{MADE_UP}\n")
    for item in institutions:
        territory = districts[item.district_code]
        school_id = units[item.code]
        rng = random.Random(f"{seed}:{item.code}:homes")
        sites = writer.add_year(item, school_id, territory)
        # Families of the island without communes are registered on the mainland's coast.
        home = territory if territory.communes else districts["311"]
        writer.fill(item, school_id, sites, homes_of(item, home, rng))
        _send(sheets, writer, progress)
    sheets.close()
    return _report(sheets, writer, start_year, seed, len(institutions))


def _write_authorities(
    sheets: Sheets, writer: SchoolWriter, districts: dict[str, Territory], seed: int
) -> dict[str, int]:
    """The department with its divisions and the district offices, each with its head and officers."""
    rng = random.Random(f"{seed}:authorities")
    # Whoever sees the name knows that it is not the real department.
    name = "Sở Giáo dục và Đào tạo Hải Phòng (tỉnh mẫu)"
    root = _add_unit(sheets, rng, DEPARTMENT_CODE, name, UnitKind.DEPARTMENT, None, "1955-05-13")
    units = {DEPARTMENT_CODE: root}
    for post in posts_of_office(0, is_department=True):
        writer.staff.add_post(rng, root, post, ["02", "03", "04"])
    offices = [(f"{DEPARTMENT_CODE}-{code}", name, UnitKind.DEPARTMENT_DIVISION, 7) for code, name in DIVISIONS]
    for territory in districts.values():
        kind, _, place = territory.name.partition(" ")
        title = f"Phòng Giáo dục và Đào tạo {kind.lower()} {place}"
        offices.append((f"{PROVINCE_CODE}{territory.code}", title, UnitKind.DISTRICT_OFFICE, 8))
    for code, title, kind, size in offices:
        units[code] = _add_unit(sheets, rng, code, title, kind, root, "1976-01-01")
        for post in posts_of_office(1 if code == "31318" else size):
            writer.staff.add_post(rng, units[code], post, ["02", "03"])
    return units


def _add_unit(
    sheets: Sheets, rng: random.Random, code: str, name: str, kind: str, parent_id: int | None, since: str
) -> int:
    parent = NULL if parent_id is None else parent_id
    unit_id = sheets.add("orgs_orgunit", public_id(rng), code, name, kind, parent, since)
    sheets.add("orgs_unitversion", unit_id, name, kind, parent, since)
    return unit_id


def _send(sheets: Sheets, writer: SchoolWriter, progress: Progress | None) -> None:
    if len(sheets.lines["students_student"]) >= _BATCH:
        sheets.flush()
    if progress:
        progress(writer.pupils.pupils)


def _report(sheets: Sheets, writer: SchoolWriter, start_year: int, seed: int, schools: int) -> BuildReport:
    return BuildReport(
        start_year=start_year,
        seed=seed,
        schools=schools,
        classes=writer.classes,
        pupils=writer.pupils.pupils,
        rows={table: count for table, count in sheets.written.items() if count},
        dirt=[*_counts(PUPIL_DIRT, writer), *_counts(CLASS_DIRT, writer), *_counts(STAFF_DIRT, writer)],
    )


def _counts[T](kinds: list[Dirt[T]], writer: SchoolWriter) -> list[dict[str, Any]]:
    return [
        {
            "name": kind.name,
            "title": kind.title,
            "rule": kind.rule,
            "share": kind.share,
            "count": writer.dirt[kind.name],
        }
        for kind in kinds
    ]


@dataclass(frozen=True)
class _Target:
    institution: Institution
    school_id: int
    sites: list[Site]
    homes: list[Home]
    has_head: bool
    id_province: str


def _targets(codes: Sequence[str], start_year: int) -> list[_Target]:
    """The schools to be filled, as the database knows them in that year."""
    schools = School.objects.select_related("unit__parent").order_by("unit__code")
    if codes:
        schools = schools.filter(unit__code__in=codes)
    with_classes = set(SchoolClass.objects.filter(start_year=start_year).values_list("school_id", flat=True))
    profiles = {row.school_id: row for row in SchoolProfile.objects.filter(start_year=start_year)}
    levels: dict[int, list[str]] = {}
    for school_id, level_code in SchoolLevel.objects.filter(start_year=start_year).values_list(
        "school_id", "level_code"
    ):
        levels.setdefault(school_id, []).append(level_code)
    sites: dict[int, list[Site]] = {}
    for row in SchoolSite.objects.filter(start_year=start_year).order_by("-is_main", "code"):
        sites.setdefault(row.school_id, []).append(Site(row.pk, row.is_main))
    first_day = dt.date(start_year, 7, 1)
    ended = Q(valid_to__isnull=False, valid_to__lte=first_day)
    headed = set(UnitHead.objects.exclude(ended).values_list("unit_id", flat=True))

    province_names = _province_names()

    known = {school.unit.code: school for school in schools}
    problems = [f"{code}: không có trường mã này" for code in codes if code not in known]
    found = []
    for code, school in known.items():
        profile = profiles.get(school.pk)
        if reason := _why_not(school, profile, with_classes, levels, sites):
            problems.append(f"{code}: {school.unit.name} {reason}")
            continue
        assert profile  # a school without one has been refused
        found.append(
            _Target(
                _real_institution(school, profile, sorted(levels[school.pk])),
                school.pk,
                sites[school.pk],
                [_known_home(school, profile, province_names)],
                school.pk in headed,
                f"0{profile.province_code or PROVINCE_CODE}",
            )
        )
    if (problems and codes) or not found:
        raise DemoError(
            f"Không điền được học sinh mẫu vào năm học {start_year}-{start_year + 1}. Hãy kiểm tra các mã trường.",
            code="DEMO-02",
            problems=problems[:_SHOWN] if codes else [],
        )
    return found


def _why_not(
    school: School,
    profile: SchoolProfile | None,
    with_classes: set[int],
    levels: dict[int, list[str]],
    sites: dict[int, list[Site]],
) -> str:
    """Why a school takes no made-up pupils; empty where it does."""
    if school.pk in with_classes:
        return "đã có lớp trong năm học này"
    if profile is None or school.pk not in levels or school.pk not in sites:
        return "chưa có hồ sơ, cấp học hoặc điểm trường trong năm học này"
    if not profile.is_active:
        return "đã ngừng hoạt động"
    return ""


def _real_institution(school: School, profile: SchoolProfile, level_codes: list[str]) -> Institution:
    ages = {"03": ("01", "02", "03"), "04": ("02", "03"), "02": ("04", "05", "06"), "05": ("04", "05", "06")}
    return Institution(
        school.unit.code,
        school.unit.name,
        UnitKind(school.unit.kind),
        school.unit.parent.code if school.unit.parent else "",
        profile.district_code,
        profile.level_group_code,
        tuple(level_codes),
        profile.ownership_code or "01",
        profile.school_type_code,
        is_gifted=profile.school_type_code == "09",
        age_groups=ages.get(profile.level_group_code, ()),
    )


def _known_home(school: School, profile: SchoolProfile, province_names: dict[str, str]) -> Home:
    """Families live where the school does, as roughly as the database knows its address."""
    province = province_names.get(profile.province_code, "")
    return Home(profile.commune_code, "", profile.address or school.unit.name, province or school.unit.name)


def _province_names() -> dict[str, str]:
    rows = CodeValue.objects.filter(list_name="citizen_id_province")
    return {
        row.extra["gso_province_code"]: f"{'Thành phố' if row.extra['kind'] == 'city' else 'Tỉnh'} {row.name_vi}"
        for row in rows
    }


def _share_pupils(institutions: list[Institution], pupils: int) -> None:
    seats = [(item, level) for item in institutions for level in item.level_codes if level in COHORTS]
    weights = [_USUAL_SIZE[level] * _fraction(item) for item, level in seats]
    for (item, level), count in zip(seats, share_out(pupils, weights), strict=True):
        item.pupils[level] = count


def _fraction(item: Institution) -> float:
    """How much of a usual school of the level it is."""
    if item.kind == UnitKind.INDEPENDENT_GROUP:
        return 0.1
    return 0.6 if len(item.level_codes) > 1 else 1.0
