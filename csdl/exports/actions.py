"""Writing a file that leaves: the right to it, the purpose, the log, then the file."""

import io
from collections.abc import Iterable

from django.db.models import QuerySet
from django.utils.timezone import localtime

from csdl.access.queries import visible
from csdl.accounts.actor import Actor
from csdl.accounts.errors import InvalidRecord
from csdl.accounts.permissions import Permission
from csdl.audit.actions import record
from csdl.exports.columns import chosen_columns
from csdl.exports.enums import Purpose
from csdl.exports.pupils import PUPIL_COLUMNS, pupil_lines
from csdl.lib import clock
from csdl.lib.vietnamese import squeeze
from csdl.lib.workbook import new_book, write_lines, write_table
from csdl.orgs.models import School
from csdl.years.models import Enrolment

__all__ = ["export_pupils"]


def export_pupils(
    *,
    actor: Actor,
    school: School,
    start_year: int,
    rows: QuerySet[Enrolment],
    title: str,
    columns: Iterable[str],
    purpose: str,
    reason: str = "",
    with_sensitive: bool = False,
) -> bytes:
    """A pupil list as xlsx, exactly the given rows in their order; the log says who took what and why.

    Shapes:  `columns` keys of PUPIL_COLUMNS; `rows` enrolments that came through the gate, ordered.
    Errors:  NotAllowed; REC-01 no purpose, a purpose "other" without words, no column.
    """
    rows = visible(rows, actor, Permission.DATA_EXPORT)  # who may see a pupil need not be allowed to carry the file out
    faults: dict[str, list[str]] = {}
    reason = squeeze(reason)
    if purpose not in Purpose.values:
        faults["purpose"] = ["Hãy chọn mục đích sử dụng dữ liệu."]
    elif purpose == Purpose.OTHER and len(reason) < 5:
        faults["reason"] = ["Hãy ghi rõ dùng vào việc gì."]
    taken = chosen_columns(PUPIL_COLUMNS, columns, with_sensitive=with_sensitive)
    if not taken:
        faults["columns"] = ["Hãy chọn ít nhất một cột."]
    if faults:
        raise InvalidRecord(faults)
    file = io.BytesIO()
    book = new_book(file)
    count = write_table(book, "Học sinh", [one.out for one in taken], pupil_lines(actor, rows, start_year=start_year))
    label = Purpose(purpose).label
    write_lines(
        book,
        "Thông tin",
        [
            title,
            f"Đơn vị: {school.unit.name}. Năm học {start_year}-{start_year + 1}. Số học sinh: {count}.",
            f"Người tải: {actor.label}, lúc {localtime(clock.now()):%H:%M ngày %d/%m/%Y}.",
            f"Mục đích: {label}. {reason}".strip(),
            "Tệp có dữ liệu cá nhân của học sinh. Chỉ dùng đúng mục đích, không chuyển cho người không có trách nhiệm, "
            "xóa khi đã xong việc.",
        ],
    )
    book.close()
    record(
        actor=actor,
        kind="data:export",
        unit_id=school.pk,
        data={
            "what": "pupils",
            "title": title,
            "start_year": start_year,
            "purpose": purpose,
            "reason": reason,
            "columns": [one.key for one in taken],
            "sensitive": [one.key for one in taken if one.is_sensitive],
            "rows": count,
        },
    )
    return file.getvalue()
