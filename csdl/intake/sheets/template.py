"""Write the sheets of nouns: blank to fill in, or with their rows; what is written reads back as equal values."""

from collections.abc import Iterable, Mapping, Sequence
from typing import IO, Any

from csdl.intake.sheets.columns import Column
from csdl.intake.sheets.kinds import SCHOOL, list_choices
from csdl.intake.sheets.specs import SheetSpec
from csdl.lib.workbook import FormColumn, new_book, write_form, write_guide, write_lists

__all__ = ["write_workbook"]

_RULES = (
    "Không sửa, không xóa dòng tiêu đề; không gộp ô. Có thể ẩn, lọc và thêm dòng. Khi sắp xếp, hãy chọn cả bảng kể cả "
    "hai cột ẩn A, B; cách chắc chắn là sắp xếp bằng mũi tên của bộ lọc ở dòng tiêu đề.",
    "Tiêu đề có dấu *: phải ghi, thiếu thì dòng mới không được nhận. Tiêu đề có dấu (*): cần ghi, thiếu thì dòng vẫn "
    "được nhận kèm cảnh báo để bổ sung sau. Ô để trống: dữ liệu đang có được giữ nguyên.",
    "Ngày ghi ngày/tháng/năm. Mã, số định danh, điện thoại giữ đủ số 0 ở đầu: cột đã đặt dạng Văn bản, khi dán từ tệp "
    "khác hãy chọn dán giá trị.",
    "Ô có danh sách thả xuống: chọn trong danh sách, hoặc gõ mã hay tên, có dấu hay không dấu đều được.",
)


def write_workbook(
    file: IO[bytes],
    specs: Sequence[SheetSpec],
    rows: Mapping[str, Iterable[Mapping[str, Any]]] | None,
    lines: Sequence[str],
    *,
    choices: Mapping[str, Sequence[str]] | None = None,
    columns: Mapping[str, Iterable[str]] | None = None,
    many_schools: bool = False,
) -> dict[str, int]:
    """A workbook with a sheet for each noun, the sheet of guidance and the hidden lists; answers noun -> rows written.

    Shapes:  `rows` noun -> rows of stored values by column; `lines` what the file is, the first one its title;
             `choices` column name -> what may be chosen in it (classes and teachers of a school); `columns` noun ->
             the columns to write, all where a noun is not named; the school's code only in files of many schools.
    """
    taken = {spec.noun: _taken(spec, columns, many_schools) for spec in specs}
    lists: dict[str, Sequence[str]] = {}
    of_column: dict[Column, str] = {}
    for some in taken.values():
        for column in some:
            offered = tuple((choices or {}).get(column.name, ())) or list_choices(column)
            if offered and not column.is_hidden:
                # A list is written once, however many columns and sheets choose from it.
                name = next((known for known, values in lists.items() if tuple(values) == offered), column.label)
                name = name if lists.get(name, offered) == offered else f"{column.label} ({len(lists) + 1})"
                lists[name] = offered
                of_column[column] = name
    book = new_book(file)
    counts = {}
    for spec in specs:
        counts[spec.noun] = write_form(
            book,
            spec.title,
            f"{spec.title} – {lines[0]}" if lines else spec.title,
            f"{spec.note} Cách ghi từng cột: trang Hướng dẫn.",
            [_form(spec, column, of_column.get(column, "")) for column in taken[spec.noun]],
            (_shown(taken[spec.noun], row) for row in (rows or {}).get(spec.noun, ())),
            {name: len(values) for name, values in lists.items()},
        )
    write_guide(book, "Hướng dẫn", [*lines, *_RULES], _guide(specs, taken, of_column))
    if lists:
        write_lists(book, lists)
    book.close()
    return counts


def _taken(spec: SheetSpec, columns: Mapping[str, Iterable[str]] | None, many_schools: bool) -> tuple[Column, ...]:
    asked = set(columns[spec.noun]) if columns and spec.noun in columns else None
    return tuple(
        column
        for column in spec.columns
        if (many_schools or column is not SCHOOL) and (asked is None or column.name in asked or column.is_hidden)
    )


def _form(spec: SheetSpec, column: Column, choices: str) -> FormColumn:
    return FormColumn(
        name=column.name,
        header=column.label,
        width=column.width,
        form=column.form.value,
        choices=choices,
        help=column.hint,
        is_needed=spec.mark(column) == "*",
        mark=spec.mark(column),
        is_hidden=column.is_hidden,
    )


def _shown(columns: Sequence[Column], row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        column.name: column.show(value)
        for column in columns
        if (value := row.get(column.name)) is not None and value != ""
    }


def _guide(
    specs: Sequence[SheetSpec], taken: Mapping[str, Sequence[Column]], of_column: Mapping[Column, str]
) -> list[tuple[str, str, str, str]]:
    needs = {"*": "Phải ghi *", "(*)": "Cần ghi (*)", "": ""}
    return [
        (
            spec.title,
            column.label,
            needs[spec.mark(column)],
            " ".join(part for part in (column.hint, "Chọn trong danh sách." if column in of_column else "") if part),
        )
        for spec in specs
        for column in taken[spec.noun]
        if not column.is_hidden
    ]
