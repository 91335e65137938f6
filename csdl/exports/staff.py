"""The staff of a school as a file."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import QuerySet

from csdl.accounts.actor import Actor
from csdl.codes import queries as codes
from csdl.exports.columns import ExportColumn
from csdl.exports.enums import OF_UNITS
from csdl.exports.lists import ExportList, carried
from csdl.staff.models import StaffPosting

__all__ = ["STAFF"]

# Column key -> the field it is read from, and the code list that says what the code means.
_CODED = {
    "gender": ("staff__gender_code", "gender"),
    "ethnic_group": ("staff__ethnic_code", "ethnic_group"),
    "staff_group": ("staff_group_code", "staff_group"),
    "position": ("position_code", "staff_position"),
    "contract": ("contract_code", "contract_kind"),
    "rank": ("rank_code", "staff_rank"),
    "qualification": ("staff__qualification_code", "qualification"),
    "training_standard": ("staff__training_standard_code", "training_standard"),
    "teacher_subject": ("staff__teacher_subject_code", "teacher_subject"),
    "status": ("status_code", "staff_status"),
}
_PLAIN = {
    "full_name": "staff__full_name",
    "birth_date": "staff__birth_date",
    "moet_code": "staff__moet_code",
    "citizen_id_no": "staff__citizen_id_no",
    "phone": "staff__phone",
    "email": "staff__email",
    "valid_from": "valid_from",
    "valid_to": "valid_to",
}


def _staff_lines(actor: Actor, rows: QuerySet[StaffPosting], start_year: int) -> Iterator[Mapping[str, Any]]:
    """One line a posting, in the order of the queryset; one statement."""
    names = codes.labels(*(list_name for _, list_name in _CODED.values()))
    read = [*_PLAIN.values(), *(field for field, _ in _CODED.values())]
    for number, line in enumerate(rows.values(*read), start=1):
        coded = {key: names[list_name].get(line[field], line[field]) for key, (field, list_name) in _CODED.items()}
        yield {"stt": number, **{key: line[field] for key, field in _PLAIN.items()}, **coded}


STAFF = ExportList[QuerySet[StaffPosting]](
    key="staff",
    title="Danh sách cán bộ, giáo viên, nhân viên",
    sheet="Cán bộ, giáo viên",
    noun="người",
    stem="can-bo",
    columns=(
        ExportColumn("stt", "STT", 5, align="right"),
        ExportColumn("full_name", "Họ và tên", 28),
        ExportColumn("birth_date", "Ngày sinh", 12, align="center"),
        ExportColumn("gender", "Giới tính", 9, align="center"),
        ExportColumn("ethnic_group", "Dân tộc", 12, is_default=False),
        ExportColumn("staff_group", "Loại cán bộ", 18),
        ExportColumn("position", "Chức vụ, vị trí việc làm", 24),
        ExportColumn("teacher_subject", "Môn dạy", 18),
        ExportColumn("qualification", "Trình độ chuyên môn", 18),
        ExportColumn("training_standard", "Chuẩn đào tạo", 16, is_default=False),
        ExportColumn("contract", "Hình thức hợp đồng", 24, is_default=False),
        ExportColumn("rank", "Hạng chức danh nghề nghiệp", 24, is_default=False),
        ExportColumn("valid_from", "Làm việc từ ngày", 12, align="center"),
        ExportColumn("valid_to", "Thôi làm việc từ ngày", 12, is_default=False, align="center"),
        ExportColumn("status", "Trạng thái", 16),
        ExportColumn("moet_code", "Mã định danh Bộ GDĐT", 14, is_default=False),
        ExportColumn("citizen_id_no", "Số định danh cá nhân", 15, is_sensitive=True),
        ExportColumn("phone", "Điện thoại", 13, is_sensitive=True),
        ExportColumn("email", "Thư điện tử", 24, is_sensitive=True),
    ),
    lines=_staff_lines,
    carried=carried,
    purposes=OF_UNITS,
)
