"""The typed cells of a form's section: what a page shows, what came back, what of it is written.

Only what this page changed is written, so that an older page, or a colleague's, wipes out nothing.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from django.http import HttpRequest

from csdl.accounts.errors import InvalidRecord
from csdl.accounts.models import Account
from csdl.portals.components.report_sheet import shown
from csdl.portals.school.reports import ReportPage
from csdl.reports.actions import draft_of, type_cells
from csdl.reports.enums import Fill
from csdl.reports.forms import Column, Form, FormRow
from csdl.reports.models import Submission

__all__ = ["SEEN", "Typing", "posted_texts", "save_typing", "seen_text", "typed_figures"]

# The field with what the page showed, by cell: {"15:planned": "1.234,5"}; blank cells are left out.
SEEN = "luc-mo"
# As people here write figures (1.834,5), and as a calculator does (12.5; 1.834 groups thousands).
_HERE = re.compile(r"-?([0-9]{1,3}(\.[0-9]{3})+|[0-9]+)(,[0-9]+)?")
_POINTED = re.compile(r"-?[0-9]+\.[0-9]+")
_BLANK = "(trống)"

type Key = tuple[str, str]


@dataclass
class Typing:
    """What came of one press. Keys are (row code, column code).

    `changed`  how many cells were written
    `kept`     texts that were typed and are not written: the page comes back with them
    `faults`   why a cell was refused: with any of these nothing was written
    `clashes`  what somebody else wrote since into a cell typed here; the other cells were written
    `seen`     what the page showed in cells that could not be compared yet
    """

    changed: int = 0
    kept: dict[Key, str] = field(default_factory=dict)
    faults: dict[Key, str] = field(default_factory=dict)
    clashes: dict[Key, str] = field(default_factory=dict)
    seen: dict[Key, str] = field(default_factory=dict)

    @property
    def reasons(self) -> dict[Key, str]:
        """Why each cell that is not written is not."""
        return self.faults | self.clashes

    @property
    def told(self) -> str:
        """What was written and what is to be done, above the reasons."""
        if self.faults:
            return "Chưa ghi ô nào, có nội dung cần sửa. Mọi số đã gõ còn nguyên ở dưới:"
        done = f"Đã ghi {self.changed} ô" if self.changed else "Chưa ghi ô nào"
        return (
            f"{done}. {len(self.clashes)} ô sau chưa ghi vì đã có người sửa sau khi mở trang này. "
            "Bấm ghi lần nữa để lấy số bạn gõ, hoặc gõ lại số đúng:"
        )

    def listed(self, form: Form) -> list[tuple[str, str]]:
        """Each reason with the name of its cell."""
        return [
            (f"{code}:{column}", f"{_place(*form.cell(f'{code}:{column}'))}: {text}")
            for (code, column), text in self.reasons.items()
        ]


def typed_figures(report: Submission | None, form_code: str) -> dict[Key, Decimal]:
    """The figures people wrote into a draft."""
    if report is None:
        return {}
    rows = report.typed_cells.filter(form_code=form_code).values_list("indicator_code", "column_code", "figure")
    return {(code, column): figure for code, column, figure in rows}


def seen_text(rows: Sequence[FormRow], typed: Mapping[Key, Decimal], typing: Typing) -> str:
    """What a page carries to tell later which of its cells were changed on it."""
    codes = {row.code for row in rows}
    texts = {key: shown(figure) for key, figure in typed.items() if key[0] in codes} | typing.seen
    return json.dumps({":".join(key): text for key, text in texts.items() if text}, separators=(",", ":"))


def posted_texts(request: HttpRequest, form: Form, rows: Sequence[FormRow]) -> dict[Key, str]:
    """What came back in the cells that are typed and that this page changed."""
    seen = _seen(request)
    return {
        key: text
        for name, key in _fields(form, rows)
        if (text := request.POST.get(name)) is not None and (seen is None or text.strip() != seen.get(name, ""))
    }


def save_typing(request: HttpRequest, page: ReportPage, form: Form, rows: Sequence[FormRow]) -> Typing:
    """Write the cells of a section that were changed on this page; with a fault in one, none.

    A page that does not say what it showed is compared with what stands now. The draft stays locked to the end of the
    request, so nobody writes between the comparison and the writing.
    Errors:  as `draft_of`.
    """
    draft = draft_of(actor=request.actor, period=page.period, unit=page.unit, level_code=page.level_code)
    seen = _seen(request)
    stands = typed_figures(draft, form.code)
    figures: dict[Key, Decimal | None] = {}
    clashing: dict[Key, str] = {}
    typing = Typing()
    texts = posted_texts(request, form, rows)
    for key, text in texts.items():
        name, now = ":".join(key), stands.get(key)
        was = now if seen is None else _stood(seen.get(name, ""))
        try:
            figure = _read(text)
        except InvalidOperation:
            typing.faults[key] = f"“{text[:20]}” không phải số. Chỉ viết chữ số, ví dụ 1.234,5."
            typing.seen[key] = shown(was)
            continue
        if figure in (was, now):
            # Written the same by somebody else, or only spelt otherwise: nothing to write.
            continue
        if was != now:
            clashing[key] = text
        else:
            figures[key] = figure
    typing.clashes = _clashes(request, draft, form, stands, clashing)
    if not typing.faults:
        try:
            typing.changed = type_cells(actor=request.actor, report=draft, form_code=form.code, figures=figures)
        except InvalidRecord as refused:
            for name, said in refused.fields.items():
                code, _, column_code = name.partition(":")
                typing.faults[code, column_code] = " ".join(said)
    typing.kept = texts if typing.faults else clashing
    return typing


def _fields(form: Form, rows: Sequence[FormRow]) -> Iterator[tuple[str, Key]]:
    for row in rows:
        for column in row.columns:
            if row.fill != Fill.COMPUTED and not column.formula and not form.is_blocked(row, column):
                yield f"{row.code}:{column.code}", (row.code, column.code)


def _seen(request: HttpRequest) -> dict[str, str] | None:
    try:
        said = json.loads(request.POST.get(SEEN, ""))
    except ValueError:
        return None
    if not isinstance(said, dict):
        return None
    return {name: text for name, text in said.items() if isinstance(text, str)}


def _clashes(
    request: HttpRequest, draft: Submission, form: Form, stands: Mapping[Key, Decimal], clashing: Mapping[Key, str]
) -> dict[Key, str]:
    if not clashing:
        return {}
    rows = draft.typed_cells.filter(form_code=form.code)
    by = {(one.indicator_code, one.column_code): one.typed_by for one in rows}
    names = dict(Account.objects.filter(pk__in={pk for pk in by.values() if pk}).values_list("pk", "full_name"))
    own = request.actor.account_id

    def who(key: Key) -> str:
        pk = by.get(key)
        if pk is not None and pk == own:
            return "chính bạn (ở trang khác) "
        return f"{names[pk]} " if pk in names else ""

    return {
        key: f"đã được {who(key)}sửa thành {shown(stands.get(key)) or _BLANK}, bạn gõ {text.strip() or _BLANK}."
        for key, text in clashing.items()
    }


def _place(row: FormRow, column: Column) -> str:
    """A cell as a sentence names it."""
    return f"Dòng {row.code}, cột “{column.full_label}”"


def _stood(text: str) -> Decimal | None:
    try:
        return _read(text)
    except InvalidOperation:
        return None


def _read(text: str) -> Decimal | None:
    """1.834 or 1834 -> 1834; 12,5 or 12.5 -> 12.5; nothing -> None. Errors: InvalidOperation, also for 1e9, 1,2.3."""
    plain = text.replace("\u00a0", "").replace(" ", "")
    if not plain:
        return None
    if _HERE.fullmatch(plain):
        plain = plain.replace(".", "").replace(",", ".")
    elif not _POINTED.fullmatch(plain):
        raise InvalidOperation
    return Decimal(plain)
