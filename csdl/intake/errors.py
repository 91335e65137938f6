"""Why a file is refused as a whole. What is wrong with a row of it is a Problem, not an error."""

from csdl.accounts.errors import CsdlError
from csdl.lib.xlsx import Why

__all__ = ["CODES", "IntakeError", "unreadable"]

# One code, one meaning, for ever; codes of single rows and cells stand in `problems.ProblemKind`.
CODES = {
    "INT-01": "Không đọc được tệp",
    "INT-02": "Không phải bảng tính .xlsx dùng được",
    "INT-03": "Tệp giải nén quá lớn",
    "INT-04": "Tệp có macro",
    "INT-05": "Không có trang tính nào có dòng tiêu đề",
    "INT-06": "Thiếu cột bắt buộc",
    "INT-07": "Có ô gộp trong vùng dữ liệu",
    "INT-08": "Công thức chưa có kết quả",
    "INT-09": "Cần chỉ ra cột tương ứng trong tệp",
    "INT-10": "Có dữ liệu mới phụ thuộc nên chưa hoàn tác",
    "INT-70": "Lần nhập không ở bước làm được việc này",
    "INT-71": "Dữ liệu đã thay đổi sau khi lập kế hoạch",
    "INT-72": "Có dòng bị từ chối nên không ghi (--strict)",
    "INT-73": "Chưa dán dòng nào",
    "INT-74": "Tệp của tỉnh khác",
    "INT-75": "Không xác định được Sở của các trường trong tệp",
    "INT-76": "Không có lần nhập này",
    "INT-77": "Không có đơn vị mang mã này",
    "INT-78": "Lần nhập có trường nay ngoài phạm vi",
}


class IntakeError(CsdlError):
    """INT-01 … INT-10, INT-70 … (see `CODES`); nothing is written."""

    code = "INT-01"


_SENTENCES = {
    Why.MISSING: ("INT-01", "Không đọc được tệp. Hãy kiểm tra lại đường dẫn và quyền đọc tệp."),
    Why.NOT_XLSX: (
        "INT-02",
        "Tệp không phải bảng tính Excel .xlsx. Hãy mở bằng Excel, bỏ mật khẩu nếu có, rồi lưu lại dạng .xlsx.",
    ),
    Why.OLD_XLS: (
        "INT-02",
        "Tệp là bảng tính Excel đời cũ (.xls). Hãy mở bằng Excel rồi lưu lại dạng .xlsx.",
    ),
    Why.PASSWORD: ("INT-02", "Tệp có mật khẩu nên không đọc được. Hãy bỏ mật khẩu, lưu lại rồi nhập."),
    Why.TOO_BIG: ("INT-03", "Tệp giải nén vượt quá 500 MB. Hãy xóa các dòng, cột, hình thừa hoặc chia nhỏ tệp."),
    Why.MACROS: ("INT-04", "Tệp có chứa macro nên không được nhận. Hãy lưu lại dạng .xlsx không có macro."),
}


def unreadable(why: Why) -> IntakeError:
    """The sentence for a file that could not be opened."""
    code, sentence = _SENTENCES[why]
    return IntakeError(sentence, code=code)
