"""Forms over one record: fields as Vietnamese offices write them, a version against lost edits, faults by field.

A `RecordForm` knows its groups of fields, the version of the row that it shows, and the choice between a colleague's
value and one's own. `saved` runs an action with it and turns every refusal of the action into errors of the form.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db import transaction
from django.db.models import Model
from django.http import HttpRequest, QueryDict

from csdl.accounts.errors import InvalidRecord
from csdl.accounts.models import Account
from csdl.audit.edits import EXTRA, Author, EditedMeanwhile, Overlap, as_seen, value_of, version_of
from csdl.codes import queries as codes
from csdl.codes.models import Commune, District
from csdl.lib.trial import trying
from csdl.lib.vietnamese import fold, squeeze
from csdl.portals.components.templatetags.parts import logged_at

__all__ = [
    "BothChanged",
    "CodeField",
    "CommuneField",
    "DayField",
    "PlainField",
    "RecordForm",
    "YearField",
    "said_by",
    "saved",
]

VERSION = "phien-ban"
# Where a field was changed twice: which value is kept, the fields in question, what stood in the box and on opening,
# who made the other change.
CHOICE = "giu-"
ASKED = "hai-gia-tri"
TYPED = "da-go-"
OPENED = "khi-mo-"
WHO = "ai-sua-"
_UNDECIDED = "Mục này đã được sửa sau khi trang được mở. Hãy chọn một giá trị, hoặc gõ giá trị khác."
# Lists longer than this are searched by typing, not walked.
_LONG = 16
_REQUIRED = "Hãy nhập mục này."
_DAY = re.compile(r"(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4})")
_DIGITS = re.compile(r"(\d{2})(\d{2})(\d{4})")
_NO_YEAR = re.compile(r"\d{1,2}[/.\- ]\d{1,2}[/.\- ]?")
_SHORT_YEAR = re.compile(r"\d{1,2}[/.\- ]\d{1,2}[/.\- ]\d{1,3}")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")


class PlainField(forms.CharField):
    """One line of text; no control signs, single spaces."""

    def __init__(self, *, label: str, limit: int = 200, hint: str = "", kind: str = "text", **more: Any) -> None:
        attributes = {"class": "form-control", "autocomplete": "off"}
        if kind != "text":
            attributes["inputmode"] = kind
        super().__init__(
            label=label,
            max_length=limit,
            help_text=hint,
            widget=forms.TextInput(attributes),
            error_messages={"required": _REQUIRED, "max_length": f"Dài nhất {limit} ký tự."},
            **more,
        )

    def to_python(self, value: Any) -> str:
        return squeeze((value or "").replace("\0", ""))


class DayField(forms.Field):
    """A day typed as dd/mm/yyyy, ddmmyyyy, d.m.yyyy or yyyy-mm-dd."""

    def __init__(self, *, label: str, hint: str = "Ví dụ 07/10/2015.", **more: Any) -> None:
        attributes = {"class": "form-control", "inputmode": "numeric", "autocomplete": "off", "maxlength": "20"}
        super().__init__(
            label=label,
            help_text=hint,
            widget=forms.TextInput(attributes),
            error_messages={"required": "Hãy nhập ngày theo dạng 07/10/2015."},
            **more,
        )

    def prepare_value(self, value: Any) -> Any:
        return f"{value.day:02}/{value.month:02}/{value.year}" if isinstance(value, dt.date) else value

    def to_python(self, value: Any) -> dt.date | None:
        text = squeeze(value or "")
        if not text:
            return None
        found = _DAY.fullmatch(text) or _DIGITS.fullmatch(text)
        iso = _ISO.fullmatch(text)
        try:
            if found:
                return dt.date(int(found[3]), int(found[2]), int(found[1]))
            if iso:
                return dt.date(int(iso[1]), int(iso[2]), int(iso[3]))
        except ValueError:
            pass
        wrong = "không phải ngày có thật"
        if _NO_YEAR.fullmatch(text):
            wrong = "thiếu năm"
        elif _SHORT_YEAR.fullmatch(text):
            wrong = "ghi năm chưa đủ 4 chữ số"
        raise forms.ValidationError(f"“{text[:20]}” {wrong}. Hãy nhập theo dạng 07/10/2015.")


class YearField(forms.IntegerField):
    """A year of four digits."""

    def __init__(self, *, label: str, **more: Any) -> None:
        attributes = {"class": "form-control", "inputmode": "numeric", "autocomplete": "off", "maxlength": "4"}
        wrong = "Hãy nhập năm gồm 4 chữ số, ví dụ 1985."
        super().__init__(
            label=label,
            min_value=1000,
            max_value=9999,
            widget=forms.TextInput(attributes),
            error_messages={"invalid": wrong, "min_value": wrong, "max_value": wrong, "required": wrong},
            **more,
        )


class CodeField(forms.Field):
    """A value of a code list: chosen, or typed as its name (accents or not) or its code. The value is the code.

    Long lists are a text box with proposals, short ones a drop-down.
    """

    def __init__(
        self, *, label: str, list_name: str = "", choices: Iterable[tuple[str, str]] = (), empty: str = "– Chọn –",
        hint: str = "", **more: Any,
    ) -> None:  # fmt: skip
        self.list_name, self.given, self.empty = list_name, tuple(choices), empty
        self.list_id = ""
        self.brings_list = False
        self.proposals: list[tuple[str, str]] = []
        super().__init__(label=label, help_text=hint, error_messages={"required": "Hãy chọn một mục."}, **more)

    def known(self) -> dict[str, str]:
        """Values with their names, in the list's order."""
        return codes.labels(self.list_name)[self.list_name] if self.list_name else dict(self.given)

    def fit(self, name: str) -> None:
        """Give the field the widget that suits the list's length; called once the form is made."""
        known = self.known()
        if len(known) <= _LONG:
            self.widget = forms.Select({"class": "form-select"}, [("", self.empty), *known.items()])
        else:
            self.list_id = f"{self.list_name or name}-proposals"
            self.proposals = list(known.items())
            self.widget = forms.TextInput({"class": "form-control", "list": self.list_id, "autocomplete": "off"})
        self.widget.is_required = self.required

    def prepare_value(self, value: Any) -> Any:
        known = self.known()
        return known[value] if self.proposals and value in known else value

    def said(self, value: Any) -> str:
        """A stored value in words."""
        return str(self.known().get(str(value), value) or "(trống)")

    def to_python(self, value: Any) -> str:
        text = squeeze(value or "")
        known = self.known()
        if not text or text in known:
            return text
        wanted = fold(text)
        for code, label in known.items():
            if wanted in (fold(label), fold(f"{code} - {label}"), fold(f"{code} {label}")):
                return code
        raise forms.ValidationError(f"“{text[:60]}” không có trong danh mục. Hãy chọn một mục được gợi ý.")


