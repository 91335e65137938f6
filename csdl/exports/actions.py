"""Writing a file that leaves: the right to it, the purpose, the log, then the file."""

import csv
import io
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.text import slugify
from django.utils.timezone import localtime

from csdl.accounts.actor import Actor
from csdl.accounts.errors import InvalidRecord
from csdl.audit.actions import record
from csdl.exports.approving import Consent, agreed, check_consent, schools_of, size_of
from csdl.exports.columns import ExportColumn, chosen_columns
from csdl.exports.enums import FileFormat, Purpose
from csdl.exports.keeping import kept_until
from csdl.exports.lists import Asked, ExportList, Occasion
from csdl.exports.paper import PAPER_ROWS, write_paper
from csdl.lib import clock
from csdl.lib.locked import lock_faults, locked
from csdl.lib.typst import shown
from csdl.lib.vietnamese import fold, squeeze
from csdl.lib.workbook import new_book, safe_text, write_lines, write_table

__all__ = ["CONTENT_TYPES", "ExportedFile", "check_export", "export_list", "purpose_faults", "said_purpose"]

# Rows between two reports of how far a file is.
_STEP = 500
CONTENT_TYPES = {
    FileFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileFormat.PDF: "application/pdf",
    FileFormat.JSON: "application/json",
    FileFormat.CSV: "text/csv; charset=utf-8",
}


@dataclass(frozen=True)
class ExportedFile:
    """What a browser is given."""

    name: str
    content: bytes
    content_type: str


def export_list[Rows: QuerySet[Any] | Sequence[Any]](
    *,
    actor: Actor,
    what: ExportList[Rows],
    rows: Rows,
    occasion: Occasion,
    asked: Asked,
    password: str = "",
    consent: Consent | None = None,
    progress: Callable[[int], None] | None = None,
) -> ExportedFile:
    """A list as a file, exactly the given rows in their order; the log says who took what, in which columns and why.

    Shapes:  `rows` came through the gate and are ordered; those that may be seen but not taken out are left out.
             `consent` says why a large file may leave (S12); `progress` hears how many lines are written. The file
             opens with the `password`, if one is given; the log says that it has one.
    Errors:  NotAllowed; ApprovalWanted and EXP-04 (`approving.check_consent`); REC-01 no purpose, a purpose "other"
             without words, no column, a column that does not leave for this purpose, more rows or columns than the file
             takes, a password that cannot be (`lib.locked`). Nothing is logged then.
    """
    rows, columns = check_export(actor=actor, what=what, rows=rows, asked=asked, password=password)
    needed = check_consent(
        actor=actor,
        unit=occasion.unit,
        key=what.key,
        size=size_of(what, rows),
        asked=asked,
        consent=consent,
        schools=schools_of(what, rows),
    )
    reason = squeeze(asked.reason)
    lines = what.lines(actor, rows, occasion.start_year)
    if progress:
        lines = _reported(lines, progress)
    label = said_purpose(asked)
    if asked.file_format == FileFormat.PDF:
        content, count = write_paper(what, columns, lines, actor=actor, occasion=occasion, purpose=label)
    elif asked.file_format == FileFormat.CSV:
        content, count = _csv(columns, lines)
    else:
        content, count = _workbook(
            what, columns, lines, actor=actor, occasion=occasion, purpose=label, asked_for=asked.purpose
        )
    content = locked(content, asked.file_format, password)
    record(
        actor=actor,
        kind="data:export",
        unit_id=occasion.unit.pk,
        data={
            "what": what.key,
            "title": occasion.title,
            "about": occasion.about,
            "format": asked.file_format,
            "start_year": occasion.start_year,
            "purpose": asked.purpose,
            "reason": reason,
            "columns": [one.key for one in columns],
            "sensitive": [one.key for one in columns if one.is_sensitive],
            "rows": count,
            "persons": count if what.is_personal else 0,
            "kept_until": f"{kept_until(asked.purpose):%Y-%m-%d}",
        }
        | ({"locked": True} if password else {})
        | agreed(needed),
    )
    stem = slugify(fold(occasion.heading)) or what.stem
    name = f"{stem}-{slugify(fold(occasion.unit.code))}-{occasion.year_name}.{asked.file_format}"
    return ExportedFile(name, content, CONTENT_TYPES[FileFormat(asked.file_format)])


