"""What may be wrong with a row of a file, and where: sheet, row as Excel counts, column, the value found."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

__all__ = ["Problem", "ProblemKind"]


class ProblemKind(StrEnum):
    """Stable codes of row problems. 1x rejects the row; 2x and 3x are warnings, the row is taken."""

    CODE_MISSING = "INT-11", "Thiếu mã trường"
    CODE_DOUBLED = "INT-12", "Mã trường bị trùng trong tệp"
    NAME_MISSING = "INT-13", "Thiếu tên trường"
    LEVELS_UNREADABLE = "INT-14", "Không đọc được cấp học"
    VALUE_UNKNOWN = "INT-21", "Mã không có trong danh mục"
    VALUE_MISSING = "INT-22", "Ô bắt buộc để trống"
    VALUE_APPROXIMATED = "INT-23", "Mã được quy đổi gần đúng"
    TEXT_UNUSABLE = "INT-24", "Nội dung không dùng được"
    DATE_UNREADABLE = "INT-25", "Ngày không đọc được"
    DATE_IMPLAUSIBLE = "INT-26", "Ngày không hợp lý"
    CODE_MALFORMED = "INT-27", "Mã trường không đúng cấu trúc"
    CODE_CONTRADICTS = "INT-28", "Mã trường mâu thuẫn với dòng"
    CODE_REPAIRED = "INT-29", "Mã trường được khôi phục số 0 ở đầu"
    NAME_REPEATED = "INT-30", "Tên trường lặp lại trong cùng đơn vị"
    UNIT_UNKNOWN = "INT-31", "Không tìm thấy đơn vị quản lý"
    LEVEL_GROUP_UNCLEAR = "INT-32", "Nhóm cấp học không rõ"
    TYPE_CONTRADICTS = "INT-33", "Loại hình trường mâu thuẫn với tên"
    LEVEL_IN_USE = "INT-34", "Cấp học đang có lớp nên được giữ lại"

    label: str

    def __new__(cls, value: str, label: str) -> "ProblemKind":
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member

    @property
    def rejects(self) -> bool:
        return self.value.startswith("INT-1")


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding at one cell; `message` says what would be right."""

    sheet: str
    row: int
    column: str
    value: str
    code: ProblemKind
    message: str

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"code": self.code.value}
