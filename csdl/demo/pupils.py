"""Pupils of a class: person, family, enrolment, what happened in the year, what the year decided.

The hot path of the build: a million pupils go through `PupilWriter.fill_class`, so it draws many bits at once, looks
shares up in tables and writes lines, not objects.
"""

import calendar
import random
from collections import Counter, defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from csdl.demo.cohorts import Cohort
from csdl.demo.dirt import PUPIL_DIRT, Kin, Pupil, dirt_table
from csdl.demo.identities import HOME_PROVINCE, PROVINCES, NumberBook, phone_number
from csdl.demo.names import SURNAMES, child_name, parent_name, read_data
from csdl.demo.odds import BITS, MASK, odds
from csdl.demo.sheets import MADE_UP, NULL, Sheets
from csdl.years.rules import regime_of

__all__ = ["ClassSeat", "Home", "PupilWriter"]

_SPOILED, _DIRT = dirt_table(PUPIL_DIRT)
_ETHNIC = odds(
    [
        ("01", 9900),
        ("02", 30),
        ("06", 20),
        ("04", 16),
        ("07", 10),
        ("03", 8),
        ("09", 6),
        ("15", 5),
        ("08", 3),
        ("55", 2),
    ]
)
_RELIGION = odds([("99", 940), ("02", 38), ("01", 20), ("08", 2)])
_POLICY = odds(
    [
        ("", 9500),
        ("09", 190),
        ("08", 130),
        ("01", 40),
        ("04", 45),
        ("05", 10),
        ("16", 50),
        ("12", 5),
        ("10", 10),
        ("02", 2),
        ("03", 2),
    ]
)
_ID_STATE = odds([("verified", 97), ("claimed", 3)])
_DISABILITY = odds([("01", 18), ("02", 14), ("03", 9), ("04", 16), ("05", 36), ("06", 7)])
_WORK = odds(
    [
        ("Công nhân", 30),
        ("Lao động tự do", 20),
        ("Kinh doanh", 16),
        ("Nông dân", 14),
        ("Nhân viên văn phòng", 8),
        ("Giáo viên", 3),
        ("Công chức, viên chức", 5),
        ("Lái xe", 4),
    ]
)
_BORN_ELSEWHERE = {
    "030": "Tỉnh Hải Dương", "034": "Tỉnh Thái Bình", "022": "Tỉnh Quảng Ninh",
    "036": "Tỉnh Nam Định", "001": "Thành phố Hà Nội", "033": "Tỉnh Hưng Yên", "038": "Tỉnh Thanh Hoá",
}  # fmt: skip
# Both parents, the mother alone, the father alone, a guardian.
_FAMILIES = odds([("both", 630), ("mother", 320), ("father", 30), ("guardian", 20)])
# Years by which a pupil is older than the grade asks; whoever is older has repeated or begun late.
_LATE = odds([(0, 975), (1, 22), (2, 3)])
_LATE_ADULT = odds([(0, 70), (1, 16), (2, 8), (3, 4), (5, 2)])
_NOT_LATE = odds([(0, 1)])

# Outcome, learning result, training result.
type Decision = tuple[str, str, str]
_STAY = ""
# Nobody moves out of a class that would become smaller than this.
_LEAST_LEFT = 10
# Of the pupils of the last grade: the exam in June was failed or not sat.
_WITHOUT_DIPLOMA = 0.008
_NOT_ASSESSED_SHARE = 0.35
_DISABLED_SHARE = {"01": 0.002, "02": 0.007, "03": 0.006, "04": 0.002, "05": 0.001}


@dataclass(frozen=True)
class Home:
    """Where the pupils of a school live: commune, first part of the address, full text of the place, province."""

    commune_code: str
    street: str
    text: str
    province_name: str


@dataclass
class ClassSeat:
    """A class that is being filled: its number, how many sit in it when all who are planned are in, how many may."""

    class_id: int
    school_id: int
    cohort: Cohort
    limit: int
    is_special: bool
    has_homeroom: bool
    seated: int


@dataclass(frozen=True)
class _Mover:
    """A pupil who left a school of the province for another one, not yet received."""

    student_id: int
    school_id: int
    left_on: str
    semester: int


