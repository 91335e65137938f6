"""Pictures of a period, each with its table: what the frozen figures of some units say at a glance.

The table is the truth, the page draws it. Figures are the cells of sent reports, found by what they count (as
`reviews` finds its measures), so that a new form brings its pictures along; classes and teachers are the frozen rows.
Everything begins at the gate; the number of statements does not grow with the units.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from itertools import pairwise
from typing import Any

from django.db.models import Count, Max, Min, Q, QuerySet, Sum

from csdl.access.queries import visible
from csdl.accounts.actor import Actor
from csdl.accounts.permissions import Permission
from csdl.codes.queries import grades, labels
from csdl.lib import sql
from csdl.lib.vietnamese import fold
from csdl.orgs.enums import TEACHING_KINDS
from csdl.orgs.models import OrgUnit
from csdl.orgs.queries import subtree_ids
from csdl.reports.board import BoardLine, board
from csdl.reports.enums import FREEZABLE
from csdl.reports.forms import Form, FormRow, bases, changes_of
from csdl.reports.models import CountedClass, CountedStaff, ReportPeriod, Submission
from csdl.reports.queries import forms_of
from csdl.reports.statements import MODULE

__all__ = ["PICTURES", "Gallery", "Picture", "PictureColumn", "PictureRow", "pictures"]

# Upper ends of the bands of a class's size; the last band is open.
_SIZES = (20, 25, 30, 35, 40, 45)
_PRESCHOOL = "01"
_MEASURES = ("all", "female", "ethnic", "ethnic_female")
_STANDARDS = ("02", "01", "03", "")

type _Sums = tuple[Decimal, Decimal, Decimal, Decimal]


@dataclass(frozen=True)
class PictureColumn:
    """A column of a picture's table. `is_drawn`: the picture shows it; a share is a percentage with one decimal."""

    key: str
    label: str
    is_drawn: bool = False
    is_share: bool = False


@dataclass(frozen=True)
class PictureRow:
    """A line of the table; figures in the order of the columns, None where there is none. `unit_key`, `level_code`:
    whose pictures or report it opens."""

    label: str
    figures: tuple[Decimal | None, ...]
    unit_key: str = ""
    level_code: str = ""
    is_school: bool = False


@dataclass(frozen=True)
class Picture:
    """One picture. `shape` says how it is drawn, `head` what a line is, `said` the main thing in a sentence; `why_not`
    is set where there is nothing to draw."""

    key: str
    title: str
    head: str
    shape: str
    columns: tuple[PictureColumn, ...]
    rows: tuple[PictureRow, ...] = ()
    said: str = ""
    why_not: str = ""
    notes: tuple[str, ...] = ()

    @property
    def is_drawn(self) -> bool:
        """Whether any drawn figure is other than nothing."""
        places = [place for place, column in enumerate(self.columns) if column.is_drawn]
        return any(row.figures[place] for row in self.rows for place in places)


@dataclass(frozen=True)
class Gallery:
    """The pictures of a unit in a period, and what they stand on: `taken` of the `owed` reports of these levels, of
    which `not_sent` are a school's own that it has frozen only."""

    pictures: tuple[Picture, ...]
    owed: int
    taken: int
    not_sent: int
    levels: tuple[str, ...]
    level_code: str

    @property
    def missing(self) -> int:
        return self.owed - self.taken


@dataclass(frozen=True)
class _Part:
    """One report that the pictures add: its freeze, and where its unit stood on the day."""

    unit_key: str
    name: str
    level_code: str
    parent_id: int | None
    parent_key: str
    parent_name: str
    state: str
    snapshot_id: int
    pupils: int
    classes: int


@dataclass(frozen=True)
class _Ground:
    """What the pictures of one page share."""

    actor: Actor
    period: ReportPeriod
    unit: OrgUnit
    level_code: str
    leaving: bool
    parts: Sequence[_Part]
    over_years: QuerySet[Submission]
    cells: Mapping[str, Sequence[tuple[str, _Sums]]]

    @property
    def snapshot_ids(self) -> list[int]:
        return [one.snapshot_id for one in self.parts]

    @property
    def is_school(self) -> bool:
        return self.unit.kind in TEACHING_KINDS


