"""Staff of a school with their posting there: field list staff."""

from csdl.intake.sheets.cells import name
from csdl.intake.sheets.columns import Column, Need
from csdl.intake.sheets.kinds import RECORD, SCHOOL, VERSION, day_column, list_column
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

__all__ = ["STAFF"]

STAFF = SheetSpec(
    "staff",
    "Cán bộ, giáo viên",
    (
        RECORD,
        VERSION,
        SCHOOL,
        Column(
            "full_name",
            "Họ và tên",
            name(),
            Need.NEEDED,
            "TenCanBo",
            aliases=("Họ tên", "Họ và tên GV", "Họ tên giáo viên", "Họ tên cán bộ", "Tên cán bộ", "HoTen", "Giáo viên"),
            width=28,
            parts=NAME_PARTS,
        ),
        birth_date_column(need=Need.WANTED, example="07/10/1985"),
        GENDER,
        ethnic_column(),
        citizen_id_column("12 chữ số; CMND cũ 9 chữ số."),
        ministry_code_column("MaCanBo", "Mã cán bộ", "Mã giáo viên", "Mã GV"),
        phone_column("SoDienThoaiDiDong"),
        EMAIL,
        list_column(
            "staff_group_code",
            "Loại cán bộ",
            "staff_group",
            also={"GV": "03", "NV": "02", "CBQL": "01"},
            need=Need.WANTED,
            source_field="LoaiCanBo",
            aliases=("Nhóm cán bộ",),
        ),
        list_column(
            "position_code",
            "Chức vụ, vị trí việc làm",
            "staff_position",
            source_field="ChucVu",
            aliases=("Chức vụ", "Vị trí việc làm", "Vị trí"),
            width=22,
        ),
        list_column(
            "contract_code",
            "Hình thức hợp đồng",
            "contract_kind",
            source_field="LoaiHopDong",
            aliases=("Loại hợp đồng", "Hợp đồng"),
            width=24,
        ),
        list_column(
            "rank_code",
            "Hạng chức danh nghề nghiệp",
            "staff_rank",
            source_field="MaNgach",
            aliases=("Hạng chức danh", "Mã ngạch", "Ngạch", "Ngạch/hạng"),
            width=24,
        ),
        list_column(
            "status_code",
            "Trạng thái",
            "staff_status",
            source_field="TrangThai",
            aliases=("Trạng thái cán bộ", "Tình trạng"),
            hint="Để trống là Đang làm việc.",
        ),
        day_column(
            "valid_from",
            "Làm việc tại trường từ ngày",
            source_field="NgayTrangThai",
            aliases=("Ngày vào trường", "Ngày về trường", "Từ ngày"),
        ),
        day_column(
            "valid_to",
            "Thôi làm việc từ ngày",
            aliases=("Ngày thôi làm việc", "Đến ngày"),
            hint="Ngày đầu tiên không còn làm việc tại trường; để trống nếu đang làm việc.",
        ),
        list_column(
            "qualification_code",
            "Trình độ chuyên môn",
            "qualification",
            also={
                "ĐH": "03",
                "CĐ": "04",
                "TC": "05",
                "ThS": "02",
                "TS": "01",
                "ĐHSP": "16",
                "CĐSP": "17",
                "TCSP": "18",
            },
            source_field="TrinhDoChuyenMonNvCaoNhat",
            aliases=("Trình độ", "Trình độ đào tạo", "TrinhDoDaoTao"),
        ),
        list_column(
            "training_standard_code",
            "Chuẩn đào tạo",
            "training_standard",
            aliases=("Đạt chuẩn", "Trình độ chuẩn"),
        ),
        list_column(
            "teacher_subject_code",
            "Môn dạy",
            "teacher_subject",
            source_field="MaMonHoc",
            aliases=("Môn dạy chính", "Môn", "Môn học"),
        ),
    ),
    note="Mỗi dòng là một người làm việc tại trường.",
    needed=("full_name", "birth_date", "gender_code", "staff_group_code"),
)
