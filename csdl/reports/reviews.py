"""A report beside the period before, the year before, and its peers: what stands out, and why, in words.

Measures are declared in `data/review_measures.csv` by what they count, and found in each form by that definition, so
that a new form brings them along; thresholds stand in `data/review_thresholds.csv`. One statement for a whole level.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from csdl.access.queries import visible
from csdl.accounts.actor import Actor
from csdl.accounts.permissions import Permission
from csdl.lib import sql
from csdl.reports.definitions import parse_filter, read_data
from csdl.reports.forms import Form, basis_on, forms
from csdl.reports.models import ReportPeriod, Submission
from csdl.reports.queries import usual_code
from csdl.reports.statements import MODULE

__all__ = [
    "Comparison",
    "Coverage",
    "Measure",
    "cell_of",
    "compared",
    "coverage",
    "measures",
    "modified_z",
    "plain",
    "thresholds",
    "z_score",
]

# The median of the distances from the median is 0.6745 deviations of a normal distribution (Iglewicz and Hoaglin).
_NORMAL = 0.6745


@dataclass(frozen=True)
class Measure:
    """A figure by which reports are compared: a cell, or one cell by another, times a scale."""

    name: str
    label: str
    unit: str
    above: tuple[str, str, str]
    below: tuple[str, str, str] | None
    scale: Decimal

    @property
    def said_unit(self) -> str:
        """The unit as it stands behind a figure: " em/lớp", "%"."""
        return self.unit if self.unit == "%" else f" {self.unit}"

    @property
    def is_count(self) -> bool:
        return self.below is None


@dataclass(frozen=True)
class Comparison:
    """One measure of one report. `reasons`: why it stands out; empty where it does not."""

    unit_id: int
    measure: Measure
    value: Decimal | None
    last_value: Decimal | None
    year_value: Decimal | None
    peer_count: int
    median: Decimal | None
    z: float | None
    modified_z: float | None
    reasons: tuple[str, ...]
    address: str
    form_code: str

    @property
    def is_scored(self) -> bool:
        """Whether peers can make it stand out: there are enough of them, and it says how a school is run."""
        return self.value is not None and not self.measure.is_count and self.peer_count >= thresholds()["least_peers"]


@dataclass(frozen=True)
class Coverage:
    """What some reports could be held against, and what not, with the reason: where nothing could be compared nothing
    is known to be usual."""

    against: tuple[str, ...]
    missing: tuple[str, ...]


@cache
def measures() -> Mapping[str, Measure]:
    """Every measure by name, in the file's order."""
    return {
        row["measure"]: Measure(
            row["measure"],
            row["label_vi"],
            row["unit_vi"],
            (row["above_population"], row["above_filter"], row["above_measure"]),
            (row["below_population"], row["below_filter"], row["below_measure"]) if row["below_population"] else None,
            Decimal(row["scale"]),
        )
        for row in read_data("review_measures")
    }


@cache
def thresholds() -> Mapping[str, float]:
    """From what on something stands out: the department may set them otherwise in the file."""
    return {row["name"]: float(row["value"]) for row in read_data("review_thresholds")}


def z_score(value: float, mean: float, deviation: float) -> float | None:
    """How many deviations from the mean; None where all peers are alike."""
    return (value - mean) / deviation if deviation else None


def modified_z(value: float, median: float, distance: float) -> float | None:
    """The same from the median and the median of distances: a few giants do not pull it along."""
    return _NORMAL * (value - median) / distance if distance else None


def compared(
    *, actor: Actor, period: ReportPeriod, level_code: str, unit_id: int | None = None
) -> dict[int, list[Comparison]]:
    """Measures of the reports of a level that the actor may see (or of one unit's), by unit; few queries.

    Peers are the reports of the level that the actor may see: an office compares its own schools.
    """
    actor.require(Permission.REPORT_READ)
    places = _places(basis_on(period.snapshot_on).code, period.kind, level_code)
    if not places:
        return {}
    rows = sql.rows_of(
        sql.statement(MODULE, "43_review_measures"),
        {
            "period_id": period.pk,
            "level_code": level_code,
            "report_ids": _reached(actor, level_code),
            "of_unit": unit_id,
            "start_year": period.start_year,
            "snapshot_on": period.snapshot_on,
            "kind": period.kind,
            "usual_code": usual_code(period.start_year - 1, period.kind),
            "measures": list(places),
            "forms": [one.form_code for one in places.values()],
            "above_places": [one.above[0] for one in places.values()],
            "above_columns": [one.above[1] for one in places.values()],
            "below_places": [one.below[0] for one in places.values()],
            "below_columns": [one.below[1] for one in places.values()],
            "scales": [measures()[name].scale for name in places],
        },
    )
    found: dict[int, list[Comparison]] = defaultdict(list)
    for row in rows:
        one = _compared(row, places[row["measure"]])
        found[one.unit_id].append(one)
    return dict(found)