def pictures(
    *,
    actor: Actor,
    period: ReportPeriod,
    unit: OrgUnit,
    level_code: str = "",
    leaving: bool = False,
    lines: Sequence[BoardLine] | None = None,
) -> Gallery:
    """All pictures of a unit's reports in a period: a school's as frozen, an office's and the department's as sent.

    Shapes:  the reports of the level (empty: every level) that the actor reaches, below the unit by the tree of the
             snapshot day. `leaving` leaves out what the actor may not take out as a file; `lines` is the board, where
             the caller has it.
    Errors:  NotAllowed without the right to read reports.
    """
    is_school = unit.kind in TEACHING_KINDS
    below = None if unit.parent_id is None else {unit.pk, *subtree_ids(unit, period.snapshot_on)}
    known = board(actor=actor, period=period) if lines is None else lines
    within = [line for line in known if below is None or line.unit_id in below]
    levels = tuple(sorted({line.level_code for line in within}))
    level = level_code if level_code in levels else levels[0] if len(levels) == 1 else ""
    owed = [line for line in within if not level or line.level_code == level]
    reports = visible(Submission.objects.filter(snapshot__isnull=False), actor, Permission.REPORT_READ)
    if leaving:
        reports = visible(reports, actor, Permission.DATA_EXPORT)
    if not is_school:
        reports = reports.exclude(state__in=FREEZABLE)
    if level:
        reports = reports.filter(level_code=level)
    if below is not None:
        reports = reports.filter(unit_id__in=below)
    parts = _parts(reports.filter(period=period))
    cells = _cells(period, parts) if parts else {}
    ground = _Ground(actor, period, unit, level, leaving, parts, reports, cells)
    return Gallery(
        tuple(make(ground) for make in PICTURES.values()) if parts else (),
        len(owed),
        len(parts),
        sum(one.state in FREEZABLE for one in parts),
        levels,
        level,
    )


def _parts(reports: QuerySet[Submission]) -> list[_Part]:
    rows = reports.order_by("unit__sort_key", "unit_id", "level_code").values_list(
        *("unit__public_id", "snapshot__unit_name", "level_code", "snapshot__parent_id"),
        *("snapshot__parent__public_id", "snapshot__parent_name", "state", "snapshot_id"),
        *("snapshot__pupil_count", "snapshot__class_count"),
    )
    return [
        _Part(str(key), name, level, parent_id, str(parent_key or ""), *rest)
        for key, name, level, parent_id, parent_key, *rest in rows
    ]


@dataclass(frozen=True)
class _Wanted:
    """A row of a form that a picture reads: which group of lines it is of, its words, the columns of its measures."""

    group: str
    label: str
    form_code: str
    place: int
    columns: tuple[int, ...]


def _cells(period: ReportPeriod, parts: Sequence[_Part]) -> dict[str, list[tuple[str, _Sums]]]:
    """Group -> lines in the forms' order, each with the sums of all, female, minority, minority female."""
    levels = {one.level_code for one in parts}
    wanted = [one for form in forms_of(period) if form.level_code in levels for one in _rows_of(form)]
    columns: dict[str, Any] = {
        f"{name}_columns": [one.columns[place] for one in wanted] for place, name in enumerate(_MEASURES)
    }
    rows = sql.rows(
        MODULE,
        "44_picture_cells",
        snapshot_ids=[one.snapshot_id for one in parts],
        forms=[one.form_code for one in wanted],
        places=[one.place for one in wanted],
        **columns,
    )
    sums = {row["number"]: (row["total"], row["female"], row["ethnic"], row["ethnic_female"]) for row in rows}
    nothing = (Decimal(), Decimal(), Decimal(), Decimal())
    found: dict[str, list[tuple[str, _Sums]]] = defaultdict(list)
    for number, one in enumerate(wanted, start=1):
        found[one.group].append((one.label, sums.get(number, nothing)))
    return dict(found)


@cache
def _rows_of(form: Form) -> tuple[_Wanted, ...]:
    """The rows of a form that count the pupils present by grade alone, and by age alone, each line once."""
    found: dict[tuple[str, str], _Wanted] = {}
    for row in form.rows:
        group, label = _group_of(form, row)
        if group:
            found.setdefault((group, label), _Wanted(group, label, form.code, row.place, _columns(row)))
    return tuple(found.values())


def _group_of(form: Form, row: FormRow) -> tuple[str, str]:
    if row.population != "pupil":
        return "", ""
    terms = [one for one in row.terms if (one.attribute.name, one.op, one.values) != ("present", "=", ("1",))]
    names = {one.attribute.name for one in terms}
    if names == {"grade"} and len(terms) == 1 and terms[0].op == "=" and len(terms[0].values) == 1:
        known = grades().get(terms[0].values[0])
        return "grades", known.name_vi if known else row.label
    # A nursery says the age by grade and months; elsewhere grade and age together ask who is of the right age.
    if names and names - ({"grade"} if form.level_code == _PRESCHOOL else set()) <= {"age", "months"} != names:
        return ("ages", row.label) if names & {"age", "months"} else ("", "")
    return "", ""


