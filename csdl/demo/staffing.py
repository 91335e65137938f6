"""Staff of a unit: who leads it, who teaches what in which class, who does the rest. Makes rows, writes none."""

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from csdl.demo.cohorts import ClassPlan, is_new_programme
from csdl.demo.dirt import STAFF_DIRT, StaffRow, dirt_table
from csdl.demo.identities import HOME_PROVINCE, NumberBook, phone_number
from csdl.demo.names import NAME_BITS, grown_up_name, read_data
from csdl.demo.sheets import MADE_UP, NULL, Sheets, public_id

__all__ = [
    "Lesson",
    "Post",
    "StaffWriter",
    "Teacher",
    "lessons_of",
    "plan_teachers",
    "posts_of_office",
    "posts_of_school",
]

_WEEKLY_PERIODS = {"02": 23, "03": 19, "04": 17, "05": 17}
_RANKS = {"01": "02", "02": "05", "03": "08", "04": "12", "05": "12"}
_STAFF_SPOILED, _STAFF_DIRT = dirt_table(STAFF_DIRT)


@dataclass(frozen=True)
class Lesson:
    """A subject that a class has: periods a week, field of the teacher, whether the homeroom teacher gives it."""

    subject_code: str
    periods: Decimal
    field_code: str
    by_homeroom: bool


@dataclass
class Teacher:
    """A teacher to be: field, level, and the lessons and the class that fall to them."""

    field_code: str
    level_code: str
    lessons: list[tuple[int, Lesson]] = field(default_factory=list)
    homeroom: int | None = None

    @property
    def periods(self) -> Decimal:
        return sum((lesson.periods for _, lesson in self.lessons), Decimal(0))


@dataclass(frozen=True)
class Post:
    """A post that is no teacher's: its group and position codes."""

    group_code: str
    position_code: str
    is_head: bool = False


def _teaching_plan() -> dict[tuple[str, str, int], list[Lesson]]:
    plan: dict[tuple[str, str, int], list[Lesson]] = defaultdict(list)
    for row in read_data("teaching_plan"):
        lesson = Lesson(
            row["subject_code"], Decimal(row["periods"]), row["teacher_subject_code"], row["by_homeroom"] == "1"
        )
        for number in row["grade_numbers"].split("|"):
            for programme in ("new", "old") if row["programme"] == "any" else (row["programme"],):
                plan[row["level_code"], programme, int(number)].append(lesson)
    return plan


_PLAN = _teaching_plan()


def lessons_of(level_code: str, number: int, start_year: int) -> Sequence[Lesson]:
    """What a grade learns in a year; nothing in preschool."""
    return _PLAN.get((level_code, "new" if is_new_programme(number, start_year) else "old", number), [])


def plan_teachers(classes: Sequence[ClassPlan], start_year: int) -> list[Teacher]:
    """The teachers whom these classes need; every class gets a homeroom teacher, every lesson a teacher.

    Shapes:  `Teacher.homeroom` and the first part of each lesson are places in `classes`.
    """
    teachers: list[Teacher] = []
    for level_code in sorted({plan.cohort.level_code for plan in classes}):
        own = [(place, plan) for place, plan in enumerate(classes) if plan.cohort.level_code == level_code]
        if level_code == "01":
            teachers += _preschool_teachers(own)
        elif level_code == "02":
            teachers += _primary_teachers(own, start_year)
        else:
            teachers += _subject_teachers(own, start_year, level_code)
    return teachers


def _preschool_teachers(classes: Iterable[tuple[int, ClassPlan]]) -> list[Teacher]:
    """Two to a class; one of them leads it."""
    found = []
    for place, plan in classes:
        field_code = "02" if plan.cohort.grade_code == "16" else "01"
        found.append(Teacher(field_code, "01", homeroom=place))
        if plan.pupils > 12:
            found.append(Teacher(field_code, "01"))
    return found


