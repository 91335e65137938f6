"""Bringing a file in, as pages show it: what can be brought in, the form that takes a file, the runs so far.

Schools and managing units start an import on pages of their own; the pages of one run are the same for both
(`desk.imports`). What stands here is what all of them say alike.
"""

import io
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.text import slugify

from csdl.accounts.actor import Actor
from csdl.accounts.errors import CsdlError
from csdl.accounts.permissions import Permission
from csdl.intake.actions import upload_file
from csdl.intake.enums import RowState, RunState
from csdl.intake.errors import unreadable
from csdl.intake.models import ImportRun
from csdl.intake.queries import runs_of
from csdl.intake.runs.nouns import NOUNS
from csdl.intake.runs.scope import SCHOOLS as MINISTRY_FILE
from csdl.intake.sheets.nouns import SPECS, WORKBOOK
from csdl.intake.sheets.template import write_workbook
from csdl.jobs.models import JobState
from csdl.lib.uploads import too_large
from csdl.lib.vietnamese import fold, squeeze
from csdl.lib.xlsx import Why
from csdl.orgs.enums import TEACHING_KINDS
from csdl.orgs.models import OrgUnit
from csdl.portals.components.lists import listing
from csdl.years.models import SchoolYear

__all__ = [
    "MINISTRY_FILE",
    "SCHOOL_KINDS",
    "UploadForm",
    "import_crumbs",
    "kind_label",
    "kinds_for",
    "many_schools_template",
    "nouns_of_kind",
    "past_runs",
    "received",
    "row_tone",
    "run_badge",
    "sent_workbook",
    "template_name",
]

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_NAME_LIMIT = 200
_OLD_EXCEL = bytes.fromhex("d0cf11e0a1b11ae1")
# What a file may hold, in the order in which a school fills its year.
_KINDS = {
    "school": ("Cả trường", "Một tệp nhiều trang tính: điểm trường, lớp, học sinh, cán bộ, chủ nhiệm, phân công."),
    "pupils": ("Học sinh", "Học sinh cùng cha, mẹ, người giám hộ; xếp lớp theo cột lớp."),
    "classes": ("Lớp", "Các lớp của năm học."),
    "sites": ("Điểm trường", "Điểm chính và các điểm lẻ."),
    "staff": ("Cán bộ, giáo viên", "Hồ sơ và vị trí công tác tại trường."),
    "homeroom": ("Chủ nhiệm", "Giáo viên chủ nhiệm của từng lớp."),
    "teaching": ("Phân công giảng dạy", "Giáo viên, môn, lớp, số tiết."),
    MINISTRY_FILE: ("Danh mục trường", "Tệp trường học theo mẫu của Bộ Giáo dục và Đào tạo."),
}
SCHOOL_KINDS = tuple(kind for kind in _KINDS if kind != MINISTRY_FILE)
# Managing units that come with the ministry's file.
_OTHER_NOUNS = {"units": "Đơn vị quản lý"}
_ROW_TONES = {
    RowState.CREATED: "good",
    RowState.UPDATED: "info",
    RowState.UNCHANGED: "calm",
    RowState.CONFLICT: "wait",
    RowState.REJECTED: "bad",
}


@dataclass(frozen=True)
class PastRun:
    """One line of the runs so far. `counts` in words; `undo` whether it can still be taken back."""

    run: ImportRun
    kind: str
    tone: str
    word: str
    counts: str
    undo: str

    @property
    def year_name(self) -> str:
        return f"{self.run.start_year}-{self.run.start_year + 1}"


