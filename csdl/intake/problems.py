"""What may be wrong with a row of a file, and where: sheet, row as Excel counts, column, the value found."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

__all__ = ["Problem", "ProblemKind"]


class ProblemKind(StrEnum):
    """Stable codes of row problems. 1x rejects the row; 2x, 3x and 5x are warnings, the row is taken. 4x and 6x are
    found while planning: whether they reject the row or leave a cell alone stands with each (`effect`).

    5x is what spreadsheets do to data by themselves; 35, 36, 37, 58 and 59 are told once a file, for information.
    """

    CODE_MISSING = "INT-11", "Thiếu mã trường"
    CODE_DOUBLED = "INT-12", "Mã trường bị trùng trong tệp"
    NAME_MISSING = "INT-13", "Thiếu tên trường"
    LEVELS_UNREADABLE = "INT-14", "Không đọc được cấp học"
    PERSONS_MIXED = "INT-15", "Dòng lẫn thông tin của hai người"
    VALUE_UNKNOWN = "INT-21", "Mã không có trong danh mục"
    VALUE_MISSING = "INT-22", "Ô cần ghi (*) còn để trống"
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
    COLUMN_UNREAD = "INT-35", "Cột không ứng với mục nào nên không được đọc"
    SHEET_UNREAD = "INT-36", "Trang tính không được đọc"
    LAID_OUT = "INT-37", "Đọc theo cách trình bày của tệp"
    CODE_BY_NUMBER = "INT-38", "Mã ghi bằng số, có thể theo cách đánh số khác"
    LETTERS_FOREIGN = "INT-39", "Chữ cái của bảng chữ khác"
    PERSON_FAULTY = "INT-40", "Thông tin cá nhân không đúng quy định"
    CLASS_UNKNOWN = "INT-41", "Không có lớp này"
    SEVERAL_MATCH = "INT-42", "Khớp hoặc có thể trùng với hồ sơ khác"
    GRADE_CONTRADICTS = "INT-43", "Khối không khớp với lớp"
    DOUBLED = "INT-44", "Trùng với dòng khác trong tệp"
    NUMBER_ELSEWHERE = "INT-45", "Số định danh đã có ở hồ sơ khác"
    VERIFIED_KEPT = "INT-46", "Hồ sơ đã xác thực, giữ nguyên ô"
    ENROLLED_ELSEWHERE = "INT-47", "Đang có hồ sơ năm học ở trường khác"
    SCHOOL_OUT_OF_REACH = "INT-48", "Trường không thuộc phạm vi nhập"
    CHANGED_MEANWHILE = "INT-49", "Người khác đã sửa ô này"
    RECORD_UNKNOWN = "INT-60", "Không tìm thấy bản ghi của tệp"
    NAME_TAKEN = "INT-61", "Tên đã dùng"
    SITE_UNKNOWN = "INT-62", "Không có điểm trường này"
    LEVEL_NOT_TAUGHT = "INT-63", "Trường không dạy cấp học này"
    STAFF_UNKNOWN = "INT-64", "Không tìm thấy giáo viên"
    GUARDIAN_UNNAMED = "INT-65", "Thiếu họ tên cha mẹ, người giám hộ"
    NEEDED_EMPTY = "INT-66", "Thiếu thông tin của hồ sơ mới"
    HAS_LEFT = "INT-67", "Học sinh đã rời trường"
    DAY_OUTSIDE = "INT-68", "Ngày ngoài năm học"
    GRADE_KEPT = "INT-69", "Khối của lớp không đổi được"

    ZERO_LOST = "INT-50", "Excel đã bỏ số 0 ở đầu"
    NUMBER_SHORTENED = "INT-51", "Excel đã rút gọn số (dạng 3,13E+10)"
    DATE_SWAPPED = "INT-52", "Ngày và tháng có thể bị đảo"
    YEAR_SHORT = "INT-53", "Năm chỉ có hai chữ số"
    FONT_LEGACY = "INT-54", "Phông chữ cũ (TCVN3, VNI)"
    CELL_BROKEN = "INT-55", "Ô báo lỗi của Excel"
    CELL_ODD = "INT-56", "Kiểu ô không phù hợp"
    NAME_CONTRADICTS = "INT-57", "Tên và mã trong ô không khớp"
    TEXT_CLEANED = "INT-58", "Ký tự thừa đã được làm sạch"
    ROW_SKIPPED = "INT-59", "Dòng không phải dữ liệu được bỏ qua"

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
    """One finding at one cell; `message` says what would be right, `proposal` is it where it can be told but was not
    taken by itself."""

    sheet: str
    row: int
    column: str
    value: str
    code: ProblemKind
    message: str
    proposal: Any = None

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"code": self.code.value}
