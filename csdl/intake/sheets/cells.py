"""The ways to read a cell: text, name, number, day, yes or no, value of a list; each says what a spreadsheet broke.

Every reader answers the value as it is stored (codes as text, days as ISO text), None where nothing is said, `Invalid`
where the cell is damaged or means nothing. Readers see one cell; what only a whole column shows (days and months
swapped, legacy fonts, signs to clean) is `sheets.damage`.
"""

import datetime as dt
import re
from collections.abc import Callable, Container, Iterable, Mapping
from functools import lru_cache
from typing import Any

from csdl.codes import queries as codes
from csdl.intake.problems import ProblemKind
from csdl.intake.sheets.columns import Converter, Invalid, header_key
from csdl.lib import clock
from csdl.lib.persons import clean_name, clean_phone
from csdl.lib.vietnamese import squeeze
from csdl.lib.workbook import plain_text
from csdl.lib.xlsx import Cell, cell_date, cell_text

__all__ = [
    "birth_year",
    "code_of",
    "code_text",
    "coded",
    "commune",
    "date",
    "day",
    "digits",
    "flag",
    "grade",
    "identity",
    "lone_year",
    "mark",
    "ministry_code",
    "name",
    "number",
    "option_of",
    "phone",
    "plain",
    "shown_day",
    "text",
    "yes_no",
]

_ERRORS = {"#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"}
_SCIENTIFIC = re.compile(r"\d+(?:[.,]\d+)?[eE]\+\d+|\d+[.,]\d+[eE]\d+")  # a class may be called 3E1
_POINT_ZERO = re.compile(r"(\d+)[.,]0+")
_RETYPE = "Hãy định dạng cột là Văn bản (Text) rồi gõ lại đủ chữ số."


def _odd(cell: Cell) -> Invalid | None:
    """A cell that no text, code or number can be: an error, a yes/no, a time."""
    if isinstance(cell, str):
        if cell[:1] == "#" and cell.strip() in _ERRORS:
            return Invalid(ProblemKind.CELL_BROKEN, "Ô là lỗi của công thức Excel. Hãy gõ giá trị thật vào ô.")
        return None
    if isinstance(cell, bool):
        return Invalid(ProblemKind.CELL_ODD, "Ô là giá trị đúng/sai (TRUE/FALSE). Hãy gõ lại nội dung.")
    if isinstance(cell, dt.time | dt.timedelta):
        return Invalid(ProblemKind.CELL_ODD, "Excel đã đổi nội dung thành giờ. Hãy định dạng ô là Văn bản rồi gõ lại.")
    return None


def _said(cell: Cell) -> str:
    """The text of a cell of codes or numbers: no apostrophe in front, no '.0' behind."""
    found = plain_text(cell_text(cell))
    if found[:1] in ("'", "’", "‘") and found[1:2].isdigit():
        found = found[1:]
    point = _POINT_ZERO.fullmatch(found)
    return point[1] if point else found


def plain(limit: int, *, letters: bool = False) -> Converter:
    """Free text up to a length; with `letters`, a lone number is not taken for an address."""

    def read(cell: Cell) -> str | Invalid | None:
        if type(cell) is str:
            found = squeeze(cell)
            if not found:
                return None
            if found[0] in "'#":
                if broken := _odd(found):
                    return broken
                found = plain_text(found)
        elif cell is None:
            return None
        elif odd := _odd(cell):
            return odd
        elif isinstance(cell, dt.date):
            return _date_for_text(cell)
        else:
            found = cell_text(cell)
        if letters and not found[0].isalpha() and not any(sign.isalpha() for sign in found):
            return Invalid(ProblemKind.TEXT_UNUSABLE, "Nội dung phải có chữ; ô được bỏ trống, giá trị cũ được giữ lại.")
        if len(found) > limit:
            return Invalid(ProblemKind.TEXT_UNUSABLE, f"Dài hơn {limit} ký tự; phần thừa bị cắt.", found[:limit])
        return found

    return read


def _date_for_text(cell: dt.date) -> Invalid:
    """A class called 6/1 that became the 6th of January: day and month are what was typed."""
    typed = f"{cell.day}/{cell.month}"
    message = f"Excel đã đổi nội dung thành ngày {cell_text(cell)}; dùng “{typed}”. Hãy định dạng ô là Văn bản."
    return Invalid(ProblemKind.CELL_ODD, message, typed)