def _primary_teachers(classes: Iterable[tuple[int, ClassPlan]], start_year: int) -> list[Teacher]:
    """One to a class for most subjects; music, art, sports, language and computers by teachers of their own."""
    leaders, by_field = [], defaultdict(list)
    for place, plan in classes:
        leader = Teacher("09", "02", homeroom=place)
        for lesson in lessons_of("02", plan.cohort.number, start_year):
            if lesson.by_homeroom:
                leader.lessons.append((place, lesson))
            else:
                by_field[lesson.field_code].append((place, lesson))
        leaders.append(leader)
    return leaders + _by_field(by_field, "02")


def _subject_teachers(classes: Sequence[tuple[int, ClassPlan]], start_year: int, level_code: str) -> list[Teacher]:
    by_field = defaultdict(list)
    for place, plan in classes:
        for lesson in lessons_of(level_code, plan.cohort.number, start_year):
            if not lesson.by_homeroom:
                by_field[lesson.field_code].append((place, lesson))
    teachers = _by_field(by_field, level_code)
    for place, plan in classes:
        leader = _choose_leader(teachers, place)
        leader.homeroom = place if leader.homeroom is None else leader.homeroom
        for lesson in lessons_of(level_code, plan.cohort.number, start_year):
            if lesson.by_homeroom:
                leader.lessons.append((place, lesson))
    return teachers


def _choose_leader(teachers: list[Teacher], place: int) -> Teacher:
    """A teacher of the class who leads none yet; a new one where all who teach it lead another."""
    for teacher in teachers:
        if teacher.homeroom is None and any(at == place for at, _ in teacher.lessons):
            return teacher
    teachers.append(Teacher("20", teachers[0].level_code))
    return teachers[-1]


def _by_field(by_field: dict[str, list[tuple[int, Lesson]]], level_code: str) -> list[Teacher]:
    """Lessons of a field to as many teachers as its periods need, class after class."""
    teachers = []
    norm = _WEEKLY_PERIODS[level_code]
    for field_code, lessons in sorted(by_field.items()):
        whole = sum((lesson.periods for _, lesson in lessons), Decimal(0))
        count = max(1, round(float(whole) / norm + 0.2))
        target, current = whole / count, Teacher(field_code, level_code)
        teachers.append(current)
        for at, lesson in lessons:
            if current.periods >= target and len(teachers):
                current = Teacher(field_code, level_code)
                teachers.append(current)
            current.lessons.append((at, lesson))
    return teachers


