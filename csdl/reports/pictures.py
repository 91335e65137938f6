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
from csdl.reports.enums import FREEZABLE
from csdl.reports.forms import Form, FormRow, bases, changes_of
from csdl.reports.models import CountedClass, CountedStaff, ReportPeriod, Submission
from csdl.reports.queries import expected_reports, forms_of, scope_of
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
    """A line of the table; figures in the order of the columns, None where there is none. `unit_key`: whose pictures it
    opens, for a school those of `level_code`."""

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

    unit_id: int
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

    @property
    def people(self) -> str:
        """What those are called whom the reports count: a preschool has children."""
        held = {one.level_code == _PRESCHOOL for one in self.parts}
        return "trẻ em" if held == {True} else "học sinh" if held == {False} else "trẻ em, học sinh"


def pictures(
    *,
    actor: Actor,
    period: ReportPeriod,
    unit: OrgUnit,
    level_code: str = "",
    leaving: bool = False,
) -> Gallery:
    """All pictures of a unit's reports in a period: a school's as frozen, an office's and the department's as sent.

    Shapes:  the reports of the level (empty: every level) that are owed and that the actor reaches, below the unit by
             the tree of the snapshot day. `leaving` leaves out what the actor may not take out as a file.
    Errors:  NotAllowed without the right to read reports.
    """
    actor.require(Permission.REPORT_READ)
    below = None if unit.parent_id is None else sorted({unit.pk, *subtree_ids(unit, period.snapshot_on)})
    scope = replace(scope_of(actor, Permission.REPORT_READ, period), only=below)
    within = {(one.unit_id, one.level_code) for one in expected_reports(period, scope) if one.forms}
    levels = tuple(sorted({level for _, level in within}))
    level = level_code if level_code in levels else levels[0] if len(levels) == 1 else ""
    owed = {key for key in within if not level or key[1] == level}
    reports = visible(Submission.objects.filter(snapshot__isnull=False), actor, Permission.REPORT_READ)
    if leaving:
        reports = visible(reports, actor, Permission.DATA_EXPORT)
    if unit.kind not in TEACHING_KINDS:
        reports = reports.exclude(state__in=FREEZABLE)
    if level:
        reports = reports.filter(level_code=level)
    if below is not None:
        reports = reports.filter(unit_id__in=below)
    # A report that was sent before its unit was closed, or ceased to teach the level, is owed by nobody any more.
    parts = [one for one in _parts(reports.filter(period=period)) if (one.unit_id, one.level_code) in owed]
    cells = _cells(period, parts) if parts else {}
    ground = _Ground(actor, period, unit, level, leaving, parts, reports, cells)
    return Gallery(
        tuple(_titled(make(ground), ground.people) for make in PICTURES.values()) if parts else (),
        len(owed),
        len(parts),
        sum(one.state in FREEZABLE for one in parts),
        levels,
        level,
    )


def _titled(picture: Picture, people: str) -> Picture:
    """The picture with its title and columns in the word for those whom it counts."""

    def said(text: str) -> str:
        return text.format(people=people, People=people.capitalize())

    columns = tuple(replace(column, label=said(column.label)) for column in picture.columns)
    return replace(picture, title=said(picture.title), columns=columns)


def _parts(reports: QuerySet[Submission]) -> list[_Part]:
    rows = reports.order_by("unit__sort_key", "unit_id", "level_code").values_list(
        *("unit_id", "unit__public_id", "snapshot__unit_name", "level_code", "snapshot__parent_id"),
        *("snapshot__parent__public_id", "snapshot__parent_name", "state", "snapshot_id"),
        *("snapshot__pupil_count", "snapshot__class_count"),
    )
    return [
        _Part(unit_id, str(key), name, level, parent_id, str(parent_key or ""), *rest)
        for unit_id, key, name, level, parent_id, parent_key, *rest in rows
    ]


@dataclass(frozen=True)
class _Wanted:
    """A row of a form that a picture reads: which group of lines it is of, what of it the row counts (a part of a grade
    has its name after the grade's), its words, the columns of its measures."""

    group: str
    key: tuple[str, ...]
    label: str
    form_code: str
    place: int
    columns: tuple[int, ...]


def _cells(period: ReportPeriod, parts: Sequence[_Part]) -> dict[str, list[tuple[str, _Sums]]]:
    """Group -> lines in the forms' order, each with the sums of all, female, minority, minority female."""
    levels = {one.level_code for one in parts}
    wanted = _wanted([form for form in forms_of(period) if form.level_code in levels])
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


def _wanted(several: Iterable[Form]) -> list[_Wanted]:
    """The rows that count the pupils present by grade alone, and by age alone, each once though two forms of a level
    have it; the parts of a grade only where no form has the whole."""
    found: dict[tuple[str, str, tuple[str, ...]], _Wanted] = {}
    for form in several:
        for one in _rows_of(form):
            found.setdefault((form.level_code, one.group, one.key), one)
    return [one for (level, group, key), one in found.items() if len(key) == 1 or (level, group, key[:1]) not in found]