def name(limit: int = 120) -> Converter:
    """A person's name: single spaces, capitals where all letters are of one case."""
    read_plain = plain(limit, letters=True)

    def read(cell: Cell) -> Any:
        found = read_plain(cell)
        if type(found) is str and (found.isupper() or found.islower()):
            return clean_name(found)
        return found

    return read


def _damaged_number(cell: Cell, shown: str, what: str) -> Invalid | None:
    if _SCIENTIFIC.fullmatch(shown) or (isinstance(cell, float) and abs(cell) >= 1e15):
        return Invalid(ProblemKind.NUMBER_SHORTENED, f"{what} bị Excel rút gọn nên không còn đủ chữ số. {_RETYPE}")
    # 3.13E+10 saved as CSV and opened again is 31300000000: digits that were never typed.
    if len(shown) >= 10 and shown.isdigit() and shown.endswith("000000") and not isinstance(cell, str):
        return Invalid(ProblemKind.NUMBER_SHORTENED, f"{what} có đuôi toàn số 0, có thể do Excel rút gọn. {_RETYPE}")
    return None


def _padded(found: str, width: int, what: str) -> Invalid:
    right = found.zfill(width)
    return Invalid(ProblemKind.ZERO_LOST, f"Excel đã bỏ số 0 ở đầu {what}; dùng {right}. Hãy kiểm tra lại.", right)


def identity(cell: Cell) -> str | Invalid | None:
    """A personal identity number; of eleven digits the first, a zero, was lost. What it says is judged later."""
    if type(cell) is str and len(cell) == 12 and cell.isascii() and cell.isdigit():
        return cell
    if odd := _odd(cell):
        return odd
    found = _said(cell)
    if not found:
        return None
    if isinstance(cell, dt.date) or (damaged := _damaged_number(cell, found, "Số định danh")):
        return _date_for_number("Số định danh") if isinstance(cell, dt.date) else damaged
    joined = re.sub(r"[\s.'’,-]", "", found)
    if joined.isascii() and joined.isdigit():
        if len(joined) == 11:
            return _padded(joined, 12, "số định danh")
        found = joined
    return found[:100]


def _date_for_number(what: str) -> Invalid:
    return Invalid(ProblemKind.CELL_ODD, f"Excel đã đổi {what.lower()} thành ngày. {_RETYPE}")


def ministry_code(cell: Cell) -> str | Invalid | None:
    """A code of ten digits that the ministry gave a person."""
    if type(cell) is str and len(cell) == 10 and cell.isascii() and cell.isdigit():
        return cell
    if odd := _odd(cell):
        return odd
    found = _said(cell).replace(" ", "")
    if not found:
        return None
    if isinstance(cell, dt.date):
        return _date_for_number("Mã định danh")
    if damaged := _damaged_number(cell, found, "Mã định danh"):
        return damaged
    if found.isascii() and found.isdigit() and len(found) == 9:
        return _padded(found, 10, "mã định danh")
    return found[:20]


def phone(cell: Cell) -> str | Invalid | None:
    """A phone number as digits; the zero that a number cell lost comes back, of two numbers the first is taken."""
    if type(cell) is str and len(cell) == 10 and cell.isascii() and cell.isdigit() and cell[0] == "0":
        return cell
    if odd := _odd(cell):
        return odd
    found = _said(cell)
    if not found:
        return None
    if isinstance(cell, dt.date):
        return _date_for_number("Số điện thoại")
    if damaged := _damaged_number(cell, found, "Số điện thoại"):
        return damaged
    joined = re.sub(r"[\s.()-]", "", found)
    if joined.isascii() and joined.isdigit() and len(joined) == 9 and joined[0] in "235789":
        return _padded(joined, 10, "số điện thoại")
    several = [clean_phone(one) for one in re.split(r"[;,/\n]| - ", found) if len(re.sub(r"\D", "", one)) >= 8]
    if len(several) > 1:
        message = f"Ô có {len(several)} số điện thoại; dùng số đầu {several[0]}."
        return Invalid(ProblemKind.TEXT_UNUSABLE, message, several[0][:20])
    cleaned = clean_phone(found)
    if not cleaned:
        return Invalid(ProblemKind.TEXT_UNUSABLE, "Số điện thoại phải có chữ số; ô được bỏ trống.")
    return cleaned[:20]


