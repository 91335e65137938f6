"""The rows of an import that have problems, as a workbook to mend the file by."""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator
from typing import IO, Any

from csdl.intake.models import ImportRow, ImportRun
from csdl.intake.problems import ProblemKind
from csdl.intake.sheets.cells import commune, grade, yes_no
from csdl.intake.sheets.nouns import SPECS
from csdl.lib.workbook import OutColumn, new_book, write_lines, write_table

__all__ = ["found_value", "kind_of", "said_day", "write_fault_workbook"]

_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_BY_CODE = {kind.value: kind for kind in ProblemKind}

type _Line = tuple[ImportRow, dict[str, Any]]


def write_fault_workbook(
    file: IO[bytes],
    *,
    run: ImportRun,
    rows: Iterable[ImportRow],
    column_label: Callable[[str, str], str],
    found_text: Callable[[str], str],
) -> None:
    """Write one line for each problem: sheet, row, column, the value found, what would be right.

    Shapes:  `column_label` (noun, column) -> what the column is called; `found_text` how a text that holds a
             found value may be shown.
    """
    columns: tuple[OutColumn[_Line], ...] = (
        OutColumn("Trang tính", 18, lambda line: line[1].get("sheet") or line[0].sheet),
        OutColumn("Dòng", 7, lambda line: line[1].get("row") or line[0].row_no),
        OutColumn("Đối tượng", 28, lambda line: line[0].label),
        OutColumn("Cột", 24, lambda line: column_label(line[0].noun, line[1].get("column", ""))),
        OutColumn("Giá trị trong tệp", 28, lambda line: found_text(_value(line))),
        OutColumn("Vấn đề", 28, lambda line: _kind(line[1])),
        OutColumn("Cần sửa thế nào", 60, lambda line: found_text(line[1].get("message", ""))),
        OutColumn("Dòng có được nhận", 16, lambda line: "Không" if line[0].state == "rejected" else "Có"),
    )
    book = new_book(file)
    count = write_table(book, "Lỗi", columns, _lines(rows))
    write_lines(
        book,
        "Ghi chú",
        (
            f"Tệp: {run.file_name}. Năm học {run.start_year}-{run.start_year + 1}. Số lỗi, cảnh báo: {count}.",
            "Số dòng là số Excel hiển thị. Sửa trong tệp gốc rồi nhập lại; dòng đã ghi đúng không bị ghi lần nữa.",
            "Số định danh, điện thoại được che bớt chữ số giữa.",
        ),
    )
    book.close()


def _lines(rows: Iterable[ImportRow]) -> Iterator[_Line]:
    for row in rows:
        for problem in row.problems:
            yield row, problem


def said_day(text: str) -> str:
    """A stored day as dd/mm/yyyy; any other text as it stands, also one that only looks like a day: 2015-02-30."""
    if not _ISO_DAY.fullmatch(text):
        return text
    try:
        return f"{dt.date.fromisoformat(text):%d/%m/%Y}"
    except ValueError:
        return text


def found_value(noun: str, column: str, value: str) -> str:
    """The value of a problem as people write it: a stored day as dd/mm/yyyy, a stored code by its name. What was found
    in the file as text stays as it stands there."""
    if (said := said_day(value)) != value:
        return said
    spec = SPECS.get(noun)
    known = next((one for one in spec.columns if one.name == column), None) if spec else None
    if known is None:
        return value
    if known.read is yes_no:
        return {"true": "Có", "false": "Không"}.get(value, value)
    return str(known.show(value)) if known.code_list or known.read in (grade, commune) else value


def kind_of(code: str) -> ProblemKind | None:
    """The kind of a kept problem; None for a code that no release knows any more."""
    return _BY_CODE.get(code)


def _value(line: _Line) -> str:
    row, problem = line
    return found_value(row.noun, problem.get("column", ""), str(problem.get("value") or ""))


def _kind(problem: dict[str, Any]) -> str:
    code = problem.get("code", "")
    kind = kind_of(code)
    return kind.label if kind else code
