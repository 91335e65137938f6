"""Tying the headers of a file to the columns that are needed: what is proposed, what stands below each header."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import islice
from typing import Any

from csdl.intake.enums import RunState
from csdl.intake.models import ImportRun
from csdl.intake.sheets.columns import Column, Need, header_key
from csdl.intake.sheets.nouns import SPECS
from csdl.lib.vietnamese import fold
from csdl.lib.xlsx import Row, UnreadableWorkbook, cell_text, open_sheets
from csdl.portals.components.import_rows import hidden_digits

__all__ = [
    "Answer",
    "ColumnChoice",
    "SheetChoice",
    "asked_columns",
    "likeness",
    "proposals",
    "read_choices",
    "sheet_choices",
    "to_tie",
]

_ALIKE = 0.62
# Headers of one word ("HoTenHS") are compared by letters, words by words: "cháu" is no misspelt "cha".
_WORD_ALIKE = 0.8
_WORD_LEAST = 4
# All words of the one stand in the other: "Ngày sinh của em" and "Ngày sinh".
_PART = 0.8
_WORDS = re.compile(r"\w+")
_SAMPLES = 3
_SAMPLE_LENGTH = 40


@dataclass(frozen=True)
class ColumnChoice:
    """One column and the header chosen for it. `field` names its select in the form; `found` is the header that needs
    no tying."""

    column: Column
    field: str
    found: str
    is_needed: bool
    chosen: str
    is_proposed: bool
    sample: str
    error: str = ""


@dataclass(frozen=True)
class SheetChoice:
    """One sheet whose headers are not known. `samples` is header -> values of the first rows below it."""

    noun: str
    title: str
    sheet: str
    headers: tuple[str, ...]
    samples: Mapping[str, tuple[str, ...]]
    needed: tuple[ColumnChoice, ...]
    others: tuple[ColumnChoice, ...]

    @property
    def columns(self) -> tuple[ColumnChoice, ...]:
        return (*self.needed, *self.others)

    @property
    def sample_rows(self) -> list[list[str]]:
        """The first rows below the headers, as a table shows them."""
        rows = [[self._value(header, place) for header in self.headers] for place in range(_SAMPLES)]
        return [row for row in rows if any(row)]

    @property
    def unread(self) -> list[str]:
        """Headers that are no column yet."""
        found = {one.found for one in self.columns}
        return [header for header in self.headers if header not in found]

    @property
    def is_known(self) -> bool:
        """Whether every column that is needed was found: what is left to tie are the others."""
        return all(one.found for one in self.needed)

    def answered(self, chosen: Mapping[str, str], faults: Mapping[str, str]) -> "SheetChoice":
        """The same sheet with what was chosen and what is wrong with it."""

        def told(column: ColumnChoice) -> ColumnChoice:
            header = chosen.get(column.column.name, "")
            error = faults.get(column.column.name, "")
            return replace(column, chosen=header, error=error, sample=self._first(header), is_proposed=False)

        return replace(self, needed=tuple(map(told, self.needed)), others=tuple(map(told, self.others)))

    def _first(self, header: str) -> str:
        return ", ".join(value for value in self.samples.get(header, ()) if value)

    def _value(self, header: str, place: int) -> str:
        values = self.samples.get(header, ())
        return values[place] if place < len(values) else ""


def asked_columns(run: ImportRun) -> dict[str, Any]:
    """Noun -> what there is to say of its sheet's columns: those that are needed, or, of a plan, those that were not
    read. Empty where nothing is left to say."""
    if run.state == RunState.PLANNED:
        return run.options.get("columns") or {}
    return run.options.get("mapping_needed") or {} if run.state == RunState.UPLOADED else {}


def sheet_choices(run: ImportRun) -> list[SheetChoice]:
    """The sheets of a run whose columns may be tied, likely headers chosen already."""
    needed = asked_columns(run)
    rows = _first_rows(run)
    return [_sheet_choice(noun, asked, rows.get(asked["sheet"], [])) for noun, asked in needed.items()]


@dataclass(frozen=True)
class Answer:
    """What was chosen and what is wrong with it, both noun -> column name -> text; `freed` says in sentences which
    columns gave their header up to a newer choice."""

    mapping: dict[str, dict[str, str]]
    faults: dict[str, dict[str, str]]
    freed: list[str]


def read_choices(posted: Mapping[str, Any], sheets: Iterable[SheetChoice]) -> Answer:
    """What a form brought; all faults at once. A header chosen twice goes to the newer choice: the one that differs
    from what the page showed (its field with "truoc:" in front), of several the last on the page."""
    answer = Answer({}, {}, [])
    for sheet in sheets:
        chosen = {one.field: header for one in sheet.columns if (header := posted.get(one.field, "")) in sheet.headers}
        newest: dict[str, ColumnChoice] = {}
        for choice in sorted(sheet.columns, key=lambda one: _is_newer(one, posted)):
            if choice.field in chosen:
                newest[chosen[choice.field]] = choice
        wrong: dict[str, str] = {}
        for choice in sheet.columns:
            header, label = chosen.get(choice.field, ""), choice.column.label
            lost = f"Cột “{header}” nay là “{newest[header].column.label}”" if header else ""
            if header and newest[header] is not choice:
                del chosen[choice.field]
                if not choice.is_needed:
                    answer.freed.append(f"{lost}, mục “{label}” để trống.")
            if choice.is_needed and choice.field not in chosen:
                wrong[choice.column.name] = (
                    f"{lost}. Hãy chọn cột khác cho “{label}”."
                    if header
                    else f"Hãy chọn cột của tệp ứng với “{label}”."
                )
        answer.mapping[sheet.noun] = {
            one.column.name: chosen[one.field] for one in sheet.columns if one.field in chosen
        }
        answer.faults[sheet.noun] = wrong
    return answer


def _is_newer(choice: ColumnChoice, posted: Mapping[str, Any]) -> bool:
    return bool(posted.get(choice.field, "") != posted.get(f"truoc:{choice.field}", choice.chosen))


def to_tie(mapping: Mapping[str, Mapping[str, str]], sheets: Iterable[SheetChoice]) -> dict[str, dict[str, str]]:
    """What was chosen without the headers that are known by themselves; a known one that was given up is empty."""
    return {
        sheet.noun: {
            one.column.name: mapping[sheet.noun].get(one.column.name, "")
            for one in sheet.columns
            if mapping[sheet.noun].get(one.column.name, "") != one.found
        }
        for sheet in sheets
    }


def likeness(column: Column, header: str) -> float:
    """How much a header looks like a column's name, label or one of its other names: 0 to 1."""
    return max(_alike(fold(header), fold(name)) for name in column.headers)