def code_text(width: int = 0, limit: int = 50, what: str = "mã") -> Converter:
    """A code of the file's own; of a known `width`, the zero that a number cell lost comes back."""

    def read(cell: Cell) -> str | Invalid | None:
        if type(cell) is str and len(cell) <= limit and cell.isascii() and cell.isalnum():
            return cell
        if odd := _odd(cell):
            return odd
        if isinstance(cell, dt.date):
            return _date_for_text(cell)
        found = _said(cell)
        if not found:
            return None
        if damaged := _damaged_number(cell, found, what.capitalize()):
            return damaged
        if width and len(found) == width - 1 and found.isdigit() and not isinstance(cell, str):
            return _padded(found, width, what)
        return found[:limit]

    return read


_read_mark = code_text(what="mã")
_LED_BY_LETTER = re.compile(r"\W*[^\W\d_]")


def mark(cell: Cell) -> str | Invalid | None:
    """What tells two persons of one name apart: a code, a number, or the day of birth as dd/mm/yyyy.

    'HP.01.02.2003' is a code. Numbers lose the signs that people group them by: '0912 345 678', '+84 912.345.678'.
    """
    is_day_text = isinstance(cell, str) and _NUMBERS.fullmatch(cell) and not _LED_BY_LETTER.match(cell)
    if isinstance(cell, dt.date) or is_day_text:
        said = day(cell)
        if isinstance(said, str):
            return _shown(said)
    found: str | Invalid | None = _read_mark(cell)
    if not isinstance(found, str):
        return found
    joined = re.sub(r"[\s.'’(),-]", "", found)
    if not re.fullmatch(r"\+?[0-9]+", joined):
        return found
    # Eleven digits may be an identity number too: only what can be nothing but a phone is read as one.
    is_phone = joined.startswith("+84") or (joined.startswith("01") and len(joined) == 11)
    return clean_phone(joined) if is_phone else joined


# --- days -------------------------------------------------------------------------------------------------------------

_NUMBERS = re.compile(r"\D*(\d{1,4})\D+(\d{1,2})\D+(\d{1,4})(?:[T ]+0{1,2}:00(?::00(?:\.0+)?)?)?\s*(?:AM|am)?")
_DAY_ZERO = dt.date(1899, 12, 30)
_EIGHT = re.compile(r"(\d{2})(\d{2})((?:19|20)\d{2})")
_READABLE = "Hãy ghi ngày dạng ngày/tháng/năm, ví dụ 31/08/2015."


def day(cell: Cell) -> str | Invalid | None:
    """A day as ISO text: a date cell, a serial, dd/mm/yyyy with any signs between, ddmmyyyy, yyyy-mm-dd."""
    if year := lone_year(cell):
        return Invalid(ProblemKind.DATE_UNREADABLE, f"Chỉ có năm {year}. {_READABLE}")
    if isinstance(cell, dt.date):
        return cell.isoformat()[:10]
    if type(cell) is str:
        return _day_of_text(squeeze(cell))
    if cell is None:
        return None
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        if cell > 1_000_000:
            return _day_of_text(f"{int(cell):08}")
        found = cell_date(cell)
        return found.isoformat() if found else Invalid(ProblemKind.DATE_UNREADABLE, _READABLE)
    return _odd(cell) or Invalid(ProblemKind.DATE_UNREADABLE, _READABLE)


def lone_year(cell: Cell) -> int | None:
    """The year where only a year was typed: 2012, or 2012 in a cell of dates, which a spreadsheet shows as 4/7/1905."""
    if isinstance(cell, dt.date):
        serial = (dt.date(cell.year, cell.month, cell.day) - _DAY_ZERO).days
        return serial if 1900 <= serial <= 2100 else None
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return int(cell) if 1900 <= cell <= 2100 else None
    return None


