"""Pupils of a school's year: the file for life, the place at the school, father, mother and guardian (list student)."""

from csdl.intake.sheets.cells import birth_year, code_text, name, phone
from csdl.intake.sheets.columns import Column, Form, Need
from csdl.intake.sheets.kinds import (
    RECORD,
    SCHOOL,
    VERSION,
    commune_column,
    day_column,
    flag_column,
    grade_column,
    list_column,
    option_column,
    text_column,
)
from csdl.intake.sheets.nouns.classes import CLASS_ALIASES
from csdl.intake.sheets.nouns.persons import (
    EMAIL,
    GENDER,
    NAME_PARTS,
    birth_date_column,
    citizen_id_column,
    ethnic_column,
    ministry_code_column,
    phone_column,
)
from csdl.intake.sheets.specs import SheetSpec
from csdl.years.enums import AdmissionKind

__all__ = ["PUPILS"]


def _guardian(key: str, short: str, said: tuple[str, ...], field: str) -> tuple[Column, ...]:
    """The columns of a father, mother or guardian; `said` are the words for the relation in headers."""

    def headers(*heads: str) -> tuple[str, ...]:
        return tuple(f"{head} {word}" for head in heads for word in (short, *said))

    label = short.lower()
    return (
        Column(
            f"{key}_full_name",
            f"Họ tên {label}",
            name(),
            source_field=f"HoTen{field}",
            aliases=headers("Họ và tên", "Họ tên", "Tên"),
            width=26,
        ),
        Column(
            f"{key}_birth_year",
            f"Năm sinh {label}",
            birth_year,
            source_field=f"NgaySinh{field}",
            aliases=headers("Năm sinh của", "Năm sinh", "Ngày sinh"),
            hint="Bốn chữ số.",
            form=Form.NUMBER,
            show=int,
            width=8,
        ),
        text_column(
            f"{key}_occupation",
            f"Nghề nghiệp {label}",
            120,
            source_field=f"NgheNghiep{field}",
            aliases=headers("Nghề nghiệp của", "Nghề nghiệp", "Nghề"),
        ),
        text_column(
            f"{key}_workplace",
            f"Nơi làm việc {label}",
            200,
            source_field=f"NoiLamViec{field}",
            aliases=headers("Nơi làm việc của", "Nơi làm việc", "Cơ quan"),
            width=24,
        ),
        Column(
            f"{key}_phone",
            f"Điện thoại {label}",
            phone,
            source_field=f"SoDienThoai{field}",
            aliases=headers("Số điện thoại", "Điện thoại", "SĐT", "ĐT", "SĐT của"),
            is_sensitive=True,
            width=13,
        ),
    )