def check_export[Rows: QuerySet[Any] | Sequence[Any]](
    *, actor: Actor, what: ExportList[Rows], rows: Rows, asked: Asked, password: str = ""
) -> tuple[Rows, tuple[ExportColumn, ...]]:
    """The rows that may leave and the columns of the file. Errors as `export_list`; nothing is read but a count."""
    rows = what.carried(actor, rows)
    columns = chosen_columns(what.columns, asked.columns, with_sensitive=asked.with_sensitive)
    faults = purpose_faults(asked, what.purposes) | lock_faults(password, asked.file_format)
    most = PAPER_ROWS if asked.file_format == FileFormat.PDF else what.at_most
    if asked.file_format not in what.formats:
        faults["format"] = ["Hãy chọn dạng tệp."]
    elif _is_more(rows, most):
        told = f"Tệp này chứa nhiều nhất {shown(most)} {what.noun}. Hãy lọc để thu hẹp danh sách"
        faults["format"] = [f"{told}, hoặc chọn Excel." if most < what.at_most else f"{told}."]
    if not columns:
        faults["columns"] = ["Hãy chọn ít nhất một cột."]
    elif asked.file_format == FileFormat.PDF and what.paper_width and _width(columns) > what.paper_width:
        faults["columns"] = ["Khổ giấy A4 ngang không đủ chỗ cho các cột đã chọn. Hãy bớt cột, hoặc chọn Excel."]
    for one in columns:
        if one.only_for and asked.purpose in what.purposes and asked.purpose not in one.only_for:
            allowed = "; ".join(f"“{purpose.label}”" for purpose in one.only_for)
            faults.setdefault("sensitive" if one.is_sensitive else "columns", []).append(
                f"Cột “{one.header}” chỉ lấy được cho mục đích {allowed}."
            )
    if faults:
        raise InvalidRecord(faults)
    return rows, columns


def purpose_faults(asked: Asked, purposes: Container[str]) -> dict[str, list[str]]:
    """What is wrong with the purpose of a file, by field; empty where it may leave for it."""
    if asked.purpose not in purposes:
        return {"purpose": ["Hãy chọn mục đích sử dụng dữ liệu."]}
    if asked.purpose == Purpose.OTHER and len(squeeze(asked.reason)) < 5:
        return {"reason": ["Hãy ghi rõ dùng vào việc gì."]}
    return {}


def said_purpose(asked: Asked) -> str:
    """The purpose in words, with what the person added."""
    return f"{Purpose(asked.purpose).label}. {squeeze(asked.reason)}".removesuffix(" ")


def _reported(lines: Iterable[Mapping[str, Any]], progress: Callable[[int], None]) -> Iterator[Mapping[str, Any]]:
    for number, line in enumerate(lines, start=1):
        yield line
        if number % _STEP == 0:
            progress(number)


def _width(columns: Iterable[ExportColumn]) -> int:
    return sum(one.paper_width for one in columns)


def _is_more(rows: QuerySet[Any] | Sequence[Any], most: int) -> bool:
    """Whether there are more rows than that; a province's are not counted to their end."""
    return len(rows) > most if isinstance(rows, Sequence) else rows.order_by()[: most + 1].count() > most


def _csv(columns: Sequence[ExportColumn], lines: Iterable[Mapping[str, Any]]) -> tuple[bytes, int]:
    """A plain table that spreadsheets open in Vietnamese and take no cell of for a formula; and how many rows."""
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow([one.header for one in columns])
    count = 0
    for count, line in enumerate(lines, start=1):  # noqa: B007 - the last number is the count
        values = [line[one.key] for one in columns]
        writer.writerow([one if isinstance(one, int) else safe_text(str(shown(one))) for one in values])
    return file.getvalue().encode("utf-8-sig"), count


def _workbook(
    what: ExportList[Any],
    columns: Sequence[ExportColumn],
    lines: Iterable[Mapping[str, Any]],
    *,
    actor: Actor,
    occasion: Occasion,
    purpose: str,
    asked_for: str,
) -> tuple[bytes, int]:
    file = io.BytesIO()
    book = new_book(file)
    until = kept_until(asked_for)
    count = write_table(book, what.sheet, [one.out for one in columns], lines)
    for more in what.more_sheets:
        write_table(book, more.name, more.columns, more.rows(actor, occasion))
    told = [
        occasion.title,
        f"Đơn vị: {occasion.unit.name}. Năm học {occasion.year_name}. Số {what.noun}: {count}.",
        f"Người tải: {actor.label}, lúc {localtime(clock.now()):%H:%M ngày %d/%m/%Y}.",
        f"Mục đích: {purpose}",
    ]
    if what.is_personal:
        told.append(
            "Tệp có dữ liệu cá nhân. Chỉ dùng đúng mục đích, không chuyển cho người không có trách nhiệm, "
            f"xóa khi đã xong việc, chậm nhất hết ngày {until:%d/%m/%Y}."
        )
    write_lines(book, "Thông tin", told)
    book.close()
    return file.getvalue(), count
