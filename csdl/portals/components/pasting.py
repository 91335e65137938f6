"""A list of pupils as people paste it: one name a line, or columns from Excel or Word, with a header or without.

Says which column is probably what, takes the person's own word for it, and hands over one block with a header of our
labels. What the cells mean is read later, as in any file.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from csdl.codes import queries as codes
from csdl.intake.sheets.columns import Column, header_key
from csdl.intake.sheets.kinds import gender_ticks
from csdl.intake.sheets.nouns import SPECS
from csdl.lib.vietnamese import fold, squeeze

__all__ = ["Pasted", "PastedColumn", "read_pasted"]

NOUN = "pupils"
LIMIT_ROWS = 500
_LIMIT_SIGNS = 200_000
_FAMILY, _GIVEN, _GIRLS = "ho-va-ten-dem", "ten", "nu"
_MORE = {_GIVEN: "Tên (riêng một cột)", _GIRLS: "Nữ (cột đánh dấu x)"}
_SAMPLES = 3
_MOST = 0.7

_NUMBERED = re.compile(r"^\d{1,3}[.)\-\s]\s*(?=\D)")
# What a list in Word puts before and behind a line.
_BULLET = re.compile(r"^(?:[-–—•●○▪■◦·*+✓➢]\s*)+(?=\S)")
_BULLET_NAME = re.compile(r"^(?:[-–—•●○▪■◦·*+✓➢]\s*)+(?=[^\W\d_])")
_LINE_END = re.compile(r"\s*[;,.]+$")
_COMMAS = re.compile(r"\s*[,;]\s*")
# In front of a name that has other columns beside it: "7 - 10 - 2012" is no numbered name.
_NUMBERED_NAME = re.compile(r"^\d{1,3}[.)\-\s]\s*(?=[^\W\d_])")
_DAY = re.compile(r"\d{1,2}[/.\- ]\d{1,2}[/.\- ]\d{4}|\d{4}-\d{1,2}-\d{1,2}")
_SIGNS: dict[str, re.Pattern[str]] = {
    "birth_date": _DAY,
    "phone": re.compile(r"(\+84|0)([ .]?\d){9}"),
    "moet_code": re.compile(r"[1-9]\d{9}"),
    "citizen_id_no": re.compile(r"\d{9}|\d{11,12}"),
    "gender_code": re.compile(r"nam|nu|trai|gai"),
}


@dataclass(frozen=True)
class PastedColumn:
    """One column of the block. `field` names its select; `chosen` is a column's name or empty: left out."""

    field: str
    header: str
    samples: tuple[str, ...]
    chosen: str

    @property
    def said(self) -> str:
        return self.header or f"Cột {int(self.field.removeprefix('cot-')) + 1}"


@dataclass(frozen=True)
class Pasted:
    """What was pasted. `is_ready`: nothing is left to ask; `block` is then what is read."""

    text: str
    columns: tuple[PastedColumn, ...]
    rows: tuple[tuple[str, ...], ...]
    faults: tuple[str, ...]
    is_ready: bool

    @property
    def options(self) -> list[tuple[str, str]]:
        """What a column may be."""
        labels = [(column.name, column.label) for column in _columns()]
        return [("", "– Bỏ qua cột này –"), *labels, (_FAMILY, "Họ và tên đệm"), *_MORE.items()]

    @property
    def block(self) -> str:
        """A header of labels, then the rows, in columns."""
        labels = {column.name: column.label for column in _columns()}
        places = {column.chosen: place for place, column in enumerate(self.columns) if column.chosen}
        names = [name for name in places if name in labels]
        split = _GIVEN in places
        ticked = _GIRLS in places
        header = [labels["full_name"]] * split + [labels["gender_code"]] * ticked + [labels[name] for name in names]
        lines = ["\t".join(header)]
        genders = gender_ticks([[row[places[_GIRLS]]] for row in self.rows]) if ticked else [None] * len(self.rows)
        for row, gender in zip(self.rows, genders, strict=True):
            name = squeeze(" ".join(row[places[part]] for part in (_FAMILY, _GIVEN) if part in places))
            said = [name] * split + [str(gender or "")] * ticked
            lines.append("\t".join([*said, *(row[places[one]] for one in names)]))
        return "\n".join(lines)


