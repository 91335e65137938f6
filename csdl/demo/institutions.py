"""The plan of the province: every unit of Hải Phòng as it was in 2023-2024, scaled to the wanted number of pupils.

Names of upper-secondary schools and counts by district are real (`data/`); schools of lower levels are called after
communes and well-known persons, and everybody in them is made up.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from csdl.codes.models import Commune, District
from csdl.demo.cohorts import share_out
from csdl.demo.names import read_data
from csdl.orgs.enums import UnitKind

__all__ = [
    "DEPARTMENT_CODE",
    "DIVISIONS",
    "FULL_SIZE",
    "PROVINCE_CODE",
    "PROVINCE_NAME",
    "Institution",
    "Place",
    "Territory",
    "plan_institutions",
    "territories",
]

PROVINCE_CODE, PROVINCE_NAME = "31", "Thành phố Hải Phòng"
DEPARTMENT_CODE = "31000"
# Pupils of the real province in 2023-2024, at which the counts of schools are the real ones.
FULL_SIZE = 550_000
_LEVEL_SHARES = {"01": 0.195, "02": 0.370, "03": 0.285, "04": 0.125, "05": 0.025}
_ISLAND = "318"
_TOWN_OF_OFFICES = "303"

DIVISIONS = (
    ("VP", "Văn phòng Sở"),
    ("TCCB", "Phòng Tổ chức cán bộ"),
    ("KHTC", "Phòng Kế hoạch - Tài chính"),
    ("GDMN", "Phòng Giáo dục Mầm non"),
    ("GDTH", "Phòng Giáo dục Tiểu học"),
    ("GDTRH", "Phòng Giáo dục Trung học"),
    ("GDTX", "Phòng Giáo dục thường xuyên và Đại học"),
    ("KTQLCL", "Phòng Khảo thí và Quản lý chất lượng giáo dục"),
    ("CTTT", "Phòng Chính trị, tư tưởng"),
    ("TTR", "Thanh tra Sở"),
)


@dataclass(frozen=True)
class Place:
    """A commune, as an address and a school name need it."""

    code: str
    name: str
    is_urban: bool

    @property
    def short_name(self) -> str:
        for kind in ("Phường ", "Xã ", "Thị trấn "):
            if self.name.startswith(kind):
                return self.name.removeprefix(kind)
        return self.name


@dataclass(frozen=True)
class Territory:
    """A district with its communes. Bạch Long Vĩ has none."""

    code: str
    name: str
    communes: tuple[Place, ...]

    @property
    def is_urban(self) -> bool:
        return self.name.startswith("Quận")


@dataclass
class Institution:
    """A teaching unit to be made. `pupils` by level; level "05-lower" is grades 6-9 of continuing education."""

    code: str
    name: str
    kind: UnitKind
    parent_code: str
    district_code: str
    level_group_code: str
    level_codes: tuple[str, ...]
    ownership_code: str = "01"
    school_type_code: str = "07"
    place: Place | None = None
    is_urban: bool = True
    is_special: bool = False
    disability_code: str = ""
    is_gifted: bool = False
    weights: dict[str, float] = field(default_factory=dict)
    pupils: dict[str, int] = field(default_factory=dict)
    age_groups: tuple[str, ...] = ()


def territories(province_code: str = PROVINCE_CODE) -> dict[str, Territory]:
    """Districts of a province with their communes, as loaded with the code lists."""
    communes: dict[str, list[Place]] = defaultdict(list)
    for row in Commune.objects.filter(province_code=province_code).order_by("code"):
        communes[row.district_code].append(Place(row.code, row.name_vi, row.kind != "Xã"))
    return {
        row.code: Territory(row.code, row.name_vi, tuple(communes[row.code]))
        for row in District.objects.filter(province_code=province_code).order_by("code")
    }


def plan_institutions(pupils: int, seed: int, districts: dict[str, Territory]) -> list[Institution]:
    """Every teaching unit of the province with its pupils by level; the sum is exactly `pupils`.

    Fewer pupils than the real province make fewer and smaller schools, more pupils make more schools; every district
    and every kind of institution stays.
    """
    rng = random.Random(f"{seed}:institutions")
    size = pupils / FULL_SIZE
    scale = size if size > 1 else size**0.7
    namer = _Namer(districts)
    found = [
        *_district_schools(scale, districts, namer, rng),
        *_upper_secondary(scale, districts, namer, rng),
        *_centres(districts, rng),
        *_special_schools(districts),
    ]
    _share_pupils(found, pupils)
    return sorted(found, key=lambda item: item.code)


class _Namer:
    """School names and codes, each used once: PPDDDKNN, in independent groups PPDDD and five digits."""

    def __init__(self, districts: dict[str, Territory]) -> None:
        self._districts = districts
        self._serials: Counter[str] = Counter()
        self._used: set[tuple[str, str]] = set()
        people = read_data("school_names")
        self._people = {
            kind: [row["name"] for row in people if row["kind"] == kind] for kind in ("general", "preschool")
        }
        self._commune_turn: Counter[tuple[str, str]] = Counter()

    def code(self, district_code: str, kind_digit: str, fallback: str = "") -> str:
        head = f"{PROVINCE_CODE}{district_code}{kind_digit}"
        if self._serials[head] >= 99 and fallback:
            return self.code(fallback, kind_digit)
        self._serials[head] += 1
        return f"{head}{self._serials[head]:02}"

    def group_code(self, district_code: str) -> str:
        head = f"{PROVINCE_CODE}{district_code}G"
        self._serials[head] += 1
        return f"{PROVINCE_CODE}{district_code}{self._serials[head]:05}"

    def after_commune(self, title: str, territory: Territory) -> tuple[str, Place | None]:
        """The next commune's name; when all have one, a person's; then numbered."""
        turn = self._commune_turn[territory.code, title]
        self._commune_turn[territory.code, title] += 1
        place = territory.communes[turn % len(territory.communes)] if territory.communes else None
        name = f"{title} {place.short_name if place else territory.name.removeprefix('Huyện ')}"
        if turn < max(len(territory.communes), 1) and (territory.code, name) not in self._used:
            self._used.add((territory.code, name))
            return name, place
        return self.after_person(title, territory.code, "general", turn), place

    def after_person(self, title: str, office_code: str, kind: str, turn: int) -> str:
        """A well-known person's name, in preschools a flower's or a bird's; numbered when all are taken."""
        people = self._people[kind]
        for step in range(100 * len(people)):
            number, place = divmod(step, len(people))
            name = f"{title} {people[(turn + int(office_code) * 7 + place) % len(people)]}"
            name += f" {number + 1}" if number else ""
            if (office_code, name) not in self._used:
                self._used.add((office_code, name))
                return name
        raise AssertionError("more schools in a district than a school code can tell apart")