def _columns(row: FormRow) -> tuple[int, ...]:
    places = {column.measure: column.position for column in row.columns if column.ownership == "total"}
    return tuple(places.get(name, 0) for name in _MEASURES)


def _share(part: Decimal | int, whole: Decimal | int) -> Decimal | None:
    return Decimal(part) * 100 / Decimal(whole) if whole else None


def _percent(share: Decimal | None) -> str:
    return "–" if share is None else f"{share:.1f}%".replace(".", ",")


def _number(count: Decimal | int) -> str:
    return f"{int(count):,}".replace(",", ".")


_GRADES = Picture(
    *("theo-lop", "Học sinh theo lớp và giới tính", "Lớp", "stack"),
    (
        PictureColumn("male", "Nam", is_drawn=True),
        PictureColumn("female", "Nữ", is_drawn=True),
        PictureColumn("all", "Tổng"),
        PictureColumn("female_share", "Tỷ lệ nữ", is_share=True),
    ),
)


def _by_grade(ground: _Ground) -> Picture:
    lines = ground.cells.get("grades", [])
    if not lines:
        return replace(_GRADES, why_not="Biểu của kỳ và cấp học này không có dòng theo lớp.")
    total, female, *_ = _added(lines)
    rows = [PictureRow(label, (a - f, f, a, _share(f, a))) for label, (a, f, _, _) in lines]
    said = f"{_number(total)} học sinh, trong đó {_number(female)} nữ ({_percent(_share(female, total))})."
    return replace(_GRADES, rows=tuple(rows), said=said)


def _added(lines: Iterable[tuple[str, _Sums]]) -> list[Decimal]:
    return [sum((sums[place] for _, sums in lines), Decimal()) for place in range(len(_MEASURES))]


_AGES = Picture(
    *("thap-tuoi", "Tháp tuổi", "Tuổi", "pyramid"),
    (
        PictureColumn("male", "Nam", is_drawn=True),
        PictureColumn("female", "Nữ", is_drawn=True),
        PictureColumn("all", "Tổng"),
    ),
)


def _by_age(ground: _Ground) -> Picture:
    lines = ground.cells.get("ages", [])
    if not lines:
        return replace(_AGES, why_not="Biểu của kỳ và cấp học này không có dòng theo độ tuổi.")
    if len({one.level_code for one in ground.parts}) > 1:
        return replace(
            _AGES, why_not="Mỗi cấp học chia độ tuổi một cách (“dưới 6 tuổi”, “trên 10 tuổi”). Hãy chọn một cấp học."
        )
    most = max(lines, key=lambda line: line[1][0])
    said = f"Đông nhất: {most[0].lower()}, {_number(most[1][0])} học sinh." if most[1][0] else ""
    return replace(_AGES, rows=tuple(PictureRow(label, (a - f, f, a)) for label, (a, f, _, _) in lines), said=said)


_MINORITY = Picture(
    *("dan-toc", "Học sinh dân tộc thiểu số", "Lớp", "shares"),
    (
        PictureColumn("share", "Tỷ lệ", is_drawn=True, is_share=True),
        PictureColumn("ethnic", "Dân tộc thiểu số"),
        PictureColumn("ethnic_female", "Trong đó nữ"),
        PictureColumn("all", "Tổng số học sinh"),
    ),
)


def _by_minority(ground: _Ground) -> Picture:
    lines = ground.cells.get("grades", [])
    if not lines:
        return replace(_MINORITY, why_not=_by_grade(ground).why_not)
    total, _, ethnic, _ = _added(lines)
    rows = [PictureRow(label, (_share(e, a), e, ef, a)) for label, (a, _, e, ef) in lines]
    said = f"{_number(ethnic)} trên {_number(total)} học sinh ({_percent(_share(ethnic, total))})."
    return replace(_MINORITY, rows=tuple(rows), said=said)


_CLASSES = Picture(
    *("si-so", "Số lớp theo sĩ số", "Sĩ số", "bars"),
    (PictureColumn("classes", "Số lớp", is_drawn=True), PictureColumn("share", "Tỷ lệ", is_share=True)),
)


