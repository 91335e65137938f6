"""The rows of an import that have problems, as a workbook to mend the file by."""

from collections.abc import Callable, Iterable, Iterator
from typing import IO, Any

from csdl.intake.models import ImportRow, ImportRun
from csdl.intake.problems import ProblemKind
from csdl.lib.workbook import OutColumn, new_book, write_lines, write_table

__all__ = ["kind_of", "write_fault_workbook"]

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
        OutColumn("Giá trị trong tệp", 28, lambda line: found_text(str(line[1].get("value") or ""))),
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


def kind_of(code: str) -> ProblemKind | None:
    """The kind of a kept problem; None for a code that no release knows any more."""
    return _BY_CODE.get(code)


def _kind(problem: dict[str, Any]) -> str:
    code = problem.get("code", "")
    kind = kind_of(code)
    return kind.label if kind else code