def coverage(found: Iterable[Comparison]) -> Coverage:
    """What comparisons of one report, or of several, were made with: the period before, the year before, the peers."""
    rows = list(found)
    peers, least = max((one.peer_count for one in rows), default=0), int(thresholds()["least_peers"])
    few = f"dưới {least} trường cùng cấp đã chốt số liệu mà tài khoản này xem được, hiện có {peers}"
    made = (
        ("kỳ trước", any(one.last_value is not None for one in rows), "chưa có số liệu"),
        ("năm trước", any(one.year_value is not None for one in rows), "chưa có số liệu"),
        ("các trường cùng cấp", any(one.is_scored for one in rows), few if peers < least else "chưa có số liệu"),
    )
    return Coverage(
        tuple(name for name, is_made, _ in made if is_made),
        tuple(f"{name} ({why})" for name, is_made, why in made if not is_made),
    )


def _reached(actor: Actor, level_code: str) -> list[int] | None:
    """Reports of a level that the actor may see; None: all."""
    if actor.unit_ids(Permission.REPORT_READ) is None:
        return None
    rows = visible(Submission.objects.filter(level_code=level_code), actor, Permission.REPORT_READ)
    return list(rows.values_list("pk", flat=True))


@dataclass(frozen=True)
class _Place:
    form_code: str
    address: str
    above: tuple[int, int]
    below: tuple[int, int]


@cache
def _places(basis: str, period_kind: str, level_code: str) -> Mapping[str, _Place]:
    """Where each measure stands in the forms of a level; a measure that no form has is left out."""
    found = {}
    known = [
        form for form in forms(basis).values() if form.level_code == level_code and form.period_kind == period_kind
    ]
    for measure in measures().values():
        for form in known:
            above = _cell(form, measure.above)
            below = _cell(form, measure.below) if measure.below else (0, 0, "")
            if above and below:
                found[measure.name] = _Place(form.code, above[2], above[:2], below[:2])
                break
    return found


def cell_of(form: Form, wanted: tuple[str, str, str]) -> str:
    """The address of the cell that counts so in a form ("37:total_all"); empty where the form has none."""
    found = _cell(form, wanted)
    return found[2] if found else ""


def _cell(form: Form, wanted: tuple[str, str, str]) -> tuple[int, int, str] | None:
    population, text, measure = wanted
    terms = parse_filter(population, text)
    for row in form.rows:
        if row.population == population and row.terms == terms:
            for column in row.columns:
                if column.ownership == "total" and column.measure == measure:
                    return row.place, column.position, f"{row.code}:{column.code}"
    return None


def _compared(row: Mapping[str, Decimal | None], place: _Place) -> Comparison:
    measure = measures()[str(row["measure"])]
    value, median = row["value"], row["median"]
    peers = int(row["peer_count"] or 0)
    is_wide = peers >= thresholds()["least_peers"] and value is not None
    z = z_score(_f(value), _f(row["mean"]), _f(row["deviation"])) if is_wide else None
    mz = modified_z(_f(value), _f(median), _f(row["distance"])) if is_wide else None
    return Comparison(
        int(row["unit_id"] or 0),
        measure,
        value,
        row["last_value"],
        row["year_value"],
        peers,
        median,
        z,
        mz,
        tuple(_reasons(measure, row, z, mz, peers)),
        place.address,
        place.form_code,
    )


def _f(value: Decimal | None) -> float:
    return float(value or 0)


def _reasons(
    measure: Measure, row: Mapping[str, Decimal | None], z: float | None, mz: float | None, peers: int
) -> list[str]:
    value, limits = row["value"], thresholds()
    if value is None:
        return []
    said = []
    is_far = [abs(one) > limits[name] for one, name in ((z, "z"), (mz, "modified_z")) if one is not None]
    # A size differs from school to school; what is asked of peers is how a school is run.
    if not measure.is_count and any(is_far):
        word = "cao" if value > (row["median"] or 0) else "thấp"
        scores = ", ".join(
            f"{name} = {one:.1f}".replace(".", ",") for one, name in ((z, "z"), (mz, "z hiệu chỉnh")) if one is not None
        )
        said.append(
            f"{plain(value)}{measure.said_unit}: {word} hẳn so với {peers} trường cùng cấp, "
            f"giữa nhóm là {plain(row['median'])} ({scores})"
        )
    for name, when in (("last_value", "kỳ trước"), ("year_value", "năm trước")):
        before = row[name]
        if before is None or (name == "last_value" and before == row["year_value"]):
            continue
        gap = value - before
        least = Decimal(str(limits["least_change"]))
        if abs(gap) < least or (before and abs(gap) / before <= Decimal(str(limits["change"]))):
            continue
        word = "tăng" if gap > 0 else "giảm"
        share = f" ({plain(abs(gap) * 100 / before)}%)" if before else ""
        said.append(
            f"{word} {plain(abs(gap))}{measure.said_unit}{share} so với {when}: {plain(before)} → {plain(value)}"
        )
    return said


def plain(value: Decimal | None) -> str:
    """37,5 for 37.5000; at most one decimal."""
    if value is None:
        return "–"
    return f"{value:.1f}".rstrip("0").rstrip(".").replace(".", ",")
