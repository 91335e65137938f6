"""Writes one school: its year, sites, classes, staff with their assignments, pupils."""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from csdl.demo.cohorts import COHORTS, ClassPlan, lay_out_classes
from csdl.demo.dirt import CLASS_DIRT, ClassRow, dirt_table
from csdl.demo.identities import HOME_PROVINCE, NumberBook
from csdl.demo.institutions import PROVINCE_CODE, PROVINCE_NAME, Institution, Place, Territory
from csdl.demo.pupils import ClassSeat, Home, PupilWriter
from csdl.demo.sheets import MADE_UP, NULL, Sheets, public_id
from csdl.demo.staffing import StaffWriter, Teacher, plan_teachers, posts_of_school
from csdl.orgs.enums import UnitKind

__all__ = ["SchoolWriter", "Site", "homes_of"]

_STREETS = (
    "Lê Lợi",
    "Trần Phú",
    "Nguyễn Trãi",
    "Hai Bà Trưng",
    "Lý Thường Kiệt",
    "Quang Trung",
    "Ngô Gia Tự",
    "Hùng Vương",
)
_STREAMS = (("Toán", "09"), ("Tin", "13"), ("Lý", "10"), ("Hóa", "11"), ("Sinh", "12"), ("Văn", "01"), ("Sử", "02"),
            ("Địa", "03"), ("Anh", "04"), ("Nga", "07"), ("Pháp", "05"))  # fmt: skip
_CLASS_SPOILED, _CLASS_DIRT = dirt_table(CLASS_DIRT)


@dataclass(frozen=True)
class Site:
    """A campus, as a class needs it."""

    site_id: int
    is_main: bool


def homes_of(institution: Institution, territory: Territory, rng: random.Random) -> list[Home]:
    """Where pupils of a school of the province live: mostly in its own commune, some in the communes around."""
    own = institution.place or territory.communes[0]
    others = [rng.choice(territory.communes) for _ in range(3)]
    reach = 8 if "04" in institution.level_codes or "05" in institution.level_codes else 14
    return [_home(place, territory, rng) for place in [own] * reach + others * 2]


def _home(place: Place, territory: Territory, rng: random.Random) -> Home:
    street = f"đường {rng.choice(_STREETS)}" if place.is_urban else f"thôn {rng.randint(1, 9)}"
    return Home(place.code, street, f"{place.name}, {territory.name}, {PROVINCE_NAME}", PROVINCE_NAME)