def _by_size(ground: _Ground) -> Picture:
    if not ground.actor.can(Permission.CLASS_READ):
        return replace(_CLASSES, why_not="Tài khoản chưa được phân quyền xem lớp.")
    rows = _frozen(ground, CountedClass.objects.all(), Permission.CLASS_READ)
    counts = dict(rows.order_by().values_list("pupil_count").annotate(count=Count("pk")))
    bands = Counter[int]()
    for size, count in counts.items():
        bands[next((end for end in _SIZES if size <= end), 0)] += count
    total = sum(counts.values())
    names = {_SIZES[0]: f"đến {_SIZES[0]}"}
    names |= {end: f"{before + 1}–{end}" for before, end in pairwise(_SIZES)}
    names[0] = f"trên {_SIZES[-1]}"
    pupils = sum(size * count for size, count in counts.items())
    said = f"{_number(total)} lớp, trung bình {_plain(Decimal(pupils) / total)} học sinh/lớp." if total else ""
    return replace(
        _CLASSES,
        rows=tuple(
            PictureRow(f"{name} học sinh", (Decimal(bands[end]), _share(bands[end], total)))
            for end, name in names.items()
        ),
        said=said,
    )


def _plain(value: Decimal) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".").replace(".", ",")


def _frozen[Rows: QuerySet[Any]](ground: _Ground, rows: Rows, permission: Permission) -> Rows:
    """Frozen rows of the parts that the actor may read (and take out)."""
    found = visible(rows.filter(snapshot_id__in=ground.snapshot_ids), ground.actor, permission)
    return visible(found, ground.actor, Permission.DATA_EXPORT) if ground.leaving else found  # type: ignore[return-value]


_TEACHERS = Picture(
    *("trinh-do", "Giáo viên theo chuẩn trình độ đào tạo", "Chuẩn", "bars"),
    (
        PictureColumn("teachers", "Giáo viên", is_drawn=True),
        PictureColumn("female", "Trong đó nữ"),
        PictureColumn("share", "Tỷ lệ", is_share=True),
    ),
)


def _by_standard(ground: _Ground) -> Picture:
    if not ground.actor.can(Permission.STAFF_READ):
        return replace(_TEACHERS, why_not="Tài khoản chưa được phân quyền xem hồ sơ cán bộ, giáo viên.")
    rows = _frozen(ground, CountedStaff.objects.filter(category="teacher"), Permission.STAFF_READ)
    counted = rows.order_by().values("training_standard_code")
    found = {
        one["training_standard_code"]: (one["count"], one["female"])
        for one in counted.annotate(count=Count("pk"), female=Count("pk", filter=Q(is_female=True)))
    }
    names = labels("training_standard")["training_standard"] | {"": "Chưa ghi"}
    total = sum(count for count, _ in found.values())
    shown = [code for code in (*_STANDARDS, *sorted(found.keys() - set(_STANDARDS))) if code or code in found]
    said = ""
    if total:
        reached = sum(found.get(code, (0, 0))[0] for code in ("01", "02"))
        share = _percent(_share(reached, total))
        said = f"{_number(reached)} trên {_number(total)} giáo viên đạt chuẩn trở lên ({share})."
    return replace(
        _TEACHERS,
        rows=tuple(
            PictureRow(names.get(code, code), (Decimal(count), Decimal(female), _share(count, total)))
            for code in shown
            for count, female in (found.get(code, (0, 0)),)
        ),
        said=said,
    )


_YEARS = Picture(
    *("cac-nam", "Qua các năm học", "Năm học", "lines"),
    (
        PictureColumn("pupils", "Học sinh", is_drawn=True),
        PictureColumn("classes", "Lớp"),
        PictureColumn("staff", "Cán bộ, giáo viên, nhân viên"),
        PictureColumn("size", "Học sinh/lớp"),
        PictureColumn("reports", "Số báo cáo"),
    ),
)


