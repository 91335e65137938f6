"""Rooms of a school by kind and by how they are built: one table, walked with the keyboard, saved as one set."""

import uuid
from typing import Any, NamedTuple

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from csdl.accounts.permissions import Permission
from csdl.audit.edits import EditedAgain, Overlap
from csdl.audit.models import Event
from csdl.codes import queries as codes
from csdl.codes.queries import room_kinds
from csdl.orgs.actions import RoomCount, copy_rooms, save_rooms, undo_rooms
from csdl.orgs.models import School
from csdl.orgs.queries import levels_of, room_counts, room_edits
from csdl.portals.components.forms import BothChanged, RecordForm, said_by, saved
from csdl.portals.components.histories import EditLines, Line
from csdl.portals.components.years import is_open
from csdl.portals.school.profile import reached_school, year_or_404
from csdl.portals.school.reach import crumbs_to

_HEADS = ("Kiên cố", "Bán kiên cố", "Tạm")
_KINDS = {
    "rooms:save": "Kê khai phòng",
    "rooms:copy": "Lấy số liệu năm trước",
    "rooms:undo": "Hoàn tác",
}
_SHOWN = 50


class Kind(NamedTuple):
    """One line of the table: a kind of room of a level, with the fields of its counts."""

    label: str
    cells: list[forms.BoundField]
    total: int


class CountField(forms.Field):
    """A whole number; left empty it is none."""

    def __init__(self, *, label: str) -> None:
        attributes = {
            "class": "form-control count-field",
            "inputmode": "numeric",
            "autocomplete": "off",
            "aria-label": label,
        }
        super().__init__(label=label, required=False, widget=forms.TextInput(attributes))

    def prepare_value(self, value: Any) -> Any:
        return "" if value == 0 else value

    def to_python(self, value: Any) -> int:
        text = str(value or "").strip()
        if not text:
            return 0
        if not text.isdecimal() or len(text) > 3:
            raise forms.ValidationError(f"“{text[:12]}” không phải số phòng. Hãy nhập số từ 0 đến 999.")
        return int(text)


class RoomsForm(RecordForm):
    """Every kind of room of the levels that the school teaches, three counts each."""

    def __init__(self, request: HttpRequest, *, school: School, start_year: int) -> None:
        self.school, self.start_year = school, start_year
        self.counts = room_counts(school.pk, start_year)
        names = codes.labels("school_level")["school_level"]
        levels = levels_of([school.pk], start_year)[school.pk]
        self.kinds = {
            (level, code): (names.get(level, level), label)
            for level in levels
            for code, (label, taught) in room_kinds().items()
            if level in taught
        }
        cells = {
            f"{level}-{code}-{name}": (f"{label}, {head.lower()}", getattr(self._count(level, code), name))
            for (level, code), (_, label) in self.kinds.items()
            for name, head in zip(RoomCount._fields, _HEADS, strict=True)
        }
        self.base_fields = {name: CountField(label=label) for name, (label, _) in cells.items()}
        super().__init__(request, initial={name: value for name, (_, value) in cells.items()})
        if "phien-ban" not in request.POST:
            self.version = self._newest()

    @property
    def tables(self) -> list[tuple[str, list[Kind], list[int]]]:
        """Levels with their kinds, and the sum by how the rooms are built."""
        found: dict[str, list[Kind]] = {}
        sums: dict[str, list[int]] = {}
        for (level, code), (level_name, label) in self.kinds.items():
            cells = [self[f"{level}-{code}-{name}"] for name in RoomCount._fields]
            count = self._count(level, code)
            found.setdefault(level_name, []).append(Kind(label, cells, sum(count)))
            before = sums.get(level_name, [0, 0, 0])
            sums[level_name] = [one + other for one, other in zip(before, count, strict=True)]
        return [(name, kinds, [*sums[name], sum(sums[name])]) for name, kinds in found.items()]

    def standing(self, name: str) -> Any:
        return self.initial[name]

    def _overlap(self, one: Overlap) -> BothChanged:
        label = str(self.fields[one.name].label)
        return self._both(
            one.name, label, str(one.base), str(one.theirs), str(one.mine), said_by(one.by, self.account_id)
        )

    def said(self, values: dict[str, Any]) -> dict[tuple[str, str], RoomCount]:
        """What is to be saved."""
        return {
            (level, code): RoomCount(*(values.get(f"{level}-{code}-{name}") or 0 for name in RoomCount._fields))
            for level, code in self.kinds
        }

    def _count(self, level: str, code: str) -> RoomCount:
        return self.counts.get((level, code), RoomCount(0, 0, 0))

    def _newest(self) -> int:
        newest = room_edits(self.school.pk, self.start_year).first()
        return newest.pk if newest else 0