def _day_of_text(said: str) -> str | Invalid | None:
    if not said:
        return None
    if broken := _odd(said):
        return broken
    said = _said(said)
    if len(said) == 5 and said.isdigit():
        found = cell_date(said)
        return found.isoformat() if found else Invalid(ProblemKind.DATE_UNREADABLE, _READABLE)
    eight = _EIGHT.fullmatch(said)
    parts = eight or _NUMBERS.fullmatch(said)
    if parts is None:
        if len(said) == 4 and said.isdigit():
            return Invalid(ProblemKind.DATE_UNREADABLE, f"Chỉ có năm {said}. {_READABLE}")
        return Invalid(ProblemKind.DATE_UNREADABLE, _READABLE)
    first, second, third = parts[1], parts[2], parts[3]
    if len(first) == 4:
        return _iso(int(first), int(second), int(third)) or Invalid(ProblemKind.DATE_UNREADABLE, _READABLE)
    if len(first) > 2 or len(third) in (1, 3):
        return Invalid(ProblemKind.DATE_UNREADABLE, _READABLE)
    year = int(third)
    if len(third) == 2:
        year += 2000 if year <= (clock.today().year + 1) % 100 else 1900
    found_day = _iso(year, int(second), int(first))
    if found_day is None:
        swapped = _iso(year, int(first), int(second))
        if swapped is None:
            return Invalid(ProblemKind.DATE_UNREADABLE, f"Không có ngày này trong lịch. {_READABLE}")
        message = f"Ô ghi theo kiểu tháng/ngày/năm; dùng {_shown(swapped)}. Hãy ghi ngày trước, tháng sau."
        return Invalid(ProblemKind.DATE_SWAPPED, message, swapped)
    if len(third) == 2:
        message = f"Năm chỉ có hai chữ số; dùng {_shown(found_day)}. Hãy ghi năm đủ bốn chữ số."
        return Invalid(ProblemKind.YEAR_SHORT, message, found_day)
    return found_day


def _iso(year: int, month: int, day_no: int) -> str | None:
    try:
        return dt.date(year, month, day_no).isoformat()
    except ValueError:
        return None


def _shown(iso: str) -> str:
    return f"{iso[8:10]}/{iso[5:7]}/{iso[:4]}"


def birth_year(cell: Cell) -> int | Invalid | None:
    """A year of birth: a year, or the year of a day. Four digits are a year, also one that cannot be: 1875 as the
    serial of a day would be 1905, which nobody typed."""
    if year := lone_year(cell):
        return year
    if isinstance(cell, dt.date):
        serial = (dt.date(cell.year, cell.month, cell.day) - _DAY_ZERO).days
        said = str(serial) if 1800 <= serial < 1900 else ""  # a cell of dates, of which a spreadsheet makes 1905
    else:
        said = "" if cell is None or isinstance(cell, bool) else _said(cell)
    if len(said) == 4 and said.isascii() and said.isdigit():
        return int(said)
    found = day(cell)
    if isinstance(found, str):
        return int(found[:4])
    if isinstance(found, Invalid) and isinstance(found.instead, str):
        return int(found.instead[:4])
    if found is None:
        return None
    return Invalid(ProblemKind.DATE_UNREADABLE, "Năm sinh gồm bốn chữ số, ví dụ 1985. Ô được bỏ trống.")


# --- yes or no, numbers -----------------------------------------------------------------------------------------------

_YES = {"1", "x", "co", "true", "dung", "yes", "y", "v", "✓", "✔", "☑", "roi"}
_NO = {"0", "khong", "false", "sai", "no", "n", "k", "ko", "☐"}


def yes_no(cell: Cell) -> bool | Invalid | None:
    """1, x, Có, TRUE … or 0, Không, FALSE …; an empty cell says nothing."""
    if isinstance(cell, bool):
        return cell
    if odd := _odd(cell):
        return odd
    said = _said(cell)
    if not said or said == "-":
        return None
    key = header_key(said) or said
    if key in _YES or said in _YES:
        return True
    if key in _NO or said in _NO:
        return False
    return Invalid(ProblemKind.VALUE_UNKNOWN, "Giá trị hợp lệ: Có hoặc Không (1 hoặc 0, x hoặc để trống).")


def number(most: float, *, whole: bool = False) -> Converter:
    """A number from 0 to `most`; 4,5 and 4.5 are one."""

    def read(cell: Cell) -> int | float | Invalid | None:
        if odd := _odd(cell):
            return odd
        said = _said(cell).replace(",", ".")
        if not said:
            return None
        try:
            found = float(said)
        except ValueError:
            found = -1.0
        if isinstance(cell, dt.date) or not 0 <= found <= most or (whole and not found.is_integer()):
            kind = "số nguyên" if whole else "số"
            return Invalid(ProblemKind.VALUE_UNKNOWN, f"Hãy ghi một {kind} từ 0 đến {most:g}.")
        return int(found) if found.is_integer() else round(found, 2)

    return read


# --- lists ------------------------------------------------------------------------------------------------------------

_CODE_FIRST = re.compile(r"([0-9]{1,3})\s*[-–—.:)/]\s*(\S.*)")  # 01 - Kinh
_CODE_LAST = re.compile(r"(.*\S)\s*[-–—(\[]\s*([0-9]{1,3})[)\]]?")  # Kinh (01)


