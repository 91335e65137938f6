"""Where the columns of a noun stand on a sheet: titles above the header, names of every kind, a second header row."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise

from csdl.intake.errors import IntakeError
from csdl.intake.problems import Problem, ProblemKind
from csdl.intake.sheets.columns import Column, Need, header_key
from csdl.intake.sheets.specs import SheetSpec
from csdl.lib.vietnamese import squeeze
from csdl.lib.xlsx import Cell, Row, Sheet, cell_text, column_letters, column_place

__all__ = [
    "HeaderMatch",
    "NeedsMapping",
    "best_match",
    "is_below_header",
    "known_headers",
    "match_headers",
    "missing_columns",
    "no_header",
    "no_merged",
    "no_unsolved",
    "unheaded_columns",
    "unread_columns",
]

HEADER_WITHIN = 30  # rows that titles and notes may take above the header
HEADER_LEAST = 3  # texts that make a row look like a header
_WIDEST = 200  # columns that are looked through for content without a header


@dataclass(frozen=True)
class HeaderMatch:
    """A sheet and its header row. `places` column name -> index of the file's column; `parts` those of the columns
    that together say one; `headers` column name -> header as the file has it; `unknown` headers nobody knows, each with
    its index; `in_order` all of them as they stand from left to right; `texts` every header, of whatever kind, by its
    index; `merged` first place -> last of those that stand over several columns and name no part of them."""

    sheet: Sheet
    spec: SheetSpec
    header_row: int
    places: Mapping[str, int]
    headers: Mapping[str, str]
    unknown: Mapping[int, str]
    missing: tuple[Column, ...]
    parts: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    texts: Mapping[int, str] = field(default_factory=dict)
    merged: Mapping[int, int] = field(default_factory=dict)

    @property
    def in_order(self) -> tuple[str, ...]:
        placed = {name: self.places.get(name, min(self.parts.get(name, (0,)))) for name in self.headers}
        found = [(placed[name], header) for name, header in self.headers.items()] + list(self.unknown.items())
        return tuple(header for _, header in sorted(found))

    @property
    def found(self) -> int:
        return len(self.places) + len(self.parts.keys() - self.places.keys())

    @property
    def used(self) -> set[int]:
        return {*self.places.values(), *(place for places in self.parts.values() for place in places)}


class NeedsMapping(IntakeError):
    """INT-09: the file has headers, but which of them is a needed column has to be said by a person."""

    code = "INT-09"

    def __init__(self, matches: Mapping[str, HeaderMatch]) -> None:
        self.matches = matches
        said = "; ".join(
            f"trang tính “{match.sheet.name}” thiếu cột {', '.join(column.label for column in match.missing)}"
            for match in matches.values()
        )
        super().__init__(f"Chưa nhận ra đủ cột: {said}. Hãy chỉ ra cột tương ứng trong tệp.")


def match_headers(sheet: Sheet, spec: SheetSpec, mapping: Mapping[str, str] | None = None) -> HeaderMatch:
    """The row of the first thirty that knows most columns of the noun, and where each stands.

    Shapes:  `mapping` column name -> header, as a person tied them; it goes before what the names say. An empty header:
             the file does not have the column, whatever its names say.
    """
    best: HeaderMatch | None = None
    lookalike: HeaderMatch | None = None
    rows = list(sheet.first_rows(HEADER_WITHIN))
    known = known_headers(spec)
    ends = {row.number: sheet.merged_ends(row.number) for row in rows}
    single = [(row, ends[row.number]) for row in rows]
    both = [
        (joined, ends[upper.number] | ends[lower.number])
        for upper, lower in pairwise(rows)
        if (joined := _joined(upper, lower, known, ends[upper.number]))
    ]
    for row, merged in [*single, *both]:
        match = _match(sheet, spec, row, mapping or {}, merged)
        # Of two rows that know as many the first is the header, the other repeats it for machines.
        if match.found and (best is None or match.found > best.found):
            best = match
        if (
            lookalike is None
            and sum(isinstance(cell, str) and bool(cell.strip()) for cell in row.cells) >= HEADER_LEAST
        ):
            lookalike = match
    if best is not None and (best.found >= min(HEADER_LEAST, len(_needed(spec))) or lookalike is None):
        return best
    return lookalike or best or HeaderMatch(sheet, spec, 0, {}, {}, {}, _needed(spec))


def _joined(upper: Row, lower: Row, known: "Known", ends: Mapping[int, int]) -> Row | None:
    """A header of two levels as one row: "Cha" over "Họ tên | SĐT" is "Họ tên Cha | SĐT Cha", "Mẹ" over "Họ tên mẹ |
    Điện thoại mẹ" these two. None where fewer than two texts of the lower row mean something below one of the upper:
    then it is data, or a row of its own.

    A merged text of the upper row stands over its own columns and no further; one that was centred without merging
    goes on to the next.
    """
    if lower.number != upper.number + 1:
        return None
    group, last, spans, told = "", None, False, 0
    cells: list[Cell] = []
    for place in range(max(len(upper.cells), len(lower.cells))):
        over, text = (squeeze(cell) if isinstance(cell := row.at(place), str) else "" for row in (upper, lower))
        if over or (last is not None and place > last):
            group, last = over, ends.get(place)
        spans = spans or bool(text and group and not over)
        if not text:
            cells.append(over or None)
            continue
        means = [one for one in (f"{text} {group}", f"{group} {text}", text) if header_key(one) in known.folded]
        told += bool(group and means)
        if header_key(over) in known.folded:
            means.append(over)
        cells.append(means[0] if means else f"{text} {group}".strip())
    return Row(lower.number, tuple(cells)) if spans and told > 1 else None


def _needed(spec: SheetSpec) -> tuple[Column, ...]:
    return tuple(column for column in spec.columns if column.need is Need.NEEDED)


def _match(sheet: Sheet, spec: SheetSpec, row: Row, mapping: Mapping[str, str], ends: Mapping[int, int]) -> HeaderMatch:
    known = known_headers(spec)
    texts = {place: text for place, cell in enumerate(row.cells) if isinstance(cell, str) and (text := squeeze(cell))}
    places: dict[str, int] = {}
    taken: set[int] = set()
    keys = {header_key(text) for text in texts.values()}
    barred = {name for name, header in mapping.items() if not header}
    for name, header in mapping.items():
        place = next((place for place, text in texts.items() if text == squeeze(header)), None)
        if place is None and (bare := _BARE.fullmatch(squeeze(header))):
            place = column_place(bare[1])
            texts.setdefault(place, squeeze(header))
        if place is not None:
            places[name] = place
            taken.add(place)
    found_parts: dict[str, dict[int, int]] = {}
    for place, text in texts.items():
        if place in taken:
            continue
        meaning = known.meaning(text, keys)
        if meaning is None:
            continue
        name, part = meaning
        if name in barred:
            continue
        if part is None and name not in places:
            places[name] = place
            taken.add(place)
        elif part is not None and part not in found_parts.setdefault(name, {}):
            found_parts[name][part] = place
    merged = {
        place: last
        for place, last in ends.items()
        if place in texts and last > place and not any(one in texts for one in range(place + 1, last + 1))
    }
    parts = _whole_parts(spec, places, found_parts) | _merged_parts(spec, places, merged)
    for name in parts.keys() & places.keys():
        if not _beside(spec, name):
            del places[name]
    taken |= {place for places_of in parts.values() for place in places_of}
    return HeaderMatch(
        sheet=sheet,
        spec=spec,
        header_row=row.number,
        places=places,
        headers={name: texts[place] for name, place in places.items()}
        | {
            name: " + ".join(texts[place] for place in parts[name] if place in texts)
            for name in parts.keys() - places.keys()
        },
        unknown={place: text for place, text in texts.items() if place not in taken and header_key(text) not in _NOISE},
        missing=tuple(column for column in _needed(spec) if column.name not in places and column.name not in parts),
        parts=parts,
        texts=texts,
        merged=merged,
    )


_BARE = re.compile(r"Cột ([A-Z]{1,3}) \(không có tiêu đề\)")
_NOISE = {"stt", "tt", "sothutu", "ghichu", ""}


def _whole_parts(
    spec: SheetSpec, places: Mapping[str, int], found: Mapping[str, Mapping[int, int]]
) -> dict[str, tuple[int, ...]]:
    """Parts count where all of them are there; a column that stands whole needs no parts, one with helpers its own."""
    whole: dict[str, tuple[int, ...]] = {}
    for name, by_part in found.items():
        parts = spec.column(name).parts
        if parts is None:
            continue
        if parts.beside and name in places:
            whole[name] = (places[name], *by_part.values())
        elif parts.ticks and name not in places and 0 in by_part:
            whole[name] = tuple(by_part[part] for part in sorted(by_part))
        elif not parts.beside and name not in places and len(by_part) == len(parts.headers):
            whole[name] = tuple(by_part[part] for part in range(len(parts.headers)))
    return whole


def _beside(spec: SheetSpec, name: str) -> bool:
    parts = spec.column(name).parts
    return parts is not None and parts.beside


def _merged_parts(spec: SheetSpec, places: Mapping[str, int], merged: Mapping[int, int]) -> dict[str, tuple[int, ...]]:
    """Columns whose one header is merged over several: "Họ và tên" over the family name and the given name."""
    found: dict[str, tuple[int, ...]] = {}
    for name, place in places.items():
        under = range(place, merged.get(place, place) + 1)
        parts = spec.column(name).parts
        if parts is not None and len(under) in parts.merged:
            found[name] = tuple(under)
    return found


@dataclass(frozen=True)
class Known:
    """What a noun's headers mean: text as written, and letters only -> column and part of it (None: the whole). `leads`
    a column of ticks that means nothing by itself -> the headers beside which it does."""

    exact: Mapping[str, tuple[str, int | None]]
    folded: Mapping[str, tuple[str, int | None]]
    leads: Mapping[tuple[str, int | None], frozenset[str]]

    def meaning(self, text: str, beside: Collection[str]) -> tuple[str, int | None] | None:
        """The column and part of a header, `beside` the keys of all headers of the row: "Nam" without "Nữ" is a year
        written without accents."""
        exact = self.exact.get(text.lower())
        if exact is not None and self.leads.get(exact, frozenset(beside)).isdisjoint(beside):
            exact = None
        return exact or self.folded.get(header_key(text)) or _without_remark(self, text)


@cache
def known_headers(spec: SheetSpec) -> Known:
    """Every header of a noun. 'MaHocSinh' is the ministry's code and 'Mã học sinh' the school's: exact goes first."""
    exact: dict[str, tuple[str, int | None]] = {}
    folded: dict[str, tuple[str, int | None]] = {}
    for column in spec.columns:
        for header in column.headers:
            exact.setdefault(squeeze(header).lower(), (column.name, None))
            folded.setdefault(header_key(header), (column.name, None))
    for column in spec.columns:
        for part, headers in enumerate(column.parts.headers if column.parts else ()):
            for header in headers:
                exact.setdefault(squeeze(header).lower(), (column.name, part))
                folded.setdefault(header_key(header), (column.name, part))
    leads: dict[tuple[str, int | None], frozenset[str]] = {
        (column.name, part): frozenset(header_key(header) for header in column.parts.headers[0])
        for column in spec.columns
        if column.parts and column.parts.ticks
        for part in range(1, len(column.parts.headers))
    }
    return Known(exact, folded, leads)


def _without_remark(known: Known, text: str) -> tuple[str, int | None] | None:
    """'Ngày sinh (dd/mm/yyyy)' and 'Họ và tên: (bắt buộc)' without what stands behind."""
    bare = text.split("(")[0].split("\n")[0].split(":")[0]
    return known.folded.get(header_key(bare)) if bare != text else None


def best_match(
    sheets: Sequence[Sheet], spec: SheetSpec, mapping: Mapping[str, str] | None = None
) -> HeaderMatch | None:
    """The sheet that holds the noun: the one of its name, else the one whose header knows most; hidden ones last."""
    matches = [match_headers(sheet, spec, mapping) for sheet in sheets]
    usable = [match for match in matches if match.header_row]

    def rank(match: HeaderMatch) -> tuple[bool, bool, bool, int]:
        named = header_key(match.sheet.name) == header_key(spec.title)
        return not match.missing, named, not match.sheet.is_hidden, match.found

    return max(usable, key=rank, default=None)


def is_below_header(row: Row, match: HeaderMatch, *, first: bool) -> bool:
    """Whether a row is data; under the header machines' names and column numbers '(1) (2) (3)' may follow."""
    if row.number <= match.header_row:
        return False
    if not first:
        return True
    said = [text for cell in row.cells if (text := cell_text(cell))]
    numbered = [text.strip("()[]") for text in said]
    if len(said) >= HEADER_LEAST and all(text.isdigit() and len(text) <= 2 for text in numbered):
        return numbered[:2] != ["1", "2"] and numbered[1:3] != ["2", "3"]
    known = known_headers(match.spec)
    machine = sum(header_key(text) in known.folded for text in said)
    return machine < 2 or machine * 2 < len(said)