def read_pasted(posted: Mapping[str, Any]) -> Pasted:
    """What a form brought: the text, and the columns as chosen; before any choice, as guessed."""
    text = posted.get("danh-sach", "").replace("\0", "").replace("\r\n", "\n")
    if len(text) > _LIMIT_SIGNS:
        return Pasted(text[:_LIMIT_SIGNS], (), (), ("Danh sách dài quá. Hãy nhập bằng tệp Excel.",), is_ready=False)
    rows = _rows(text)
    header: tuple[str, ...] = ()
    if rows and _is_header(rows[0]):
        header, rows = rows[0], rows[1:]
    if not rows:
        return Pasted(text, (), (), ("Chưa có dòng nào. Hãy dán danh sách vào ô bên dưới.",), is_ready=False)
    if len(rows) > LIMIT_ROWS:
        fault = f"Danh sách có {len(rows)} dòng, quá {LIMIT_ROWS} dòng. Hãy nhập bằng tệp Excel."
        return Pasted(text, (), (), (fault,), is_ready=False)
    width = len(rows[0])
    asked = posted.get("viec") == "lap" and posted.get("so-cot") == str(width)
    known = {column.name for column in _columns()} | {_FAMILY, *_MORE}
    guessed = _guessed(header, rows)
    columns = []
    for place in range(width):
        chosen = posted.get(f"cot-{place}", "") if asked else guessed[place]
        columns.append(
            PastedColumn(
                field=f"cot-{place}",
                header=header[place] if header else "",
                samples=tuple(row[place] for row in rows[:_SAMPLES]),
                chosen=chosen if chosen in known else "",
            )
        )
    faults = _faults(columns)
    simple = width == 1 and not faults
    shown = faults if asked or posted.get("viec") == "lap" else []
    return Pasted(text, tuple(columns), tuple(rows), tuple(shown), is_ready=not faults and (asked or simple))


def _columns() -> list[Column]:
    return [column for column in SPECS[NOUN].columns if not column.is_hidden and column.name != "school_code"]


def _rows(text: str) -> list[tuple[str, ...]]:
    """Lines that hold something, equally wide; a number before a name is no part of it."""
    lines = [[squeeze(cell) for cell in line.split("\t")] for line in text.split("\n")]
    lines = [line for line in lines if any(line)]
    if all(len(line) == 1 for line in lines):
        lines = _split_at_commas([_LINE_END.sub("", _BULLET.sub("", line[0])) for line in lines])
    width = max((len(line) for line in lines), default=0)
    while width > 1 and not any(line[width - 1] for line in lines if len(line) >= width):
        width -= 1
    rows = [tuple((line + [""] * width)[:width]) for line in lines]
    if width == 1:
        return [(_NUMBERED.sub("", row[0]),) for row in rows]
    return [(_NUMBERED_NAME.sub("", _BULLET_NAME.sub("", row[0])), *row[1:]) for row in rows]


def _split_at_commas(lines: Sequence[str]) -> list[list[str]]:
    """Lines of a text as columns where commas part most of them: no name has one. What a line has more of, as an
    address has, stays together in the last column."""
    lines = [line for line in lines if line]
    parted = [count for line in lines if (count := len(_COMMAS.split(line))) > 1]
    if len(parted) < max(1, _MOST * len(lines)):
        return [[line] for line in lines]
    return [_COMMAS.split(line, min(parted) - 1) for line in lines]