@cache
def _rows_of(form: Form) -> tuple[_Wanted, ...]:
    """The rows of one form of which a picture may be made: those with a figure for every measure."""
    found = []
    for row in form.rows:
        group, key, label = _group_of(form, row)
        columns = _columns(row)
        if group and len(columns) == len(_MEASURES):
            found.append(_Wanted(group, key, label, form.code, row.place, columns))
    return tuple(found)


def _group_of(form: Form, row: FormRow) -> tuple[str, tuple[str, ...], str]:
    """Group, what is counted, words; the group is empty where a picture does not read the row."""
    nothing = ("", (), "")
    if row.population != "pupil":
        return nothing
    terms = [one for one in row.terms if (one.attribute.name, one.op, one.values) != ("present", "=", ("1",))]
    names = {one.attribute.name for one in terms}
    single = {one.attribute.name: one.values[0] for one in terms if one.op == "=" and len(one.values) == 1}
    if names == {"grade"} == single.keys() and len(terms) == 1:
        known = grades().get(single["grade"])
        return "grades", (single["grade"],), known.name_vi if known else row.label
    if names == {"grade", "age_group"} == single.keys() and len(terms) == len(names):
        # The year's end counts a kindergarten by its groups of age only: "Số trẻ cuối năm - Mẫu giáo 3-4 tuổi".
        return "grades", (single["grade"], single["age_group"]), row.label.rpartition(" - ")[2]
    # A nursery says the age by grade and months; elsewhere grade and age together ask who is of the right age.
    by_age = names & {"age", "months"}
    beside = names - by_age
    if by_age and (not beside or (beside == {"grade"} and form.level_code == _PRESCHOOL)):
        return "ages", (row.label,), row.label
    return nothing


def _columns(row: FormRow) -> tuple[int, ...]:
    places = {column.measure: column.position for column in row.columns if column.ownership == "total"}
    return tuple(places[name] for name in _MEASURES if name in places)


def _share(part: Decimal | int, whole: Decimal | int) -> Decimal | None:
    return Decimal(part) * 100 / Decimal(whole) if whole else None


def _percent(share: Decimal | None) -> str:
    return "–" if share is None else f"{share:.1f}%".replace(".", ",")


def _number(count: Decimal | int) -> str:
    return f"{int(count):,}".replace(",", ".")