def _count(value: str, scale: float, *, least: int = 1) -> int:
    real = int(value or 0)
    # The serial of a school code has two digits.
    return min(max(least, round(real * scale)), 99) if real else 0


def _size(rng: random.Random, territory: Territory) -> float:
    return rng.uniform(0.65, 1.35) * (1.5 if territory.is_urban else 0.3 if territory.code == _ISLAND else 0.8)


def _district_schools(
    scale: float, districts: dict[str, Territory], namer: _Namer, rng: random.Random
) -> Iterator[Institution]:
    """Schools under the district offices: preschools, primary, lower secondary, both in one, independent groups."""
    counts = {row["district_code"]: row for row in read_data("school_counts") if row["district_code"]}
    whole = next(row for row in read_data("school_counts") if not row["district_code"])
    _fill_preschools(counts, whole)
    for code, territory in districts.items():
        row = counts[code]
        for column, title, digit, group, levels in (
            ("primary", "Trường Tiểu học", "4", "06", ("02",)),
            ("lower_secondary", "Trường THCS", "5", "07", ("03",)),
            ("primary_lower_secondary", "Trường Tiểu học và THCS", "4", "09", ("02", "03")),
        ):
            for _ in range(_count(row[column], scale)):
                name, place = namer.after_commune(title, territory)
                size = _size(rng, territory) * (0.5 if len(levels) > 1 else 1)
                yield Institution(
                    namer.code(code, digit), name, UnitKind.SCHOOL, f"31{code}", code, group, levels,
                    place=place, is_urban=territory.is_urban, weights=dict.fromkeys(levels, size),
                )  # fmt: skip
        for _ in range(_count(row["preschool_public"], scale)):
            name, place = namer.after_commune("Trường Mầm non", territory)
            yield _preschool(namer.code(code, "3"), name, place, territory, _size(rng, territory))
        for turn in range(_count(row["preschool_non_public"], scale, least=int(code in ("303", "304", "305")))):
            place = rng.choice(territory.communes)
            name = namer.after_person("Trường Mầm non tư thục", code, "preschool", turn)
            yield _preschool(namer.code(code, "3"), name, place, territory, _size(rng, territory) * 0.5, "09")
    towns = [territory for territory in districts.values() if territory.is_urban]
    for turn in range(max(3, round(30 * scale))):
        yield _independent_group(turn, towns[turn % len(towns)], namer, rng)


