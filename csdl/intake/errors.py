"""Why a file is refused as a whole. What is wrong with a row of it is a Problem, not an error."""

from csdl.accounts.errors import CsdlError
from csdl.lib.xlsx import Why

__all__ = ["IntakeError", "unreadable"]


class IntakeError(CsdlError):
    """INT-01 … INT-09; nothing is written."""

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