_GRADES = Picture(
    *("theo-lop", "{People} theo khối và giới tính", "Khối", "stack"),
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
        return replace(_GRADES, why_not="Biểu của kỳ và cấp học này không có dòng theo khối.")
    total, female, *_ = _added(lines)
    rows = [PictureRow(label, (a - f, f, a, _share(f, a))) for label, (a, f, _, _) in lines]
    said = f"{_number(total)} {ground.people}, trong đó {_number(female)} nữ ({_percent(_share(female, total))})."
    return replace(_GRADES, rows=tuple(rows), said=said if total else _none(ground), notes=_uncounted(ground, total))


def _none(ground: _Ground) -> str:
    return f"Không có {ground.people}."


def _uncounted(
    ground: _Ground, total: Decimal, why: str = "biểu không có dòng cho khối của các em còn lại"
) -> tuple[str, ...]:
    """What the lines of a form leave out of all whom the reports count."""
    counted = sum(one.pupils for one in ground.parts)
    if counted == total:
        return ()
    return (f"Các dòng cộng lại là {_number(total)}, báo cáo đếm {_number(counted)} {ground.people}: {why}.",)


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
    said = f"Đông nhất: {most[0].lower()}, {_number(most[1][0])} {ground.people}." if most[1][0] else _none(ground)
    rows = tuple(PictureRow(label, (a - f, f, a)) for label, (a, f, _, _) in lines)
    why = "biểu không có dòng cho tuổi của các em còn lại, hoặc hồ sơ thiếu ngày sinh"
    return replace(_AGES, rows=rows, said=said, notes=_uncounted(ground, _added(lines)[0], why))


_MINORITY = Picture(
    *("dan-toc", "{People} dân tộc thiểu số", "Khối", "shares"),
    (
        PictureColumn("share", "Tỷ lệ", is_drawn=True, is_share=True),
        PictureColumn("ethnic", "Dân tộc thiểu số"),
        PictureColumn("ethnic_female", "Trong đó nữ"),
        PictureColumn("all", "Tổng số {people}"),
    ),
)


def _by_minority(ground: _Ground) -> Picture:
    lines = ground.cells.get("grades", [])
    if not lines:
        return replace(_MINORITY, why_not=_by_grade(ground).why_not)
    total, _, ethnic, _ = _added(lines)
    rows = [PictureRow(label, (_share(e, a), e, ef, a)) for label, (a, _, e, ef) in lines]
    said = f"{_number(ethnic)} trên {_number(total)} {ground.people} ({_percent(_share(ethnic, total))})."
    return replace(_MINORITY, rows=tuple(rows), said=said if total else _none(ground), notes=_uncounted(ground, total))


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
    said = f"{_number(total)} lớp, trung bình {_plain(Decimal(pupils) / total)} {ground.people}/lớp." if total else ""
    return replace(
        _CLASSES,
        rows=tuple(
            PictureRow(f"{name} {ground.people}", (Decimal(bands[end]), _share(bands[end], total)))
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
        PictureColumn("pupils", "{People}", is_drawn=True),
        PictureColumn("classes", "Lớp"),
        PictureColumn("staff", "Cán bộ, giáo viên, nhân viên"),
        PictureColumn("size", "{People}/lớp"),
        PictureColumn("reports", "Số báo cáo"),
    ),
)


def _over_years(ground: _Ground) -> Picture:
    """The same units in the periods of the same kind, up to this one; what the law changed between stands beside it."""
    before = ground.over_years.filter(
        ~Q(period=ground.period) | Q(snapshot_id__in=ground.snapshot_ids),
        period__kind=ground.period.kind,
        period__snapshot_on__lte=ground.period.snapshot_on,
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
    notes = list[str]()
    if len(found) == 1:
        notes.append("Mới có một năm học; đường vẽ được từ năm thứ hai.")
    said = _against_last_year(ground, before)
    laws = sorted({one[name] for one in found for name in ("first_basis", "last_basis")}, key=list(bases()).index)
    held = {one.level_code for one in ground.parts}
    mine = [form.code for form in forms_of(ground.period) if form.level_code in held]
    for older, newer in pairwise(laws):
        told = dict.fromkeys(one.said for code in mine for one in changes_of(code, older, newer))
        notes += [f"{bases()[older].title} → {bases()[newer].title}: {text}" for text in told]
    return replace(_YEARS, rows=tuple(rows), said=said, notes=tuple(notes))


def _against_last_year(ground: _Ground, before: QuerySet[Submission]) -> str:
    """More or fewer than last year, by the reports that both years have: others would be a difference of reports."""
    last = {
        (unit_id, level): pupils
        for unit_id, level, pupils in before.filter(period__start_year=ground.period.start_year - 1).values_list(
            "unit_id", "level_code", "snapshot__pupil_count"
        )
    }
    both = [
        (one.pupils, last[one.unit_id, one.level_code]) for one in ground.parts if (one.unit_id, one.level_code) in last
    ]
    gap = sum(now - then for now, then in both)
    if not gap:
        return ""
    share = _percent(_share(abs(gap), sum(then for _, then in both)))
    said = f"{'Tăng' if gap > 0 else 'Giảm'} {_number(abs(gap))} {ground.people} ({share}) so với năm trước"
    if len(both) < max(len(last), len(ground.parts)):
        said += f", tính theo {_number(len(both))} báo cáo mà cả hai năm đều có"
    return f"{said}."


_UNITS = Picture(
    *("don-vi", "{People} theo đơn vị", "Đơn vị", "tree"),
    (
        PictureColumn("pupils", "{People}", is_drawn=True),
        PictureColumn("share", "Tỷ lệ", is_share=True),
        PictureColumn("classes", "Lớp"),
        PictureColumn("reports", "Báo cáo"),
    ),
)
_OWN_CLASSES = replace(
    _UNITS,
    title="{People} theo lớp học",
    head="Lớp",
    columns=(PictureColumn("pupils", "{People}", is_drawn=True), PictureColumn("share", "Tỷ lệ", is_share=True)),
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
            ground.level_code if is_school else "",
            is_school,
        )
        for (key, name, is_school), held in groups.items()
        for pupils in (sum(one.pupils for one in held),)
    ]
    rows.sort(key=lambda row: (-(row.figures[0] or 0), fold(row.label)))
    said = f"Nhiều nhất: {rows[0].label}, {_number(rows[0].figures[0] or 0)} {ground.people}." if total else ""
    return replace(_UNITS, rows=tuple(rows), said=said)


def _by_class(ground: _Ground) -> Picture:
    if not ground.actor.can(Permission.CLASS_READ):
        return replace(_OWN_CLASSES, why_not="Tài khoản chưa được phân quyền xem lớp.")
    found = list(
        _frozen(ground, CountedClass.objects.all(), Permission.CLASS_READ)
        .order_by("grade_code", "name", "pk")
        .values_list("name", "pupil_count", "snapshot__level_code")
    )
    total = sum(count for _, count, _ in found)
    # A preschool's class says itself what it is: "Nhà trẻ 3-12 tháng A".
    rows = [
        PictureRow(name if level == _PRESCHOOL else f"Lớp {name}", (Decimal(count), _share(count, total)))
        for name, count, level in found
    ]
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