def _over_years(ground: _Ground) -> Picture:
    """The same units in the periods of the same kind, up to this one; what the law changed between stands beside it."""
    before = ground.over_years.filter(
        period__kind=ground.period.kind, period__snapshot_on__lte=ground.period.snapshot_on
    )
    found = list(
        before.order_by("period__start_year")
        .values("period__start_year")
        .annotate(
            count=Count("pk"),
            pupils=Sum("snapshot__pupil_count"),
            classes=Sum("snapshot__class_count"),
            staff=Sum("snapshot__staff_count"),
            first_basis=Min("snapshot__basis"),
            last_basis=Max("snapshot__basis"),
        )
    )
    rows = [
        PictureRow(
            f"{one['period__start_year']}-{one['period__start_year'] + 1}",
            (
                Decimal(one["pupils"]),
                Decimal(one["classes"]),
                Decimal(one["staff"]),
                (Decimal(one["pupils"]) / one["classes"]).quantize(Decimal("0.1")) if one["classes"] else None,
                Decimal(one["count"]),
            ),
        )
        for one in found
    ]
    said, notes = "", list[str]()
    if len(found) > 1:
        gap = found[-1]["pupils"] - found[-2]["pupils"]
        word = "tăng" if gap > 0 else "giảm"
        share = _share(abs(gap), found[-2]["pupils"])
        said = f"{word.capitalize()} {_number(abs(gap))} học sinh ({_percent(share)}) so với năm trước." if gap else ""
        if found[-1]["count"] != found[-2]["count"]:
            notes.append("Số báo cáo hai năm khác nhau: chênh lệch có cả phần của báo cáo thiếu hoặc thêm.")
    else:
        notes.append("Mới có một năm học; đường vẽ được từ năm thứ hai.")
    laws = sorted({one[name] for one in found for name in ("first_basis", "last_basis")}, key=list(bases()).index)
    held = {one.level_code for one in ground.parts}
    mine = [form.code for form in forms_of(ground.period) if form.level_code in held]
    for older, newer in pairwise(laws):
        told = dict.fromkeys(one.said for code in mine for one in changes_of(code, older, newer))
        notes += [f"{bases()[older].title} → {bases()[newer].title}: {text}" for text in told]
    return replace(_YEARS, rows=tuple(rows), said=said, notes=tuple(notes))


_UNITS = Picture(
    *("don-vi", "Học sinh theo đơn vị", "Đơn vị", "tree"),
    (
        PictureColumn("pupils", "Học sinh", is_drawn=True),
        PictureColumn("share", "Tỷ lệ", is_share=True),
        PictureColumn("classes", "Lớp"),
        PictureColumn("reports", "Báo cáo"),
    ),
)
_OWN_CLASSES = replace(
    _UNITS,
    title="Học sinh theo lớp học",
    head="Lớp",
    columns=(PictureColumn("pupils", "Học sinh", is_drawn=True), PictureColumn("share", "Tỷ lệ", is_share=True)),
)


def _by_unit(ground: _Ground) -> Picture:
    """The department: offices, and the schools right under it; an office: its schools; a school: its classes."""
    if ground.is_school:
        return _by_class(ground)
    total = sum(one.pupils for one in ground.parts)
    groups: dict[tuple[str, str, bool], list[_Part]] = defaultdict(list)
    for one in ground.parts:
        is_own = one.parent_id == ground.unit.pk or ground.unit.parent_id is not None
        groups[(one.unit_key, one.name, True) if is_own else (one.parent_key, one.parent_name, False)].append(one)
    rows = [
        PictureRow(
            name,
            (
                Decimal(pupils),
                _share(pupils, total),
                Decimal(sum(one.classes for one in held)),
                Decimal(len(held)),
            ),
            key,
            held[0].level_code if is_school else "",
            is_school,
        )
        for (key, name, is_school), held in groups.items()
        for pupils in (sum(one.pupils for one in held),)
    ]
    rows.sort(key=lambda row: (-(row.figures[0] or 0), fold(row.label)))
    said = f"Nhiều nhất: {rows[0].label}, {_number(rows[0].figures[0] or 0)} học sinh." if total else ""
    return replace(_UNITS, rows=tuple(rows), said=said)


def _by_class(ground: _Ground) -> Picture:
    if not ground.actor.can(Permission.CLASS_READ):
        return replace(_OWN_CLASSES, why_not="Tài khoản chưa được phân quyền xem lớp.")
    found = list(
        _frozen(ground, CountedClass.objects.all(), Permission.CLASS_READ)
        .order_by("grade_code", "name", "pk")
        .values_list("name", "pupil_count")
    )
    total = sum(count for _, count in found)
    rows = [PictureRow(f"Lớp {name}", (Decimal(count), _share(count, total))) for name, count in found]
    return replace(_OWN_CLASSES, rows=tuple(rows), said=f"{_number(len(rows))} lớp." if rows else "")


PICTURES: Mapping[str, Callable[[_Ground], Picture]] = {
    "theo-lop": _by_grade,
    "thap-tuoi": _by_age,
    "dan-toc": _by_minority,
    "si-so": _by_size,
    "trinh-do": _by_standard,
    "cac-nam": _over_years,
    "don-vi": _by_unit,
}