@cache
def _days(year: int) -> Sequence[str]:
    return [
        f"{year}-{month:02}-{day:02}"
        for month in range(1, 13)
        for day in range(1, calendar.monthrange(year, month)[1] + 1)
    ]


def _between(year: int, first: str, last: str) -> Sequence[str]:
    """Days of the school year between two month-days; months before July lie in its second half."""
    days = [*_days(year), *_days(year + 1)]
    start = f"{year + (first < '07')}-{first}"
    end = f"{year + (last < '07')}-{last}"
    return [day for day in days if start <= day <= end]


def _events() -> dict[str, Sequence[str]]:
    """By level, what may happen to a pupil in the year; who is in no line of the file stays."""
    shares: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for row in read_data("year_events"):
        shares[row["level_code"]].append((row["event"], float(row["per_mille"])))
    return {
        level_code: odds([(_STAY, 1000 - sum(share for _, share in events)), *events])
        for level_code, events in shares.items()
    }


def _decisions() -> dict[str, list[tuple[Decision, float]]]:
    """By regulation, what the year may decide, with its share."""
    found: dict[str, list[tuple[Decision, float]]] = defaultdict(list)
    for row in read_data("year_results"):
        decision = (row["outcome"], row["learning_level"], row["training_level"])
        found[row["regime"]].append((decision, float(row["per_mille"])))
    return found


_DECISIONS = _decisions()


@cache
def _results(cohort: Cohort, start_year: int) -> Sequence[Decision]:
    """The results of a grade, with the outcome that ends its level in the last grade."""
    ends = {5: "completed_primary", 9: "completed_lower_secondary", 12: "graduated"}
    pairs: list[tuple[Decision, float]] = []
    for (outcome, learning, training), weight in _DECISIONS[regime_of(cohort.level_code, cohort.number, start_year)]:
        last = ends.get(cohort.number)
        if outcome == "promoted" and last:
            if last == "graduated":
                pairs.append((("completed_upper_secondary", learning, training), weight * _WITHOUT_DIPLOMA))
                weight *= 1 - _WITHOUT_DIPLOMA
            outcome = last
        elif outcome == "promoted" and cohort.age_group_code == "06":
            outcome = "completed_preschool"
        pairs.append(((outcome, learning, training), weight))
    return odds(pairs)