def posts_of_school(classes: int, pupils: int, *, is_centre: bool, has_preschool: bool, is_small: bool) -> list[Post]:
    """Head, deputies and those who do not teach. A small independent group has its head only."""
    head = Post("01", "05" if is_centre else "01", is_head=True)
    if is_small:
        return [head]
    deputies = 0 if classes < 4 else 1 if classes < 18 else 2
    posts = [head, *[Post("01", "06" if is_centre else "02")] * deputies]
    posts += [Post("02", code) for code in ("15", "16", *("11", "09", "17")[: 1 + classes // 8])]
    if has_preschool:
        posts += [Post("02", "20")] * (1 + pupils // 60)
    return posts


def posts_of_office(size: int, *, is_department: bool = False) -> list[Post]:
    """A district office or a division of the department; the department itself has a director and three deputies."""
    if is_department:
        return [Post("07", "05", is_head=True), *[Post("07", "06")] * 3]
    return [Post("08", "07", is_head=True), Post("08", "08"), *[Post("09", "24")] * size]


class StaffWriter:
    """Makes persons with posting, year row and headship; answers the person's number."""

    def __init__(self, sheets: Sheets, numbers: NumberBook, start_year: int, dirt: Counter[str]) -> None:
        self._sheets = sheets
        self._numbers = numbers
        self._year = start_year
        self._dirt = dirt

    def add_post(
        self, rng: random.Random, unit_id: int, post: Post, level_codes: Sequence[str], **known: object
    ) -> int:
        """A leader or an employee; a head is written as the unit's head too."""
        staff_id = self._add(
            rng, unit_id, post.group_code, post.position_code, "", level_codes, is_settled=post.is_head
        )
        if post.is_head:
            self.add_head(unit_id, staff_id, rng)
        return staff_id

    def add_head(self, unit_id: int, staff_id: int, rng: random.Random) -> None:
        year = self._year - rng.randint(0, 4)
        self._sheets.add(
            "staff_unithead", unit_id, staff_id, f"{year}-07-01", "f", f"{rng.randint(100, 2400)}/QĐ (mẫu)"
        )

    def add_teacher(self, rng: random.Random, unit_id: int, teacher: Teacher) -> int:
        position = "03" if rng.random() < 0.08 else ""
        leads_class = teacher.homeroom is not None
        return self._add(
            rng, unit_id, "03", position, teacher.field_code, [teacher.level_code], is_settled=leads_class,
            periods=teacher.periods, leads_class=leads_class,
        )  # fmt: skip

    def _add(
        self,
        rng: random.Random,
        unit_id: int,
        group_code: str,
        position_code: str,
        field_code: str,
        level_codes: Sequence[str],
        *,
        is_settled: bool,
        periods: Decimal | None = None,
        leads_class: bool = False,
    ) -> int:
        is_woman = rng.random() < (0.98 if "01" in level_codes else 0.85 if "02" in level_codes else 0.68)
        birth_year = self._year - rng.randint(26 if not position_code else 32, 54)
        row = StaffRow(
            self._numbers.citizen_id(HOME_PROVINCE, birth_year, is_female=is_woman),
            "verified" if rng.random() < 0.97 else "claimed",
            field_code,
            "07" if rng.random() < 0.9 else "03",
        )
        if field_code and rng.random() < _STAFF_SPOILED:
            kind = _STAFF_DIRT[rng.getrandbits(14)]
            kind.spoil(row)
            self._dirt[kind.name] += 1
        below = field_code and rng.random() < 0.06
        staff_id = self._sheets.add(
            "staff_staffmember",
            public_id(rng),
            grown_up_name(rng.getrandbits(NAME_BITS), is_woman=is_woman),
            f"{birth_year}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}",
            "02" if is_woman else "01",
            "01",
            row.citizen_id_no,
            row.id_state,
            self._numbers.ministry_code(),
            phone_number(rng.getrandbits(38)),
            "",
            "05" if group_code == "02" else "17" if below else "02" if rng.random() < 0.12 else "16",
            "03" if below else "01",
            row.subject_code,
            MADE_UP,
        )
        self._post(
            rng, unit_id, staff_id, group_code, position_code, row.contract_code, level_codes, is_settled, birth_year,
            periods, leads_class,
        )  # fmt: skip
        return staff_id

    def _post(
        self, rng: random.Random, unit_id: int, staff_id: int, group_code: str, position_code: str, contract_code: str,
        level_codes: Sequence[str], is_settled: bool, birth_year: int, periods: Decimal | None, leads_class: bool,
    ) -> None:  # fmt: skip
        status, until = "01", NULL
        chance = rng.random()
        if not is_settled and chance < 0.02:
            # Some leave with the year: retired, moved away; the rollover does not carry them.
            status = "04" if chance < 0.008 else "05" if chance < 0.014 else "02"
            until = NULL if status == "04" else f"{self._year + 1}-{'07-01' if status == '05' else '06-15'}"
        joined = max(birth_year + 22, self._year - rng.randint(0, 28))
        posting_id = self._sheets.add(
            "staff_staffposting",
            public_id(rng),
            staff_id,
            unit_id,
            f"{min(joined, self._year)}-07-01",
            until,
            group_code,
            position_code,
            status,
            contract_code,
            _RANKS[level_codes[0]] if group_code == "03" else "45" if group_code in ("07", "08", "09") else "",
            "{" + ",".join(level_codes) + "}",
            "{}",
        )
        self._sheets.add(
            "staff_staffyear",
            self._year,
            posting_id,
            unit_id,
            "{20}" if leads_class else "{}",
            NULL if periods is None else periods,
            ("01", "02", "02", "02", "03")[rng.randrange(5)],
            ("01", "02", "02", "03")[rng.randrange(4)] if group_code in ("01", "03") else "",
            "t",
        )