@login_required
@require_http_methods(["GET", "POST"])
def rooms(request: HttpRequest, school: uuid.UUID) -> HttpResponse:
    """The table: typed by who keeps the school's records, read by who may read them."""
    where = reached_school(request, school)
    year = year_or_404(request)
    can_edit = is_open(year) and request.actor.can(Permission.SCHOOL_EDIT, on=where)
    if request.method == "POST":
        request.actor.require(Permission.SCHOOL_EDIT, on=where)
    form = RoomsForm(request, school=where, start_year=year.start_year)

    def act(values: dict[str, Any]) -> tuple[int]:
        return (
            save_rooms(
                actor=request.actor,
                school=where,
                start_year=year.start_year,
                counts=form.said(values),
                seen=form.version,
            ),
        )

    done = saved(form, act)
    here = f"{request.path}?nam={year.start_year}"
    if done:
        messages.success(request, f"Đã lưu {done[0]} loại phòng." if done[0] else "Không có gì thay đổi.")
        return redirect(here)
    back = f"{reverse('school:profile', args=[school])}?nam={year.start_year}"
    context = {
        "school": where,
        "unit": where.unit,
        "crumbs": [*crumbs_to(request, where), ("Hồ sơ trường", back)],
        "form": form,
        "heads": _HEADS,
        "back_url": back,
        "can_edit": can_edit,
        "can_copy": can_edit and any(any(one) for one in room_counts(where.pk, year.start_year - 1).values()),
        "last_year": f"{year.start_year - 1}-{year.start_year}",
        "edits": _history(where, year.start_year, form),
    }
    return render(request, "school/profile/rooms.html", context)


@login_required
@require_POST
def rooms_copy(request: HttpRequest, school: uuid.UUID) -> HttpResponse:
    """Fill the kinds that have no count yet with last year's."""
    where = reached_school(request, school)
    year = year_or_404(request)
    count = copy_rooms(actor=request.actor, school=where, start_year=year.start_year)
    messages.success(
        request,
        f"Đã lấy số liệu năm trước của {count} loại phòng. Hãy xem lại rồi sửa chỗ đã thay đổi."
        if count
        else "Không có loại phòng nào còn trống để lấy số liệu năm trước.",
    )
    return redirect(f"{reverse('school:rooms', args=[school])}?nam={year.start_year}")


@login_required
@require_POST
def rooms_undo(request: HttpRequest, school: uuid.UUID) -> HttpResponse:
    """Take back one saving."""
    where = reached_school(request, school)
    year = year_or_404(request)
    key = request.POST.get("lan", "")
    if not key.isdecimal() or len(key) > 18:
        raise Http404
    try:
        count = undo_rooms(actor=request.actor, school=where, start_year=year.start_year, key=int(key))
    except EditedAgain as refused:
        messages.warning(request, refused.message)
    else:
        messages.success(request, f"Đã hoàn tác {count} loại phòng.")
    return redirect(f"{reverse('school:rooms', args=[school])}?nam={year.start_year}#lich-su")


def _history(school: School, start_year: int, form: RoomsForm) -> list[EditLines]:
    return [_lines(event, form) for event in room_edits(school.pk, start_year)[:_SHOWN]]


def _lines(event: Event, form: RoomsForm) -> EditLines:
    lines = []
    for before, after in zip(event.data["before"], event.data["after"], strict=True):
        level_name, label = form.kinds.get((before[0], before[1]), ("", before[1]))
        lines.append(Line(f"{label} ({level_name})" if level_name else label, _said(before[2:]), _said(after[2:])))
    return EditLines(event.pk, "", event.at, event.actor_label, _KINDS.get(event.kind, event.kind), tuple(lines))


def _said(count: list[int]) -> str:
    words = [f"{number} {head.lower()}" for number, head in zip(count, _HEADS, strict=True) if number]
    return ", ".join(words) or "không có"