class UploadForm(forms.Form):
    """What the file holds, and the file: taken by what is in it, not by what it is called."""

    use_required_attribute = False

    kind = forms.ChoiceField(
        label="Dữ liệu trong tệp",
        error_messages={"required": "Hãy chọn loại dữ liệu trong tệp.", "invalid_choice": "Hãy chọn một loại dữ liệu."},
        widget=forms.RadioSelect({"class": "form-check-input"}),
    )
    file = forms.FileField(
        label="Tệp Excel",
        error_messages={
            "required": "Hãy chọn tệp Excel cần nhập.",
            "empty": "Tệp trống, không có dữ liệu. Hãy kiểm tra lại tệp rồi chọn lại.",
            "missing": "Chưa nhận được tệp. Hãy chọn lại tệp.",
            "invalid": "Chưa nhận được tệp. Hãy chọn lại tệp.",
        },
        widget=forms.FileInput({"class": "form-control", "accept": ".xlsx"}),
    )

    def __init__(self, request: HttpRequest, kinds: Iterable[str]) -> None:
        posted = (request.POST, request.FILES) if request.method == "POST" else (None, None)
        self.kinds = tuple(kinds)
        named = request.GET.get("loai", "")
        super().__init__(*posted, initial={"kind": named if named in self.kinds else next(iter(self.kinds), "")})
        self.fields["kind"].choices = [(kind, _KINDS[kind][0]) for kind in self.kinds]

    @property
    def choices(self) -> list[tuple[Any, str]]:
        """The radio buttons, each with what such a file holds."""
        return [(tick, _KINDS[kind][1]) for tick, kind in zip(self["kind"], self.kinds, strict=True)]

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > settings.UPLOAD_LIMIT_BYTES:
            raise forms.ValidationError(f"{too_large(file.size)} Hãy xóa hình ảnh, trang tính thừa hoặc chia nhỏ tệp.")
        head = file.read(len(_OLD_EXCEL))
        file.seek(0)
        if head == _OLD_EXCEL:
            raise forms.ValidationError(
                "Tệp là Excel đời cũ (.xls) hoặc có mật khẩu. Hãy mở bằng Excel, bỏ mật khẩu, lưu lại dạng .xlsx."
            )
        if not zipfile.is_zipfile(file):
            raise forms.ValidationError(unreadable(Why.NOT_XLSX).message)
        file.seek(0)
        return file


def received(request: HttpRequest, form: UploadForm, unit: OrgUnit, start_year: int) -> ImportRun | None:
    """The run of the file that was sent, being read already; a refusal becomes an error of the form."""
    if not form.is_valid():
        return None
    file = form.cleaned_data["file"]
    try:
        return upload_file(
            actor=request.actor,
            unit=unit,
            kind=form.cleaned_data["kind"],
            start_year=start_year,
            file_name=_file_name(file.name),
            content=file.read(),
            queue=True,
        )
    except CsdlError as refused:
        form.add_error("file", str(refused))
        return None


def kinds_for(actor: Actor, unit: OrgUnit) -> tuple[str, ...]:
    """The kinds of file that the account may bring in for the unit: it may write all that such a file holds."""
    allowed = [
        kind
        for kind in SCHOOL_KINDS
        if set(nouns_of_kind(kind)) <= set(NOUNS)
        and all(actor.can(one, on=unit) for noun in nouns_of_kind(kind) for one in NOUNS[noun].permissions)
    ]
    if unit.kind not in TEACHING_KINDS:
        allowed = [kind for kind in allowed if kind != "school"]
        if actor.can(Permission.SCHOOL_IMPORT, on=unit):
            allowed.insert(0, MINISTRY_FILE)
    return tuple(allowed)


def nouns_of_kind(kind: str) -> tuple[str, ...]:
    """The nouns that a file of a kind holds."""
    return WORKBOOK if kind == "school" else (kind,)


def template_name(kind: str) -> str:
    """What the blank template of a kind is called."""
    return f"mau-{slugify(fold(kind_label(kind)))}.xlsx"