def unread_columns(match: HeaderMatch, *, may_tie: bool = True) -> list[Problem]:
    """Columns of the file that mean nothing here, each named once: who filled them in learns that, and how to tie them
    where a person may."""
    tie = "chọn mục cho cột ở trang xem trước, hoặc " if may_tie else ""
    return [
        Problem(
            match.sheet.name,
            match.header_row,
            "",
            text,
            ProblemKind.COLUMN_UNREAD,
            f"Cột {column_letters(place)} “{text[:60]}” không ứng với mục nào của {match.spec.title.lower()} nên không "
            f"được đọc. Nếu cần cột này, hãy {tie}đổi tiêu đề như trong tệp mẫu.",
        )
        for place, text in sorted(match.unknown.items())
    ]


def unheaded_columns(match: HeaderMatch, rows: Sequence[Row]) -> list[Problem]:
    """Columns that are filled in without a header of their own, each named once with the row where that begins."""
    width = min(max((len(row.cells) for row in rows), default=0), _WIDEST)
    used = match.used
    found: list[Problem] = []
    for place in range(width):
        if place in match.texts or place in used:
            continue
        filled = [(row.number, text) for row in rows if (text := cell_text(row.at(place)))]
        # Numbers left of the table count its rows.
        if not filled or (place < min(used) and all(text.rstrip(".").isdigit() for _, text in filled)):
            continue
        letters, number = column_letters(place), filled[0][0]
        over = next((first for first, last in match.merged.items() if first < place <= last), None)
        if over is not None:
            header = match.texts[over][:60]
            message = (
                f"Cột {letters} nằm dưới tiêu đề gộp “{header}” mà có nội dung riêng (từ dòng {number}) nên không được "
                "đọc. Hãy bỏ gộp rồi ghi tiêu đề cho từng cột."
            )
        elif place - 1 == match.places.get("full_name"):
            message = (
                f"Cột {letters} đứng sau cột họ và tên, không có tiêu đề mà có nội dung (từ dòng {number}) nên không "
                "được đọc. Nếu đó là tên, hãy ghi tiêu đề “Họ và đệm”, “Tên” cho hai cột rồi tải lên lại."
            )
        else:
            message = (
                f"Cột {letters} không có tiêu đề mà có nội dung (từ dòng {number}) nên không được đọc. Nếu cần cột "
                "này, hãy ghi tiêu đề như trong tệp mẫu."
            )
        bare = f"Cột {letters} (không có tiêu đề)"
        found.append(Problem(match.sheet.name, match.header_row, "", bare, ProblemKind.COLUMN_UNREAD, message))
    return found