def _is_header(row: Sequence[str]) -> bool:
    # "Nữ" heads a column of ticks, and stands below "Giới tính" as often.
    known = {key for key, name in _known_headers().items() if name != _GIRLS}
    return sum(header_key(cell) in known for cell in row if cell) >= max(1, len(row) // 3)


def _known_headers() -> dict[str, str]:
    """Header as it is compared -> column name."""
    found = {header_key(name): column.name for column in _columns() for name in column.headers}
    split = {
        header_key(name): part
        for column in _columns()
        if column.name == "full_name" and column.parts
        for part, names in zip((_FAMILY, _GIVEN), column.parts.headers, strict=True)
        for name in names
    }
    ticks = {
        header_key(name): _GIRLS
        for column in _columns()
        if column.parts and column.parts.ticks
        for name in column.parts.headers[0]
    }
    return found | split | ticks


def _guessed(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """The likely column of each place: by its header, else by what stands below; each column once."""
    known = _known_headers()
    names = {column.name for column in _columns()} | {_FAMILY, *_MORE}
    guesses: list[str] = []
    for place in range(len(rows[0])):
        values = [row[place] for row in rows if row[place]]
        said = known.get(header_key(header[place]), "") if header else ""
        guess = said or _by_values(values)
        if guess == "full_name" and not said and "full_name" in guesses:
            guess = ""
        if guess == _GIVEN and not said:
            # A lone word is a given name only behind a column of family names.
            behind = bool(guesses) and guesses[-1] == "full_name"
            guess = _GIVEN if behind else ""
            if behind:
                guesses[-1] = _FAMILY
        guesses.append(guess if guess in names and guess not in guesses else "")
    if _GIVEN in guesses and "full_name" in guesses:
        guesses[guesses.index("full_name")] = _FAMILY
    return guesses


def _by_values(values: Sequence[str]) -> str:
    if not values:
        return ""
    if [value.rstrip(".") for value in values] == [str(number) for number in range(1, len(values) + 1)]:
        return ""
    for name, sign in _SIGNS.items():
        if _mostly(values, lambda value, sign=sign: bool(sign.fullmatch(fold(value)))):
            return name
    groups = {fold(label) for label in codes.labels("ethnic_group")["ethnic_group"].values()}
    if _mostly(values, lambda value: fold(value) in groups):
        return "ethnic_code"
    if _mostly(values, lambda value: " " in value and not any(sign.isdigit() for sign in value)):
        return "full_name"
    if _mostly(values, lambda value: value.isalpha()):
        return _GIVEN
    return ""


def _mostly(values: Iterable[str], holds: Callable[[str], bool]) -> bool:
    found = [bool(holds(value)) for value in values]
    return sum(found) >= _MOST * len(found)


def _faults(columns: Sequence[PastedColumn]) -> list[str]:
    labels = {column.name: column.label for column in _columns()} | {_FAMILY: "Họ và tên đệm"} | _MORE
    chosen = [column.chosen for column in columns if column.chosen]
    faults = []
    if "full_name" not in chosen and _GIVEN not in chosen:
        faults.append("Chưa có cột họ và tên. Hãy chọn cột nào là họ và tên.")
    if "full_name" in chosen and (_GIVEN in chosen or _FAMILY in chosen):
        faults.append("Đã chọn cả cột họ và tên lẫn cột tên riêng. Hãy chỉ chọn một cách.")
    if _GIRLS in chosen and "gender_code" in chosen:
        faults.append("Đã chọn cả cột giới tính lẫn cột Nữ. Hãy chỉ chọn một cột.")
    if _FAMILY in chosen and _GIVEN not in chosen:
        faults.append("Đã chọn cột họ và tên đệm nhưng chưa chọn cột tên. Hãy chọn cột tên.")
    twice = [name for name in dict.fromkeys(chosen) if chosen.count(name) > 1]
    faults += [f"“{labels[name]}” được chọn cho nhiều cột. Hãy chỉ chọn một cột." for name in twice]
    return faults