def many_schools_template(kind: str, year: SchoolYear | None, *, unit: OrgUnit) -> HttpResponse:
    """The blank template of a kind whose rows name their school."""
    specs = [SPECS[noun] for noun in nouns_of_kind(kind)]
    lines = [f"Mẫu nhập {kind_label(kind).lower()}", f"Đơn vị: {unit.name}."]
    if year is not None:
        lines.append(f"Năm học {year.name}.")
    file = io.BytesIO()
    write_workbook(file, specs, None, lines, many_schools=True)
    return sent_workbook(file.getvalue(), template_name(kind))


def sent_workbook(content: bytes, name: str) -> HttpResponse:
    """A workbook to keep."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=_XLSX, headers=headers)


def past_runs(request: HttpRequest, unit: OrgUnit) -> Any:
    """The runs of a unit, newest first, a page at a time."""
    rows = runs_of(request.actor, unit).select_related("account", "job").defer("file")
    page = listing(request, rows, sorts={"luc": ("-created_at", "-pk")}, default="luc")
    return page.replaced([_past(run) for run in page.items])


def kind_label(kind: str) -> str:
    """What a file or a sheet of it holds."""
    return _KINDS[kind][0] if kind in _KINDS else _OTHER_NOUNS.get(kind, kind)


def row_tone(state: str) -> str:
    """Tone of the badge of a row's state."""
    return _ROW_TONES.get(RowState(state), "calm")


def run_badge(run: ImportRun) -> tuple[str, str]:
    """Where a run stands, as tone and word of a badge."""
    if run.job is not None and run.job.state in (JobState.QUEUED, JobState.RUNNING):
        return "wait", "Đang xử lý"
    if run.job is not None and run.job.state == JobState.FAILED and run.state == RunState.UPLOADED:
        return "bad", "Không thành công"
    match run.state:
        case RunState.UPLOADED:
            return "wait", "Chờ chọn cột"
        case RunState.REFUSED:
            return "bad", run.get_state_display()
        case RunState.PLANNED:
            return "wait", run.get_state_display()
        case RunState.APPLIED:
            return "good", run.get_state_display()
        case _:
            return "calm", run.get_state_display()


def import_crumbs(request: HttpRequest, unit: OrgUnit | None) -> list[tuple[str, str]]:
    """The way from a run back to where files of its unit are brought in."""
    if unit is None or unit.kind not in TEACHING_KINDS:
        return [("Nhập từ Excel", reverse("authority:import-list"))]
    page = reverse("school:import-list", args=[unit.public_id])
    home = request.actor.home_unit
    if home is not None and home.pk == unit.pk:
        return [("Nhập từ Excel", page)]
    return [(unit.name, reverse("school:overview", args=[unit.public_id])), ("Nhập từ Excel", page)]


def _past(run: ImportRun) -> PastRun:
    tone, word = run_badge(run)
    totals = {state: sum(by_state.get(state, 0) for by_state in run.counts.values()) for state in RowState.values}
    left_out, taken = run.options.get("left_out", {}), run.options.get("taken", 0)
    totals = {state: n - left_out.get(state, 0) for state, n in totals.items()}
    totals[RowState.UPDATED] += taken
    totals[RowState.CONFLICT] -= taken
    said = [f"{_plain(n)} {RowState(state).label.lower()}" for state, n in totals.items() if n]
    if left_out:
        said.append(f"{_plain(sum(left_out.values()))} bỏ ra")
    undo = "Còn hoàn tác được" if run.state == RunState.APPLIED else ""
    return PastRun(run, kind_label(run.kind), tone, word, ", ".join(said), undo)


def _plain(number: int) -> str:
    return f"{number:,}".replace(",", ".")


def _file_name(name: str) -> str:
    """The file's own name, no longer than what is kept of it; its ending stays."""
    name = squeeze(PurePath(name.replace("\\", "/")).name.replace("\0", ""))
    if len(name) <= _NAME_LIMIT:
        return name
    ending = PurePath(name).suffix[:10]
    return name[: _NAME_LIMIT - len(ending) - 1] + "…" + ending
