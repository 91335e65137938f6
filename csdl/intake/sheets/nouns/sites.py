"""Sites of a school (điểm trường): field list school_site."""

from csdl.intake.sheets.cells import code_text
from csdl.intake.sheets.columns import Column, Need
from csdl.intake.sheets.kinds import (
    RECORD,
    SCHOOL,
    VERSION,
    commune_column,
    day_column,
    flag_column,
    text_column,
)
from csdl.intake.sheets.specs import SheetSpec

__all__ = ["SITES"]

SITES = SheetSpec(
    "sites",
    "Điểm trường",
    (
        RECORD,
        VERSION,
        SCHOOL,
        Column(
            "code",
            "Mã điểm trường",
            code_text(limit=20, what="mã điểm trường"),
            Need.WANTED,
            "MaDiemTruong",
            aliases=("ClientId", "Mã điểm"),
            hint="Không trùng trong một trường, ví dụ 01.",
            width=12,
        ),
        text_column(
            "name",
            "Tên điểm trường",
            200,
            need=Need.NEEDED,
            source_field="TenDiemTruong",
            aliases=("Điểm trường", "Tên điểm"),
            hint="Ví dụ Điểm chính.",
            width=30,
        ),
        flag_column(
            "is_main", "Điểm chính", aliases=("Là điểm chính",), hint="Mỗi trường có một điểm chính.", width=10
        ),
        commune_column(
            "commune_code",
            "Xã, phường",
            beside=("Quận, huyện", "MaQuanHuyen", "Huyện"),
            source_field="MaXa",
            aliases=("Mã xã", "Xã", "Phường", "Xã/phường/thị trấn"),
            hint="Mã 5 chữ số hoặc tên kèm quận, huyện.",
            width=34,
        ),
        text_column("address", "Địa chỉ", 300, source_field="DiaChi", hint="Số nhà, đường, thôn, tổ.", width=34),
        day_column("closed_on", "Ngày thôi sử dụng", hint="Để trống nếu còn sử dụng (dd/mm/yyyy)."),
    ),
    note="Mỗi dòng là một điểm trường trong năm học.",
    needed=("code", "name"),
)