def code_of(
    list_name: str,
    *,
    otherwise: str = "Ô được bỏ trống.",
    also: Mapping[str, str] | None = None,
    doubt: Callable[[str], str] | None = None,
) -> Converter:
    """A value of a code list by its code (zeros in front do not matter), its name without accents, or both.

    Shapes:  the code; a list of codes where several values of the list have that name (subjects of several levels).
             Where name and code disagree the name holds and a warning says so: two official numberings of ethnic
             groups are in use, and people read names. `doubt` says of a code what makes its bare number unsure, empty
             where nothing does: the number is taken, and said.
    """
    extra = {header_key(key): code for key, code in (also or {}).items()}

    def numbered(code: str) -> str | Invalid:
        message = doubt(code) if doubt else ""
        return Invalid(ProblemKind.CODE_BY_NUMBER, message, code) if message else code

    def read(cell: Cell) -> Any:
        if odd := _odd(cell):
            return odd
        said = _said(cell)
        if not said:
            return None
        if isinstance(cell, dt.date):
            return Invalid(ProblemKind.CELL_ODD, f"Excel đã đổi nội dung thành ngày. {otherwise}")
        names = codes.names_to_codes(list_name)
        labels = codes.labels(list_name)[list_name]
        key = header_key(said)
        if key in extra:
            return extra[key]
        if said in labels:
            return numbered(said)
        if key in names and not said.isdigit():
            return _one_of(names[key])
        if said.isascii() and said.isdigit():
            code = _padded_code(said, labels)
            return numbered(code) if code else _unknown(labels, otherwise)
        return _both(said, names, labels) or _unknown(labels, otherwise)

    return read


def _one_of(found: tuple[str, ...]) -> str | list[str]:
    return found[0] if len(found) == 1 else list(found)


def _padded_code(said: str, labels: Container[str]) -> str:
    bare = said.lstrip("0") or "0"
    return next((code for code in (said, bare, bare.zfill(2), bare.zfill(3)) if code in labels), "")


def _both(said: str, names: Mapping[str, tuple[str, ...]], labels: Mapping[str, str]) -> Any:
    """'01 - Kinh', 'Kinh (01)': code and name in one cell."""
    for pattern, code_at, name_at in ((_CODE_FIRST, 1, 2), (_CODE_LAST, 2, 1)):
        parts = pattern.fullmatch(said)
        if parts is None:
            continue
        code, named = _padded_code(parts[code_at], labels), names.get(header_key(parts[name_at]), ())
        if code and code in named:
            return code
        if len(named) == 1:
            right = named[0]
            message = f"Mã {parts[code_at]} không phải mã của “{labels[right]}” ({right}); lấy theo tên."
            return Invalid(ProblemKind.NAME_CONTRADICTS, message, right)
    return None


def _unknown(labels: Mapping[str, str], otherwise: str) -> Invalid:
    legend = "; ".join(f"{code} {label}" for code, label in list(labels.items())[:12])
    more = "; …" if len(labels) > 12 else ""
    return Invalid(ProblemKind.VALUE_UNKNOWN, f"Không có trong danh mục ({legend}{more}). {otherwise}")


def grade(cell: Cell) -> Any:
    """A grade by its code, 'Khối 6', 'Lớp 6', '6'."""
    if odd := _odd(cell):
        return odd
    said = _said(cell)
    if not said:
        return None
    known = codes.grades()
    key = header_key(said)
    if key.isdigit():
        code = key.zfill(2)
    else:
        names = {header_key(one.name_vi): one.code for one in known.values()}
        bare = re.sub(r"^(khoi|lop)", "", key)
        code = names.get(key) or _GRADES.get(key) or names.get(f"khoi{bare.lstrip('0')}") or ""
    if code in known:
        return code
    return Invalid(ProblemKind.VALUE_UNKNOWN, "Khối là 1 đến 12, Nhóm trẻ, Lớp mẫu giáo hoặc mã khối của Bộ (01 … 28).")


_GRADES = {"nhatre": "16", "nhomtre": "16", "nt": "16", "maugiao": "17", "mg": "17", "lopmg": "17", "khoimaugiao": "17"}