PUPILS = SheetSpec(
    "pupils",
    "Học sinh",
    (
        RECORD,
        VERSION,
        SCHOOL,
        Column(
            "full_name",
            "Họ và tên",
            name(),
            Need.NEEDED,
            "HoTen",
            aliases=(
                *("Họ tên", "Họ và tên HS", "Họ tên HS", "Họ và tên học sinh", "Họ tên học sinh", "Tên học sinh"),
                *(
                    "TenHocSinh",
                    "Họ và tên trẻ",
                    "Họ tên trẻ",
                    "Tên trẻ",
                    "Họ và tên bé",
                    "Họ tên bé",
                    "Tên bé",
                    "HO_TEN",
                ),
                *("Họ và tên cháu", "Họ tên cháu", "Tên cháu"),
            ),
            hint="Như giấy khai sinh.",
            width=28,
            parts=NAME_PARTS,
        ),
        birth_date_column("Ngày tháng năm sinh HS", "NTNS", need=Need.NEEDED, example="07/10/2015"),
        GENDER,
        text_column(
            "birth_place",
            "Nơi sinh",
            200,
            source_field="NoiSinh",
            hint="Như giấy khai sinh.",
            width=24,
        ),
        ethnic_column(need=Need.WANTED),
        text_column("nationality_code", "Quốc tịch", 2, source_field="MaQuocTich", hint="Mã hai chữ, VN.", width=9),
        list_column(
            "religion_code",
            "Tôn giáo",
            "religion",
            also={"Không tôn giáo": "99", "K": "99", "Lương": "99", "Thiên chúa giáo": "02"},
            source_field="MaTonGiao",
            is_sensitive=True,
        ),
        citizen_id_column("12 chữ số, cả số 0 ở đầu."),
        ministry_code_column("MaHocSinh", "Mã CSDL", "Mã HS CSDL"),
        Column(
            "local_code",
            "Mã học sinh",
            code_text(what="mã học sinh"),
            source_field="ClientId",
            aliases=("Mã HS", "Mã học sinh của trường", "Mã trẻ", "Mã hồ sơ"),
            width=14,
        ),
        Column(
            "class_name",
            "Lớp",
            code_text(limit=60, what="tên lớp"),
            Need.WANTED,
            "MaLopHocCn",
            aliases=(*CLASS_ALIASES, "MaLopHocDn", "Mã lớp", "Lớp hiện tại"),
            hint="Lớp của trường trong năm học; để trống nếu chưa xếp lớp.",
            width=10,
        ),
        grade_column(
            "grade_code",
            "Khối",
            source_field="KhoiHoc",
            aliases=("Khối học", "Khối lớp"),
            hint="Cần khi chưa xếp lớp.",
            width=12,
        ),
        list_column(
            "status_code",
            "Trạng thái",
            "student_status",
            source_field="TrangThai",
            aliases=("Trạng thái học sinh", "Tình trạng"),
            hint="Để trống là Đang học.",
        ),
        day_column(
            "enrolled_on",
            "Ngày vào trường",
            aliases=("Ngày nhập học", "Ngày vào", "Ngày tiếp nhận"),
        ),
        option_column(
            "admission_kind",
            "Loại nhập học",
            tuple(AdmissionKind.choices),
            source_field="LoaiNhapHoc",
            aliases=("Hình thức vào trường", "Hình thức nhập học"),
        ),
        text_column("origin_place", "Quê quán", 200, source_field="QueQuan", aliases=("Nguyên quán",), width=24),
        commune_column(
            "permanent_commune_code",
            "Xã, phường thường trú",
            beside=("Quận, huyện thường trú", "MaQhuyenThtru", "Huyện thường trú", "Quận/huyện"),
            source_field="MaPxaThtru",
            aliases=("Xã thường trú", "Phường/xã thường trú", "Xã/phường thường trú", "Mã xã thường trú", "Xã/phường"),
            hint="Mã 5 chữ số hoặc tên kèm quận, huyện.",
            is_sensitive=True,
            width=34,
        ),
        text_column(
            "permanent_address",
            "Địa chỉ thường trú",
            300,
            source_field="DchiThtru",
            aliases=("Thường trú", "Hộ khẩu thường trú", "Hộ khẩu", "Nơi thường trú", "Địa chỉ hộ khẩu"),
            is_sensitive=True,
            width=34,
        ),
        commune_column(
            "current_commune_code",
            "Xã, phường nơi ở hiện nay",
            beside=("Quận, huyện nơi ở hiện nay", "MaQhuyenTmtru", "Huyện nơi ở hiện nay", "Quận, huyện tạm trú"),
            source_field="MaPxaTmtru",
            aliases=("Xã nơi ở hiện nay", "Xã, phường tạm trú", "Xã/phường tạm trú", "Mã xã tạm trú"),
            hint="Mã 5 chữ số hoặc tên kèm quận, huyện.",
            is_sensitive=True,
            width=34,
        ),
        text_column(
            "current_address",
            "Nơi ở hiện nay",
            300,
            source_field="DchiTmtru",
            aliases=("Chỗ ở hiện nay", "Địa chỉ hiện nay", "Địa chỉ tạm trú", "Tạm trú", "Địa chỉ", "Nơi ở"),
            is_sensitive=True,
            width=34,
        ),
        phone_column("SoDthoaiDdong", "Điện thoại học sinh", "SĐT học sinh", "SĐT HS"),
        EMAIL,
        list_column(
            "policy_code",
            "Diện chính sách",
            "policy_category",
            also={"Hộ nghèo": "08", "Hộ cận nghèo": "09", "Cận nghèo": "09", "Nghèo": "08"},
            source_field="MaDtuongCsach",
            aliases=("Đối tượng chính sách", "Diện ưu tiên"),
            is_sensitive=True,
            width=24,
        ),
        flag_column(
            "is_disabled",
            "Khuyết tật",
            source_field="KhuyetTat",
            aliases=("Học sinh khuyết tật", "HS khuyết tật"),
            is_sensitive=True,
            width=10,
        ),
        list_column(
            "disability_code",
            "Loại khuyết tật",
            "disability_kind",
            also={
                "Vận động": "01",
                "Nghe nói": "02",
                "Nghe, nói": "02",
                "Nhìn": "03",
                "Thần kinh": "04",
                "Trí tuệ": "05",
                "Khác": "06",
            },
            source_field="MaLoaiKhuyetTat",
            aliases=("Dạng khuyết tật",),
            is_sensitive=True,
            width=20,
        ),
        *_guardian("father", "Cha", ("bố", "ba", "(cha)", "(bố)"), "Bo"),
        *_guardian("mother", "Mẹ", ("má", "(mẹ)"), "Me"),
        *_guardian("guardian", "Người giám hộ", ("giám hộ", "NGH", "người đỡ đầu"), "NguoiGiamHo"),
    ),
    note="Mỗi dòng là một học sinh của trường trong năm học.",
)