def _alike(said: str, name: str) -> float:
    ours, theirs = _WORDS.findall(said), _WORDS.findall(name)
    if not ours or not theirs:
        return 0.0
    if len(theirs) == 1 < len(ours) and theirs[0] in ours:
        return _PART
    if len(ours) == 1 or len(theirs) == 1:
        letters = SequenceMatcher(None, "".join(ours), "".join(theirs)).ratio()
        return letters if letters >= _WORD_ALIKE else 0.0
    common = sum(any(_one_word(word, other) for other in theirs) for word in ours)
    if common in (len(ours), len(theirs)):
        return max(_PART, common / max(len(ours), len(theirs)))
    return 2 * common / (len(ours) + len(theirs))


def _one_word(word: str, other: str) -> bool:
    """The same word, or a long one misspelt."""
    if word == other or min(len(word), len(other)) < _WORD_LEAST:
        return word == other
    return SequenceMatcher(None, word, other).ratio() >= _WORD_ALIKE


def proposals(columns: Iterable[Column], headers: Iterable[str]) -> dict[str, str]:
    """Column name -> the header most like it; each header for one column, the surest pairs first."""
    pairs = sorted(
        ((likeness(column, header), column.name, header) for column in columns for header in headers),
        key=lambda pair: (-pair[0], pair[1], pair[2]),
    )
    found: dict[str, str] = {}
    for score, name, header in pairs:
        if score >= _ALIKE and name not in found and header not in found.values():
            found[name] = header
    return found


def _sheet_choice(noun: str, asked: Mapping[str, Any], rows: list[Row]) -> SheetChoice:
    spec = SPECS[noun]
    headers = tuple(dict.fromkeys(header for header in asked["headers"] if header))
    samples = _samples(headers, rows)
    found: dict[str, str] = asked.get("found", {})
    free = [header for header in headers if header not in found.values()]
    open_columns = [one for one in spec.columns if one.name not in found and not one.is_hidden]
    proposed = proposals(open_columns, free)

    def choice(column: Column) -> ColumnChoice:
        header = found.get(column.name) or proposed.get(column.name, "")
        return ColumnChoice(
            column=column,
            field=f"{noun}:{column.name}",
            found=found.get(column.name, ""),
            is_needed=column.need == Need.NEEDED,
            chosen=header,
            is_proposed=column.name in proposed,
            sample=", ".join(value for value in samples.get(header, ()) if value),
        )

    choices = [choice(one) for one in spec.columns if not one.is_hidden]
    return SheetChoice(
        noun=noun,
        title=spec.title,
        sheet=asked["sheet"],
        headers=headers,
        samples=samples,
        needed=tuple(one for one in choices if one.is_needed),
        others=tuple(one for one in choices if not one.is_needed),
    )


def _first_rows(run: ImportRun) -> dict[str, list[Row]]:
    """The top of each sheet of the run's file; a file that is gone has none."""
    if run.file is None:
        return {}
    try:
        return {sheet.name: list(islice(sheet.rows(), 40)) for sheet in open_sheets(bytes(run.file))}
    except UnreadableWorkbook:
        return {}


def _samples(headers: Iterable[str], rows: list[Row]) -> dict[str, tuple[str, ...]]:
    wanted = {header_key(header): header for header in headers}
    for number, row in enumerate(rows):
        places = {wanted[key]: at for at, cell in enumerate(row.cells) if (key := header_key(cell)) in wanted}
        if len(places) >= max(1, len(wanted) - 1):
            below = rows[number + 1 : number + 1 + _SAMPLES]
            return {header: tuple(_sample(one, at) for one in below) for header, at in places.items()}
    return {}


def _sample(row: Row, at: int) -> str:
    text = hidden_digits(cell_text(row.at(at)))
    return text if len(text) <= _SAMPLE_LENGTH else text[:_SAMPLE_LENGTH] + "…"