class PupilWriter:
    """Fills classes with pupils. One for a build: it knows who moved between schools and which numbers are given."""

    def __init__(
        self, sheets: Sheets, numbers: NumberBook, start_year: int, dirt: Counter[str], *, is_over: bool = True
    ) -> None:
        """`is_over`: the year lies behind with its events, dirt and results; else everybody has just come."""
        self._sheets = sheets
        self._numbers = numbers
        self._year = start_year
        self._dirt = dirt
        self._is_over = is_over
        self._moving: dict[str, deque[_Mover]] = defaultdict(deque)
        self._twins: dict[str, str] = {}
        self._new_twins: dict[str, str] = {}
        self._event_tables = _events()
        self._autumn = _between(start_year, "09-12", "01-10")
        self._spring = _between(start_year, "01-16", "05-20")
        self._summer = _between(start_year, "06-03", "06-30")
        self.pupils = 0

    def next_school(self) -> None:
        """From now on the identity numbers of the last school are numbers of another school."""
        self._twins |= self._new_twins
        self._new_twins = {}

    def fill_class(
        self,
        seat: ClassSeat,
        count: int,
        rng: random.Random,
        *,
        homes: Sequence[Home],
        entry_kind: str,
        neighbours: Sequence[ClassSeat],
        province: str = HOME_PROVINCE,
        disability_code: str = "",
    ) -> None:
        """Put `count` new pupils into a class, and a few who come from other schools of the province.

        Shapes:  per pupil one student, up to two guardians, one enrolment, one result; rarely a class move.
        """
        cohort, year = seat.cohort, self._year
        level = cohort.level_code
        events = self._event_tables[level]
        results = _results(cohort, year)
        lateness = _NOT_LATE if level == "01" else _LATE_ADULT if level == "05" else _LATE
        disabled_share = 1.0 if disability_code else _DISABLED_SHARE[level]
        regime = regime_of(level, cohort.number, year)
        getbits, chance = rng.getrandbits, rng.random
        students, kin_lines = self._sheets.lines["students_student"], self._sheets.lines["students_guardian"]
        next_id, numbers = self._sheets.next_id, self._numbers
        is_grown = cohort.number >= 10

        for _ in range(count):
            bits = getbits(15 * BITS)
            girl = bits & 7 < 4 if level != "05" else bits & 7 < 3
            bits >>= 3
            surname = SURNAMES[bits & MASK]
            bits >>= BITS
            late = lateness[bits & MASK]
            bits >>= BITS
            birth_year, birth_date = self._birth(cohort, late, bits)
            bits >>= BITS
            born_in = PROVINCES[bits & MASK] if province == HOME_PROVINCE else province
            bits >>= BITS
            home = homes[(bits & MASK) % len(homes)]
            number = numbers.citizen_id(born_in, birth_year, is_female=girl)
            bits >>= BITS
            pupil = Pupil(
                child_name(bits, surname, is_girl=girl),
                birth_date,
                "02" if girl else "01",
                number,
                _ID_STATE[bits >> 2 * BITS & MASK],
                _BORN_ELSEWHERE.get(born_in, home.province_name),
                home.commune_code,
                _POLICY[bits >> 3 * BITS & MASK],
            )
            bits >>= 4 * BITS
            if chance() < disabled_share:
                pupil.is_disabled, pupil.policy_code = True, "06"
                pupil.disability_code = disability_code or _DISABILITY[bits & MASK]
            self._family(pupil, surname, birth_year, getbits(15 * BITS))
            if self._is_over and chance() < _SPOILED:
                self._spoil(pupil, rng, birth_year, girl)
            self._new_twins[number[3:6]] = number

            student_id = next_id("students_student")
            self.pupils += 1
            uuid = getbits(122)
            street = f"Số {1 + (bits >> BITS) % 240}, {home.street}" if home.street else home.text
            bits >>= 2 * BITS
            phone = phone_number(getbits(38)) if is_grown and bits & 3 else ""
            students.append(
                f"{student_id}\t{uuid >> 74:012x}4{uuid >> 62 & 4095:03x}8{uuid & 0xFFFFFFFFFFFFFFF:015x}\t"
                f"{pupil.name}\t{pupil.birth_date}\t{pupil.gender_code}\t{_ETHNIC[bits & MASK]}\tVN\t"
                f"{_RELIGION[bits >> BITS & MASK]}\t{pupil.citizen_id_no}\t{pupil.id_state}\t"
                f"{numbers.ministry_code()}\t{year % 100}{self.pupils:07}\t{pupil.birth_place}\t"
                f"{home.text}\t{pupil.commune_code}\t{street}\t"
                f"{home.commune_code}\t{street}\t{phone}\t\t{pupil.policy_code}\t{'t' if pupil.is_disabled else 'f'}\t"
                f"{pupil.disability_code}\t{MADE_UP}\n"
            )
            for kin in pupil.kin:
                uuid = getbits(122)
                kin_lines.append(
                    f"{next_id('students_guardian')}\t{uuid >> 74:012x}4{uuid >> 62 & 4095:03x}8"
                    f"{uuid & 0xFFFFFFFFFFFFFFF:015x}\t{student_id}\t{kin.relation}\t{kin.name}\t{kin.birth_year}\t"
                    f"{kin.occupation}\t\t{kin.phone}\t{kin.citizen_id_no}\n"
                )
            event = events[getbits(BITS)] if self._is_over else _STAY
            self._enrol(seat, student_id, pupil, event, rng, entry_kind, late, neighbours, results, regime)
        if self._is_over:
            self._receive(seat, rng, results, regime)

    def _birth(self, cohort: Cohort, late: int, bits: int) -> tuple[int, str]:
        """Birth year and day that fit the grade, in the youngest groups the months of age in September."""
        year = self._year - cohort.birth_years_before - late
        days = _days(year if cohort.birth_years_before else self._year - 1)
        place = (bits & MASK) % len(days)
        if cohort.birth_years_before == 0:  # 3-12 months: born in the last autumn
            place = 273 + place % 92
            year = self._year - 1
        elif cohort.birth_years_before == 1:  # 13-24 months
            place %= 243
        return year, days[place]

    def _family(self, pupil: Pupil, surname: str, birth_year: int, bits: int) -> None:
        family = _FAMILIES[bits & MASK]
        bits >>= BITS
        mother_born = birth_year - 20 - bits % 17
        father_born = mother_born - bits % 7
        bits >>= BITS
        kin = pupil.kin
        if family in ("both", "father"):
            kin.append(self._kin("father", parent_name(bits, surname, is_woman=False), father_born, bits >> 2 * BITS))
        bits >>= 6 * BITS
        if family in ("both", "mother"):
            name = parent_name(bits, SURNAMES[bits >> 5 * BITS & MASK], is_woman=True)
            kin.append(self._kin("mother", name, mother_born, bits >> 2 * BITS))
        elif family == "guardian":
            name = parent_name(bits, surname, is_woman=bits & 1 > 0)
            kin.append(self._kin("guardian", name, mother_born - 24, bits >> 2 * BITS))

    @staticmethod
    def _kin(relation: str, name: str, birth_year: int, bits: int) -> Kin:
        number = ""
        if bits & 1:
            woman = relation == "mother"
            number = f"031{(birth_year // 100 - 19) * 2 + woman}{birth_year % 100:02}{(bits >> 3) % 1_000_000:06}"
        return Kin(relation, name, birth_year, _WORK[bits >> 4 & MASK], phone_number(bits), number)

    def _spoil(self, pupil: Pupil, rng: random.Random, birth_year: int, girl: bool) -> None:
        pupil.twin_no = self._twins.get(f"{(birth_year // 100 - 19) * 2 + girl}{birth_year % 100:02}", "")
        kind = _DIRT[rng.getrandbits(BITS)]
        if (kind.name == "id_doubled" and not pupil.twin_no) or (
            kind.name == "id_short" and pupil.citizen_id_no[0] != "0"
        ):
            return
        kind.spoil(pupil)
        self._dirt[kind.name] += 1

    def _enrol(
        self,
        seat: ClassSeat,
        student_id: int,
        pupil: Pupil,
        event: str,
        rng: random.Random,
        entry_kind: str,
        late: int,
        neighbours: Sequence[ClassSeat],
        results: Sequence[Decision],
        regime: str,
    ) -> None:
        """The enrolment as the year's events left it. Who is there on the year's last day gets a result."""
        year = self._year
        sheets = self._sheets
        enrolment_id = sheets.next_id("years_enrolment")
        first = current = str(seat.class_id) if pupil.is_placed else NULL
        enrolled, left, status, status_on, kind, reason, destination = (
            f"{year}-07-01",
            NULL,
            "01",
            NULL,
            entry_kind,
            "",
            "",
        )
        repeats = 0
        if entry_kind != "4":
            enrolled = f"{year}-08-15"
        if late and kind == "4" and seat.cohort.level_code != "05" and rng.random() < 0.3:
            kind, repeats = "3", 1
        is_there = True
        if event == _STAY:
            pass
        elif event == "move":
            target = next((one for one in neighbours if one is not seat and one.seated < one.limit), None)
            if target is not None and pupil.is_placed and seat.seated > _LEAST_LEFT:
                current = str(target.class_id)
                target.seated += 1
                seat.seated -= 1
                day = rng.choice(self._autumn)
                sheets.add("years_classmove", year, enrolment_id, seat.class_id, target.class_id, day)
        elif event in ("in1", "in2", "return"):
            enrolled = rng.choice(self._spring if event == "in2" else self._autumn)
            status = {"in1": "02", "in2": "06", "return": "03"}[event]
            status_on, kind = enrolled, kind if event == "return" else "1"
        else:
            left, status, reason, destination = self._leaving(event, rng)
            status_on = left
            is_there = event.startswith("summer") or event == "defer"
            if not is_there and destination == "01":
                semester = 1 if event == "out1" else 2
                self._moving[seat.cohort.key].append(_Mover(student_id, seat.school_id, left, semester))
        uuid = rng.getrandbits(122)
        sheets.lines["years_enrolment"].append(
            f"{enrolment_id}\t{uuid >> 74:012x}4{uuid >> 62 & 4095:03x}8{uuid & 0xFFFFFFFFFFFFFFF:015x}\t{year}\t"
            f"{student_id}\t{seat.school_id}\t{current}\t{first}\t{seat.cohort.grade_code}\t{enrolled}\t{left}\t{status}\t"
            f"{status_on}\t{kind}\t{reason}\t{destination}\t{repeats}\n"
        )
        if is_there and pupil.has_result and self._is_over:
            outcome = results[rng.getrandbits(BITS)]
            if (
                pupil.is_disabled
                and seat.cohort.level_code in ("02", "03", "05")
                and rng.random() < _NOT_ASSESSED_SHARE
            ):
                outcome = ("not_assessed", "", "")
            elif pupil.is_disabled and seat.cohort.age_group_code == "06" and rng.random() < 0.5:
                # On the parents' written request a disabled child may stay in preschool for another year.
                outcome = ("retained", "", "")
            self._decide(enrolment_id, outcome, regime, rng)

    def _leaving(self, event: str, rng: random.Random) -> tuple[str, str, str, str]:
        """Day, status, reason and destination of somebody who leaves."""
        if event in ("out1", "out2", "summer_out"):
            status = {"out1": "04", "out2": "08", "summer_out": "11"}[event]
            place = rng.random()
            destination = "01" if place < 0.55 else "02" if place < 0.98 else "03"
            return rng.choice(self._days_of(event)), status, "", destination
        if event == "died":
            return rng.choice(self._spring), "09", "10", ""
        status = {"drop1": "05", "drop2": "09", "summer_drop": "12", "defer": "12"}[event]
        reason = "07" if event == "defer" else rng.choice(("01", "02", "03", "06", "06", "08", "09"))
        return rng.choice(self._days_of(event)), status, reason, ""

    def _days_of(self, event: str) -> Sequence[str]:
        if event.endswith("1"):
            return self._autumn
        return self._spring if event.endswith("2") else self._summer

    def _decide(self, enrolment_id: int, result: Decision, regime: str, rng: random.Random) -> None:
        outcome, learning, training = result
        bits = rng.getrandbits(10)
        absences = 46 + bits % 20 if outcome == "retained" and bits & 512 else (bits & 15) * (bits >> 4 & 15) // 12
        day = f"{self._year + 1}-" + ("07-17" if outcome == "graduated" else "05-28")
        self._sheets.lines["years_yearresult"].append(
            f"{self._sheets.next_id('years_yearresult')}\t{self._year}\t{enrolment_id}\t{outcome}\t{regime}\t{learning}\t"
            f"{training}\t{absences}\t{day}\n"
        )

    def _receive(self, seat: ClassSeat, rng: random.Random, results: Sequence[Decision], regime: str) -> None:
        """Pupils who left another school of the province arrive here: a second enrolment of the same person."""
        waiting = self._moving[seat.cohort.key]
        if not waiting or waiting[0].school_id == seat.school_id or seat.seated >= seat.limit or seat.is_special:
            return
        mover = waiting.popleft()
        seat.seated += 1
        sheets, enrolment_id = self._sheets, self._sheets.next_id("years_enrolment")
        status = "02" if mover.semester == 1 else "06"
        uuid = rng.getrandbits(122)
        sheets.lines["years_enrolment"].append(
            f"{enrolment_id}\t{uuid >> 74:012x}4{uuid >> 62 & 4095:03x}8{uuid & 0xFFFFFFFFFFFFFFF:015x}\t{self._year}\t"
            f"{mover.student_id}\t{seat.school_id}\t{seat.class_id}\t{seat.class_id}\t{seat.cohort.grade_code}\t"
            f"{mover.left_on}\t{NULL}\t{status}\t{mover.left_on}\t1\t\t\t0\n"
        )
        self._decide(enrolment_id, results[rng.getrandbits(BITS)], regime, rng)