def no_header(names: Iterable[str]) -> IntakeError:
    """INT-05: no sheet looks like the noun."""
    return IntakeError(
        f"Không tìm thấy trang tính nào có dòng tiêu đề {', '.join(names)} trong {HEADER_WITHIN} dòng đầu. "
        "Hãy dùng tệp mẫu hoặc thêm dòng tiêu đề.",
        code="INT-05",
    )


def missing_columns(sheet: str, missing: Iterable[str]) -> IntakeError:
    """INT-06: needed columns are not there."""
    return IntakeError(
        f"Trang tính “{sheet}” thiếu cột bắt buộc: {', '.join(missing)}. Hãy bổ sung cột.", code="INT-06"
    )


def no_merged(sheet: Sheet, header_row: int, last_row: int, used: Iterable[int]) -> None:
    """Refuse merged cells inside the data (INT-07); titles above and signatures below may be merged."""
    if merged := sheet.merged_between(header_row, last_row, set(used)):
        raise IntakeError(
            f"Trang tính “{sheet.name}” có ô gộp {merged} trong vùng dữ liệu. Hãy bỏ gộp ô rồi nhập lại.", code="INT-07"
        )


def no_unsolved(sheet: Sheet, header_row: int, used: Iterable[int]) -> None:
    """Refuse a formula whose result the file does not hold (INT-08): its value cannot be known."""
    if cell := sheet.unsolved_formula(header_row, set(used)):
        raise IntakeError(
            f"Ô {cell} của trang tính “{sheet.name}” là công thức chưa có kết quả. Hãy mở tệp bằng Excel, lưu lại rồi "
            "nhập.",
            code="INT-08",
        )