def option_of(options: Iterable[tuple[Any, str]], also: Mapping[str, Any] | None = None) -> Converter:
    """One of a few values of our own, by the value or its label."""
    given = tuple(options)
    known: dict[str, Any] = {header_key(str(value)): value for value, _ in given}
    known |= {header_key(label): value for value, label in given}
    known |= {header_key(key): value for key, value in (also or {}).items()}
    legend = ", ".join(f"{value} {label}" for value, label in given)

    def read(cell: Cell) -> Any:
        if odd := _odd(cell):
            return odd
        said = _said(cell)
        if not said:
            return None
        key = header_key(said)
        if key in known:
            return known[key]
        parts = _CODE_FIRST.fullmatch(said)
        if parts and header_key(parts[2]) in known:
            return known[header_key(parts[2])]
        return Invalid(ProblemKind.VALUE_UNKNOWN, f"Giá trị hợp lệ: {legend}. Ô được bỏ trống.")

    return read


_PLACE_SPLIT = re.compile(r"\s*(?:[,;–—]|\s-\s)\s*")


def commune(cell: Cell) -> Any:
    """A commune by its code of five digits, or by name with the district: 'Phường Cẩm Thượng, Thành phố Hải Dương'."""
    if odd := _odd(cell):
        return odd
    said = _said(cell)
    if not said:
        return None
    if said.isascii() and said.isdigit() and len(said) in (4, 5):
        code = said.zfill(5)
        if code in codes.communes():
            return code
        return Invalid(ProblemKind.VALUE_UNKNOWN, f"Không có xã, phường mang mã {code}. Ô được bỏ trống.")
    found = _communes_called(said)
    if len(found) == 1:
        return found[0]
    if found:
        message = f"Có {len(found)} xã, phường tên này. Hãy ghi kèm quận, huyện hoặc ghi mã xã. Ô được bỏ trống."
        return Invalid(ProblemKind.VALUE_UNKNOWN, message)
    return Invalid(
        ProblemKind.VALUE_UNKNOWN,
        "Không tìm thấy xã, phường. Hãy ghi mã 5 chữ số hoặc tên kèm quận, huyện. Ô được bỏ trống.",
    )


def _communes_called(said: str) -> tuple[str, ...]:
    index = codes.commune_index()
    parts = [header_key(part) for part in _PLACE_SPLIT.split(said)]
    found = index.get(parts[0], frozenset())
    for part in parts[1:]:
        # A province behind the district narrows nothing and is no contradiction.
        found = (found & index.get(f"/{part}", found)) if len(found) > 1 else found
    return tuple(sorted(found))


# --- the ministry's school file ---------------------------------------------------------------------------------------

text = plain


def coded(
    known: Mapping[str, Any],
    legend: str,
    *,
    approximated: frozenset[str] = frozenset(),
    otherwise: str = "Trường dữ liệu này được để trống.",
) -> Converter:
    """A value of a closed list; `approximated` are values whose counterpart here is only near; `otherwise` says what
    becomes of an unknown one."""

    def read(cell: Cell) -> Any:
        found = cell_text(cell)
        if not found:
            return None
        if found not in known:
            return Invalid(ProblemKind.VALUE_UNKNOWN, f"Giá trị hợp lệ: {legend}. {otherwise}")
        if found in approximated:
            return Invalid(ProblemKind.VALUE_APPROXIMATED, f"Quy đổi gần đúng theo {legend}.", known[found])
        return known[found]

    return read


def digits(width: int, what: str, *, least: int = 1) -> Converter:
    """An administrative code of a fixed width; leading zeros that Excel ate come back, from `least` digits on."""

    def read(cell: Cell) -> str | Invalid | None:
        found = cell_text(cell)
        if not found:
            return None
        if found.isascii() and found.isdigit() and least <= len(found) <= width:
            return found.zfill(width)
        return Invalid(ProblemKind.VALUE_UNKNOWN, f"{what} gồm {width} chữ số. Trường dữ liệu này được để trống.")

    return read


def date(cell: Cell) -> Any:
    """A day as a date: a date cell, dd/mm/yyyy as text, or Excel's serial."""
    if not cell_text(cell):
        return None
    year = lone_year(cell)
    found = None if year else cell_date(cell)
    if found is None:
        only = f"Chỉ có năm {year}. " if year else ""
        return Invalid(ProblemKind.DATE_UNREADABLE, f"{only}Hãy ghi ngày dạng ngày/tháng/năm, ví dụ 31/08/1995.")
    return found


def flag(cell: Cell) -> Any:
    """1 yes, 0 no."""
    return coded({"1": True, "0": False}, "1 có, 0 không")(cell)


@lru_cache(maxsize=4096)
def shown_day(day_or_iso: str | dt.date) -> dt.date:
    """The day of an ISO text."""
    return day_or_iso if isinstance(day_or_iso, dt.date) else dt.date.fromisoformat(day_or_iso)