class SchoolWriter:
    """Writes schools one after another; one for a build."""

    def __init__(self, sheets: Sheets, numbers: NumberBook, start_year: int, seed: int) -> None:
        self.dirt: Counter[str] = Counter()
        self.classes = 0
        self.pupils = PupilWriter(sheets, numbers, start_year, self.dirt)
        self.staff = StaffWriter(sheets, numbers, start_year, self.dirt)
        self._sheets = sheets
        self._year = start_year
        self._seed = seed

    def add_year(self, institution: Institution, school_id: int, territory: Territory) -> list[Site]:
        """Profile, levels and sites of a school that is new."""
        rng = random.Random(f"{self._seed}:{institution.code}:year")
        sheets, year = self._sheets, self._year
        place = institution.place
        commune, address = ("", territory.name) if place is None else (place.code, f"{place.name}, {territory.name}")
        island = institution.district_code in ("317", "318")
        is_public = institution.ownership_code == "01"
        sheets.add(
            "orgs_schoolprofile", school_id, year, institution.level_group_code, institution.ownership_code,
            institution.school_type_code, ("02", "03", "02", "", "")[rng.randrange(5)] if is_public else "",
            "01" if island else "02" if institution.is_urban else "03",
            "05" if island else "03" if institution.is_urban else "02",
            PROVINCE_CODE, institution.district_code, commune, f"Số {rng.randint(1, 200)}, {address}",
            f"0225{rng.randint(3_000_000, 3_999_999)}", f"lienhe@{institution.code.lower()}.example", "", "t", "t",
            MADE_UP,
        )  # fmt: skip
        for level_code in institution.level_codes:
            sheets.add("orgs_schoollevel", school_id, year, level_code)
        many = sum(institution.pupils.values()) > 150 and {"01", "02"} & set(institution.level_codes)
        count = 2 if many and not institution.is_urban and rng.random() < 0.3 else 1
        sites = []
        for serial in range(1, count + 1):
            name = "Điểm chính" if serial == 1 else f"Điểm trường thôn {rng.randint(2, 9)}"
            site_id = sheets.add(
                "orgs_schoolsite", public_id(rng), school_id, year, f"{serial:02}", name, "t" if serial == 1 else "f",
                commune, address, "{}",
            )  # fmt: skip
            sites.append(Site(site_id, serial == 1))
        return sites

    def fill(
        self,
        institution: Institution,
        school_id: int,
        sites: Sequence[Site],
        homes: Sequence[Home],
        *,
        has_head: bool = False,
        province: str = HOME_PROVINCE,
    ) -> None:
        """Classes, staff and pupils of a school; its sums stand in `institution.pupils`."""
        rng = random.Random(f"{self._seed}:{institution.code}")
        plans = self._plan_classes(institution, rng)
        seats = [self._add_class(institution, school_id, plan, place, sites, rng) for place, plan in enumerate(plans)]
        self._add_staff(institution, school_id, plans, seats, rng, has_head=has_head)
        for plan, seat in zip(plans, seats, strict=True):
            self.pupils.fill_class(
                seat,
                plan.pupils,
                rng,
                homes=homes,
                entry_kind=_entry_kind(plan, institution),
                neighbours=[other for other in seats if other.cohort is seat.cohort],
                province=province,
                disability_code=institution.disability_code,
            )
        self.pupils.next_school()
        self.classes += len(plans)

    def _plan_classes(self, institution: Institution, rng: random.Random) -> list[ClassPlan]:
        plans: list[ClassPlan] = []
        taken: set[str] = set()
        for level_key, count in institution.pupils.items():
            cohorts = COHORTS[level_key]
            if institution.age_groups:
                cohorts = [cohort for cohort in cohorts if cohort.age_group_code in institution.age_groups]
            plans += lay_out_classes(
                cohorts,
                count,
                rng,
                start_year=self._year,
                is_special=institution.is_special,
                streams=_STREAMS if institution.is_gifted and level_key == "04" else (),
                taken=taken,
            )
        return plans

    def _add_class(
        self,
        institution: Institution,
        school_id: int,
        plan: ClassPlan,
        place: int,
        sites: Sequence[Site],
        rng: random.Random,
    ) -> ClassSeat:
        cohort = plan.cohort
        level = cohort.level_code
        # Young children go to the site in their own village; every third class of the lower grades sits there.
        site = sites[-1] if cohort.number <= 2 and place % 3 == 2 else sites[0]
        row = ClassRow("4" if level in ("01", "02") or rng.random() < 0.2 else "1")
        if rng.random() < _CLASS_SPOILED:
            kind = _CLASS_DIRT[rng.getrandbits(14)]
            kind.spoil(row)
            self.dirt[kind.name] += 1
        class_id = self._sheets.add(
            "years_schoolclass", public_id(rng), self._year, school_id, plan.name, cohort.grade_code, level,
            cohort.age_group_code, 0, site.site_id if site else NULL, "f", row.session_code,
            "" if level == "01" else "06" if level == "02" else "02",
            "t" if plan.gifted_stream_code else "f", plan.gifted_stream_code,
            "t" if level == "01" or (level == "02" and institution.is_urban) else "f",
            "01" if cohort.number >= 3 else "", "", "t" if plan.is_special else "f", place + 1, "t", "{}",
        )  # fmt: skip
        return ClassSeat(class_id, school_id, cohort, plan.limit, plan.is_special, row.has_homeroom, plan.pupils)

    def _add_staff(
        self,
        institution: Institution,
        school_id: int,
        plans: Sequence[ClassPlan],
        seats: Sequence[ClassSeat],
        rng: random.Random,
        *,
        has_head: bool,
    ) -> None:
        levels = institution.level_codes
        posts = posts_of_school(
            len(plans),
            sum(institution.pupils.values()),
            is_centre=institution.kind
            in (UnitKind.CONTINUING_CENTRE, UnitKind.VOCATIONAL_CENTRE, UnitKind.CAREER_CENTRE),
            has_preschool="01" in levels,
            is_small=institution.kind == UnitKind.INDEPENDENT_GROUP,
        )
        for post in posts:
            if not (post.is_head and has_head):
                self.staff.add_post(rng, school_id, post, levels)
        for teacher in plan_teachers(plans, self._year):
            staff_id = self.staff.add_teacher(rng, school_id, teacher)
            self._assign(teacher, staff_id, seats)

    def _assign(self, teacher: Teacher, staff_id: int, seats: Sequence[ClassSeat]) -> None:
        sheets, day = self._sheets, f"{self._year}-08-01"
        if teacher.homeroom is not None and seats[teacher.homeroom].has_homeroom:
            sheets.add("years_homeroomassignment", seats[teacher.homeroom].class_id, staff_id, day, "confirmed")
        for place, lesson in teacher.lessons:
            for semester in (1, 2):
                sheets.add(
                    "years_teachingassignment", seats[place].class_id, lesson.subject_code, staff_id, semester,
                    lesson.periods, "confirmed",
                )  # fmt: skip


def _entry_kind(plan: ClassPlan, institution: Institution) -> str:
    """How the pupils of a class came: by exam into upper secondary, by review into other entry grades, else upward."""
    number, group = plan.cohort.number, plan.cohort.age_group_code
    if number == 10:
        return "0" if institution.ownership_code == "01" and plan.cohort.level_code == "04" else "2"
    return "2" if number in (1, 6) or group in ("01", "02", "03", "04") else "4"