def _fill_preschools(counts: dict[str, dict[str, str]], whole: dict[str, str]) -> None:
    """The yearbook gives preschools of three districts only; the rest follows the primary schools."""
    unknown = [code for code, row in counts.items() if not row["preschool_public"]]
    weights = [
        float(counts[code]["primary"] or 1) + 0.5 * float(counts[code]["primary_lower_secondary"] or 0)
        for code in unknown
    ]
    for column in ("preschool_public", "preschool_non_public"):
        rest = int(whole[column]) - sum(int(row[column] or 0) for row in counts.values())
        for code, share in zip(unknown, share_out(rest, weights), strict=True):
            counts[code][column] = str(share)
    counts[_ISLAND] |= {"preschool_public": "1", "preschool_non_public": "", "primary_lower_secondary": "1"}


def _preschool(
    code: str, name: str, place: Place | None, territory: Territory, size: float, ownership: str = "01"
) -> Institution:
    return Institution(
        code, name, UnitKind.SCHOOL, f"31{territory.code}", territory.code, "01", ("01",), ownership, "13",
        place=place, is_urban=territory.is_urban, weights={"01": size},
    )  # fmt: skip


def _independent_group(turn: int, territory: Territory, namer: _Namer, rng: random.Random) -> Institution:
    title, group, ages = (
        ("Nhóm trẻ độc lập", "04", ("02", "03")),
        ("Lớp mẫu giáo độc lập", "05", ("04", "05", "06")),
        ("Nhóm trẻ, lớp mẫu giáo độc lập", "19", ("02", "03", "04", "05", "06")),
    )[turn % 3]
    return Institution(
        namer.group_code(territory.code),
        namer.after_person(title, territory.code, "preschool", turn),
        UnitKind.INDEPENDENT_GROUP,
        f"31{territory.code}",
        territory.code,
        group,
        ("01",),
        "09",
        "13",
        place=rng.choice(territory.communes),
        weights={"01": 0.08 * len(ages) / 3},
        age_groups=ages,
    )


def _upper_secondary(
    scale: float, districts: dict[str, Territory], namer: _Namer, rng: random.Random
) -> Iterator[Institution]:
    """Schools under the department: upper secondary, and those of several levels that reach it."""
    rows = read_data("upper_secondary")
    always = [row for row in rows if row["level_codes"] != "04" or "Chuyên" in row["name"]]
    others = [row for row in rows if row not in always]
    public = _spread([row for row in others if row["is_public"] == "1"])
    private = [row for row in others if row["is_public"] == "0"]
    wanted = max(9, round(57 * scale))
    private_count = max(1, round((wanted - len(always)) * 0.22))
    chosen = [*always, *private[:private_count], *public[: wanted - len(always) - private_count]]
    towns = [code for code, territory in districts.items() if territory.is_urban]
    for turn in range(wanted):
        if turn < len(chosen):
            row = chosen[turn]
        else:  # more pupils than the real province has: schools that nobody knows yet
            home = districts[rng.choice([code for code in districts if code != _ISLAND])]
            name = namer.after_person("THPT", "000", "general", turn)
            row = {"name": f"{name} (mẫu)", "level_codes": "04", "district_code": home.code, "is_public": "1"}
        yield _upper_school(row, districts, namer, rng, towns[turn % len(towns)])