class CommuneField(CodeField):
    """A commune by its name with the district, as in the list of before 1/7/2025. The value is the commune's code."""

    def __init__(self, *, label: str, **more: Any) -> None:
        super().__init__(label=label, list_name="commune", hint="Gõ vài chữ của tên xã, phường rồi chọn.", **more)

    def known(self) -> dict[str, str]:
        return _communes()


def _communes() -> dict[str, str]:
    districts = {row.code: row.name_vi for row in District.objects.all()}
    rows = Commune.objects.order_by("name_vi", "code")
    return {row.code: f"{row.name_vi}, {districts.get(row.district_code, '')}".rstrip(", ") for row in rows}


@dataclass(frozen=True, slots=True)
class BothChanged:
    """A field that was changed twice, in words; `typed` is what its box holds, `by` says who made the other change and
    when."""

    name: str
    label: str
    base: str
    theirs: str
    mine: str
    typed: str = ""
    by: str = ""


def said_by(author: Author | None, account_id: int | None) -> str:
    """Who made a change and when, as the page of that account says it; empty where the history does not tell."""
    if author is None:
        return ""
    if author.account_id is not None and author.account_id == account_id:
        return f"chính bạn (ở trang khác), {logged_at(author.at)}"
    name = Account.objects.filter(pk=author.account_id).values_list("full_name", flat=True).first()
    return f"{name or author.who}, {logged_at(author.at)}"


