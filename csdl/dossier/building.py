"""From sections to one ZIP. The same state gives the same bytes: no hour, no name of who builds, no order by chance."""

import datetime as dt
import hashlib
import io
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from pathlib import Path
from typing import Any

from django.utils.timezone import get_default_timezone

from csdl.documents.errors import FileChanged
from csdl.documents.store import read_kept
from csdl.dossier.registry import Contents, Period, Section, sections
from csdl.lib.typst import pdf, shown
from csdl.lib.workbook import OutColumn, new_book, write_lines, write_table
from csdl.orgs.models import OrgUnit

__all__ = ["SUMS", "Built", "Progress", "write_dossier"]

SUMS = "SHA256SUMS.txt"
_PAPER_ROWS = 1_000
_ZIP_DAY = (1980, 1, 1, 0, 0, 0)

type Progress = Callable[[int, int, str], None]


@dataclass
class Built:
    """What was written."""

    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    sums: list[tuple[str, str]] = field(default_factory=list)

    @property
    def sums_text(self) -> str:
        """As `sha256sum -c` reads it."""
        return "".join(f"{digest}  {name}\n" for digest, name in self.sums)

    @property
    def content_sha256(self) -> str:
        return hashlib.sha256(self.sums_text.encode()).hexdigest()


def write_dossier(target: Path, *, unit: OrgUnit, period: Period, today: dt.date, progress: Progress) -> Built:
    """The dossier of a unit and a period as a ZIP; a kept file that was changed is left out and named."""
    parts = sections()
    built = Built()
    total = len(parts) + 2
    collected: list[tuple[Section, Contents]] = []
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, section in enumerate(parts, start=1):
            progress(number - 1, total, section.title)
            contents = section.collect(unit, period)
            collected.append((section, contents))
            count = sum(_put(archive, built, f"{number:02}-{section.code}/{name}", content) for name, content in
                        _files(contents, section, built))  # fmt: skip
            built.counts[section.code] = {"rows": len(contents.rows), "files": count}
        progress(len(parts), total, "Mục lục")
        made = dt.datetime.combine(today, dt.time(), get_default_timezone())
        _put(archive, built, "00-muc-luc.xlsx", _index_book(unit, period, collected, built, made))
        data = _paper(unit, period, collected, built, today)
        _put(
            archive,
            built,
            "00-muc-luc.pdf",
            pdf("dossier/papers/index", data | {"title": f"Mục lục {data['title'].lower()}"}, at=made),
        )
        progress(len(parts) + 1, total, "Bìa")
        _put(archive, built, "00-bia.pdf", pdf("dossier/papers/cover", data, at=made))
        built.sums.sort(key=itemgetter(1))
        _write(archive, SUMS, built.sums_text.encode())
    progress(total, total, "Đã xong")
    return built


def _files(contents: Contents, section: Section, built: Built) -> Iterator[tuple[str, bytes]]:
    for file in contents.files:
        try:
            yield file.name, read_kept(file.stored.sha256)
        except FileChanged as error:
            built.warnings.append(f"{section.title}, {file.name}: {error.message}")


def _put(archive: zipfile.ZipFile, built: Built, name: str, content: bytes) -> int:
    built.sums.append((hashlib.sha256(content).hexdigest(), name))
    _write(archive, name, content)
    return 1


def _write(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name, _ZIP_DAY)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o600 << 16
    archive.writestr(entry, content)


def _index_book(
    unit: OrgUnit, period: Period, collected: Sequence[tuple[Section, Contents]], built: Built, made: dt.datetime
) -> bytes:
    """One sheet of sections, then one for each with its rows."""
    file = io.BytesIO()
    book = new_book(file)
    book.set_properties({"title": "Mục lục hồ sơ thanh tra", "created": made.replace(tzinfo=None)})
    told = [
        f"Mục lục hồ sơ thanh tra của {unit.name}",
        f"Kỳ: từ {period.first:%d/%m/%Y} đến hết {period.last:%d/%m/%Y}.",
        *(f"Cảnh báo: {line}" for line in built.warnings),
    ]
    write_lines(book, "Thông tin", told)
    columns: list[OutColumn[Mapping[str, Any]]] = [
        OutColumn("Phần", 6, itemgetter("no")),
        OutColumn("Tên", 44, itemgetter("title")),
        OutColumn("Số dòng", 10, itemgetter("rows")),
        OutColumn("Số tệp", 10, itemgetter("files")),
        OutColumn("Ghi chú", 50, itemgetter("note")),
    ]
    write_table(book, "Mục lục", columns, _parts(collected, built))
    for number, (section, contents) in enumerate(collected, start=1):
        heads = [OutColumn(one.header, one.width, itemgetter(one.key)) for one in section.columns]
        write_table(book, f"{number:02} {section.title}"[:31], heads, contents.rows)
    book.close()
    return file.getvalue()


def _parts(collected: Sequence[tuple[Section, Contents]], built: Built) -> list[dict[str, Any]]:
    return [
        {"no": number, "title": section.title, "note": section.note, **built.counts[section.code]}
        for number, (section, _) in enumerate(collected, start=1)
    ]


def _paper(
    unit: OrgUnit, period: Period, collected: Sequence[tuple[Section, Contents]], built: Built, today: dt.date
) -> dict[str, Any]:
    """What cover and index print."""
    return {
        "title": "Hồ sơ phục vụ thanh tra, kiểm tra",
        "subtitle": f"Kỳ từ {period.first:%d/%m/%Y} đến hết {period.last:%d/%m/%Y}",
        "above": unit.parent.name if unit.parent else "",
        "unit": unit.name,
        "place": "",
        "day": f"{today.day:02}",
        "month": f"{today.month:02}" if today.month < 3 else str(today.month),
        "year": str(today.year),
        "code": unit.code,
        "parts": [{key: shown(value) for key, value in part.items()} for part in _parts(collected, built)],
        "lists": [
            {
                "title": f"{number}. {section.title}",
                "columns": [{"header": one.header, "width": one.width, "align": one.align} for one in section.columns],
                "rows": [[shown(row[one.key]) for one in section.columns] for row in contents.rows[:_PAPER_ROWS]],
                "left_out": shown(max(0, len(contents.rows) - _PAPER_ROWS)),
            }
            for number, (section, contents) in enumerate(collected, start=1)
        ],
        "warnings": built.warnings,
        "sums": SUMS,
        "trace": "Lập từ cơ sở dữ liệu giáo dục và đào tạo.",
    }