def _upper_school(
    row: dict[str, str], districts: dict[str, Territory], namer: _Namer, rng: random.Random, town: str
) -> Institution:
    territory = districts[row["district_code"] or town]
    levels = tuple(row["level_codes"].split("|"))
    is_public, is_gifted = row["is_public"] == "1", "Chuyên" in row["name"]
    factors = {("04",): (1.0,), ("03", "04"): (0.4, 0.7), ("02", "03", "04"): (0.8, 0.6, 0.3)}[levels]
    size = rng.uniform(0.75, 1.25) * (1.0 if is_public else 0.6)
    return Institution(
        namer.code("000", "7", territory.code) if is_public else namer.code(territory.code, "7"),
        f"Trường {row['name']}",
        UnitKind.SCHOOL,
        DEPARTMENT_CODE,
        territory.code,
        {1: "08", 2: "10", 3: "11"}[len(levels)],
        levels,
        "01" if is_public else "09",
        "09" if is_gifted else "07",
        place=rng.choice(territory.communes),
        is_urban=territory.is_urban,
        is_gifted=is_gifted,
        weights={level: factor * size for level, factor in zip(levels, factors, strict=True)},
    )


def _spread(rows: Sequence[dict[str, str]]) -> list[dict[str, str]]:
    """Rows so ordered that the first few already come from many districts."""
    turns: Counter[str] = Counter()
    order = []
    for row in rows:
        order.append((turns[row["district_code"]], row["district_code"], row["name"], row))
        turns[row["district_code"]] += 1
    return [row for *_, row in sorted(order, key=lambda item: item[:3])]


def _centres(districts: dict[str, Territory], rng: random.Random) -> Iterator[Institution]:
    """Continuing education, and the centre for technical orientation and teacher training, which has no pupils."""
    town = districts[_TOWN_OF_OFFICES]
    yield Institution(
        "31000901", "Trung tâm Giáo dục thường xuyên Hải Phòng", UnitKind.CONTINUING_CENTRE, DEPARTMENT_CODE, town.code,
        "12", ("05",), school_type_code="15", place=town.communes[-1], weights={"05": 2.2, "05-lower": 0.25},
    )  # fmt: skip
    for serial, (code, territory) in enumerate(
        ((code, item) for code, item in districts.items() if code != _ISLAND), start=2
    ):
        kind, _, name = territory.name.partition(" ")
        yield Institution(
            f"310009{serial:02}", f"Trung tâm GDNN-GDTX {kind.lower()} {name}", UnitKind.VOCATIONAL_CENTRE,
            DEPARTMENT_CODE, code, "13", ("05",), school_type_code="16", place=territory.communes[0],
            is_urban=territory.is_urban, weights={"05": rng.uniform(0.7, 1.3)},
        )  # fmt: skip
    yield Institution(
        "31000951", "Trung tâm Giáo dục kỹ thuật tổng hợp - Hướng nghiệp và Bồi dưỡng nhà giáo", UnitKind.CAREER_CENTRE,
        DEPARTMENT_CODE, town.code, "14", ("05",), school_type_code="17", place=town.communes[0],
    )  # fmt: skip


def _special_schools(districts: dict[str, Territory]) -> Iterator[Institution]:
    for code, name, district_code, disability, share in (
        ("31000D01", "Trường nuôi dạy trẻ em Khiếm thị Hải Phòng", "305", "03", 0.00025),
        ("31000D02", "Trường Khiếm thính Hải Phòng", "307", "02", 0.00045),
    ):
        place = districts[district_code].communes[0]
        yield Institution(
            code, name, UnitKind.SPECIAL_SCHOOL, DEPARTMENT_CODE, district_code, "09", ("02", "03"),
            school_type_code="18", place=place, is_special=True, disability_code=disability,
            weights={"special": share},
        )  # fmt: skip


def _share_pupils(found: list[Institution], pupils: int) -> None:
    """Pupils of each level to the schools that teach it, in proportion to their weights."""
    rest = pupils
    for item in found:
        if share := item.weights.pop("special", None):
            count = max(20, round(pupils * share))
            item.pupils = {"02": count - count * 2 // 5, "03": count * 2 // 5}
            rest -= count
    totals = share_out(rest, list(_LEVEL_SHARES.values()))
    for level_code, total in zip(_LEVEL_SHARES, totals, strict=True):
        keys = [(item, key) for item in found for key in item.weights if key.partition("-")[0] == level_code]
        for (item, key), count in zip(keys, share_out(total, [item.weights[key] for item, key in keys]), strict=True):
            item.pupils[key] = count