class RecordForm(forms.Form):
    """A form over one row. `groups`: heading and field names, in the order of the page.

    `row` is the record that is changed, None for a new one; the version it had when the page was made travels along.
    `folded` names the groups that stay shut until somebody opens them or one of their fields is wrong. `needed`: fields
    that are required in some cases only, with the words that say when.
    """

    groups: tuple[tuple[str, tuple[str, ...]], ...] = ()
    folded: tuple[str, ...] = ()
    needed: Mapping[str, str] = {}
    use_required_attribute = False  # all faults at once, in our words

    def __init__(self, request: HttpRequest, *, row: Model | None = None, **more: Any) -> None:
        data = request.POST if request.method == "POST" else None
        if row is not None and "initial" not in more:
            more["initial"] = {
                name: value_of(row, name) for name in self.base_fields if name.startswith(EXTRA) or hasattr(row, name)
            }
        super().__init__(data, request.FILES if request.method == "POST" else None, **more)
        self.row = row
        self.account_id = request.user.pk
        self.overlaps: list[BothChanged] = []
        self.warnings: tuple[str, ...] = ()
        sent = request.POST.get(VERSION, "")
        self.version = int(sent) if sent.isdecimal() and len(sent) < 19 else (version_of(row) if row else 0)
        listed = set()
        self._excuse_missing()
        for name, field in self.fields.items():
            if isinstance(field, CodeField):
                field.fit(name)
                field.brings_list = bool(field.proposals) and field.list_id not in listed  # once on the page
                listed.add(field.list_id)
            described = [f"id_{name}-hint"] if field.help_text else []
            described += [f"id_{name}-error"] if data is not None else []
            if described:
                field.widget.attrs["aria-describedby"] = " ".join(described)

    def _excuse_missing(self) -> None:
        """A required field that the record has lacked all along, and that is left empty, keeps nobody from mending
        another: the record's rules ask again for what is written."""
        self.missing: set[str] = set()
        if self.row is None:
            return
        base = as_seen(self.row, self.version) if self.is_bound else self.row
        for name, field in self.fields.items():
            if field.required and hasattr(base, name) and value_of(base, name) in (None, ""):
                field.required = False
                self.missing.add(name)

    def clean(self) -> dict[str, Any]:
        """Where both changed a field: a value typed since counts, else the one chosen; no choice, no saving."""
        asked = self.data.getlist(ASKED) if self.is_bound and hasattr(self.data, "getlist") else []
        for name in [name for name in asked if name in self.fields]:
            if self.data.get(name, "") != self.data.get(f"{TYPED}{name}", ""):
                continue
            choice = self.data.get(f"{CHOICE}{name}")
            if choice == "theirs":
                self.errors.pop(name, None)
                self._show(name, self.standing(name))
                self.cleaned_data[name] = self.standing(name)
            elif choice != "mine":
                said = self._said(name, self.standing(name))
                mine = self._said(name, self.cleaned_data.get(name, self.data.get(name, "")))
                opened = self.data.get(f"{OPENED}{name}", "")
                by = self.data.get(f"{WHO}{name}", "")
                self.overlaps.append(self._both(name, str(self.fields[name].label), opened, said, mine, by))
                self.add_error(name, _UNDECIDED)
        return self.cleaned_data

    def as_shown(self, name: str, value: Any) -> Any:
        """A stored value as the form's field has it; for forms whose fields are not the columns themselves."""
        return str(value) if name.endswith("_id") and value is not None else value

    def standing(self, name: str) -> Any:
        """The value that a field's record holds now, as the form's field has it."""
        assert self.row is not None
        return self.as_shown(name, value_of(self.row, name))

    @property
    def shut(self) -> list[str]:
        """Groups that the page shows folded: none of their fields is wrong."""
        wrong = set(self.errors) if self.is_bound else set()
        return [title for title, names in self.groups if title in self.folded and not wrong & set(names)]

    @property
    def laid_out(self) -> list[tuple[str, list[forms.BoundField]]]:
        """Groups with their fields, for the page."""
        shown = {field.name: field for field in self.visible_fields()}
        return [(title, [shown[name] for name in names if name in shown]) for title, names in self.groups]

    def refuse(self, fields: dict[str, list[str]]) -> None:
        """Show an action's faults beside their fields, those of no field on top."""
        for name, texts in fields.items():
            for text in texts:
                self.add_error(name if name in self.fields else None, text)

    def side_by_side(self, refused: EditedMeanwhile) -> None:
        """Show both values of what two people changed; saving again with a choice made writes it.

        The page goes on from the record as it stands now: fields that this person left alone show the colleague's
        values, or saving again would take them for changes.
        """
        if refused.version is not None:
            self.version = refused.version
        for name, value in refused.theirs.items():
            if name in self.fields:
                self._show(name, self.as_shown(name, value))
        self.overlaps = [self._overlap(one) for one in refused.overlaps]

    def _overlap(self, one: Overlap) -> BothChanged:
        base, theirs, mine = (
            self._said(one.name, self.as_shown(one.name, value)) for value in (one.base, one.theirs, one.mine)
        )
        return self._both(one.name, one.label, base, theirs, mine, said_by(one.by, self.account_id))

    def _both(self, name: str, label: str, base: str, theirs: str, mine: str, by: str) -> BothChanged:
        return BothChanged(name, label, base, theirs, mine, self.data.get(name, ""), by)

    def _show(self, name: str, value: Any) -> None:
        """Put a value into a field of the form that was sent."""
        sent: QueryDict = self.data.copy()
        if isinstance(value, bool):
            if value:
                sent[name] = "on"
            else:
                sent.pop(name, None)
        else:
            shown = self.fields[name].prepare_value(value)
            sent[name] = "" if shown is None else str(shown)
        self.data = sent

    def _said(self, name: str, value: Any) -> str:
        field = self.fields.get(name)
        if isinstance(value, bool):
            return "Có" if value else "Không"
        if isinstance(field, CodeField):
            return field.said(value)
        if isinstance(value, dt.date):
            return f"{value:%d/%m/%Y}"
        return str(value) if value not in (None, "") else "(trống)"


class _OnlyTried(Exception):
    """Rolls back an action that was run for its faults alone."""


def saved[T](form: RecordForm, act: Callable[[dict[str, Any]], T]) -> T | None:
    """Run an action with what the form holds; None where it was refused, and the form says why.

    A form with faults of its own is tried as well and rolled back, so that the action's faults are said in the same go.
    """
    if not form.is_bound:
        return None
    is_whole = form.is_valid()
    empty = {name: "" if isinstance(field, PlainField | CodeField) else None for name, field in form.fields.items()}
    try:
        with transaction.atomic():
            if is_whole:
                return act(empty | form.cleaned_data)
            with trying():
                act(empty | form.cleaned_data)
            raise _OnlyTried
    except _OnlyTried:
        pass
    except InvalidRecord as refused:
        form.refuse({name: texts for name, texts in refused.fields.items() if name not in form.errors})
    except EditedMeanwhile as refused:
        if is_whole:
            form.side_by_side(refused)
    return None
