"""The dirt of the made-up province: each kind declared once, with its share and the quality rule that should find it.

A real database is never clean; pages, rules and imports must be seen to cope. A pupil bears one kind at most. The
build counts each kind in its report. To add a kind: copy its best neighbour.
"""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field

from csdl.demo.odds import odds
from csdl.lib.vietnamese import fold

__all__ = ["CLASS_DIRT", "PUPIL_DIRT", "STAFF_DIRT", "Dirt", "Kin", "Pupil", "dirt_table"]


@dataclass(slots=True)
class Kin:
    """A parent or guardian before it is written."""

    relation: str
    name: str
    birth_year: int
    occupation: str
    phone: str
    citizen_id_no: str


@dataclass(slots=True)
class Pupil:
    """A pupil before it is written; dirt changes it."""

    name: str
    birth_date: str
    gender_code: str
    citizen_id_no: str
    id_state: str
    birth_place: str
    commune_code: str
    policy_code: str = ""
    is_disabled: bool = False
    disability_code: str = ""
    twin_no: str = ""
    kin: list[Kin] = field(default_factory=list)
    is_placed: bool = True
    has_result: bool = True


@dataclass(frozen=True)
class Dirt[T]:
    """One kind: name in the report, the rule's code (quality-rules), its share, what it does to a record."""

    name: str
    title: str
    rule: str
    share: float
    spoil: Callable[[T], None]


def _missing_id(pupil: Pupil) -> None:
    pupil.citizen_id_no, pupil.id_state = "", "missing"


def _doubled_id(pupil: Pupil) -> None:
    if pupil.twin_no:
        pupil.citizen_id_no, pupil.id_state = pupil.twin_no, "claimed"


def _lost_zero(pupil: Pupil) -> None:
    pupil.citizen_id_no, pupil.id_state = pupil.citizen_id_no.lstrip("0"), "claimed"


def _wrong_gender(pupil: Pupil) -> None:
    pupil.gender_code, pupil.id_state = "01" if pupil.gender_code == "02" else "02", "claimed"


def _wrong_year(pupil: Pupil) -> None:
    number = pupil.citizen_id_no
    pupil.citizen_id_no = f"{number[:4]}{(int(number[4:6]) + 1) % 100:02}{number[6:]}"
    pupil.id_state = "claimed"


def _decomposed_name(pupil: Pupil) -> None:
    pupil.name = unicodedata.normalize("NFD", pupil.name)


def _double_space(pupil: Pupil) -> None:
    pupil.name = pupil.name.replace(" ", "  ", 1)


def _capitals(pupil: Pupil) -> None:
    pupil.name = pupil.name.upper()


def _bare_name(pupil: Pupil) -> None:
    pupil.name = fold(pupil.name).title()


def _no_birth_date(pupil: Pupil) -> None:
    pupil.birth_date = "\\N"


def _no_birth_place(pupil: Pupil) -> None:
    pupil.birth_place = ""


def _no_commune(pupil: Pupil) -> None:
    pupil.commune_code = ""


def _no_disability_kind(pupil: Pupil) -> None:
    pupil.policy_code, pupil.is_disabled, pupil.disability_code = "06", True, ""


def _bad_phone(pupil: Pupil) -> None:
    for kin in pupil.kin:
        kin.phone = kin.phone[1:]


def _no_phone(pupil: Pupil) -> None:
    for kin in pupil.kin:
        kin.phone = ""


def _no_kin(pupil: Pupil) -> None:
    pupil.kin = []


def _kin_too_young(pupil: Pupil) -> None:
    pupil.kin[0].birth_year += 25


def _unplaced(pupil: Pupil) -> None:
    pupil.is_placed = False


def _undecided(pupil: Pupil) -> None:
    pupil.has_result = False


PUPIL_DIRT: list[Dirt[Pupil]] = [
    Dirt("id_missing", "Thiếu số định danh", "ID-01", 0.008, _missing_id),
    Dirt("id_short", "Số định danh mất số 0 đầu", "ID-02", 0.0015, _lost_zero),
    Dirt("id_gender", "Giới tính không khớp số định danh", "ID-06", 0.001, _wrong_gender),
    Dirt("id_year", "Năm sinh không khớp số định danh", "ID-07", 0.0006, _wrong_year),
    Dirt("id_doubled", "Số định danh khai trùng học sinh trường khác", "ID-09", 0.0006, _doubled_id),
    Dirt("name_decomposed", "Họ tên dùng Unicode tổ hợp", "NM-01", 0.0015, _decomposed_name),
    Dirt("name_spaces", "Họ tên thừa khoảng trắng", "NM-02", 0.0015, _double_space),
    Dirt("name_capitals", "Họ tên viết hoa toàn bộ", "NM-03", 0.001, _capitals),
    Dirt("name_bare", "Họ tên không dấu", "NM-06", 0.001, _bare_name),
    Dirt("birth_date_missing", "Thiếu ngày sinh", "DM-01", 0.0003, _no_birth_date),
    Dirt("birth_place_missing", "Thiếu nơi sinh", "DM-09", 0.003, _no_birth_place),
    Dirt("commune_missing", "Thiếu địa chỉ thường trú", "DM-10", 0.001, _no_commune),
    Dirt("disability_unknown", "Khuyết tật nhưng chưa khai loại", "DM-13", 0.0003, _no_disability_kind),
    Dirt("phone_bad", "Số điện thoại gia đình không hợp lệ", "DM-14", 0.003, _bad_phone),
    Dirt("guardian_missing", "Thiếu cha, mẹ, người giám hộ", "PA-01", 0.002, _no_kin),
    Dirt("phone_missing", "Thiếu số điện thoại gia đình", "PA-02", 0.008, _no_phone),
    Dirt("guardian_age", "Năm sinh cha, mẹ không hợp lý", "PA-03", 0.0005, _kin_too_young),
    Dirt("unplaced", "Chưa được xếp lớp", "EN-01", 0.0003, _unplaced),
    Dirt("undecided", "Chưa có kết quả năm học", "RS-01", 0.0012, _undecided),
]


@dataclass(slots=True)
class ClassRow:
    """What dirt may change of a class before it is written."""

    session_code: str
    has_homeroom: bool = True


@dataclass(slots=True)
class StaffRow:
    """What dirt may change of a teacher before it is written."""

    citizen_id_no: str
    id_state: str
    subject_code: str
    contract_code: str


def _no_homeroom(row: ClassRow) -> None:
    row.has_homeroom = False


def _no_session(row: ClassRow) -> None:
    row.session_code = ""


def _staff_old_card(row: StaffRow) -> None:
    row.citizen_id_no, row.id_state = "03" + row.citizen_id_no[-6:], "claimed"


def _no_subject(row: StaffRow) -> None:
    row.subject_code = ""


def _no_contract(row: StaffRow) -> None:
    row.contract_code = ""


CLASS_DIRT: list[Dirt[ClassRow]] = [
    Dirt("homeroom_missing", "Lớp chưa có giáo viên chủ nhiệm", "CL-01", 0.004, _no_homeroom),
    Dirt("session_missing", "Lớp thiếu buổi học", "CL-12", 0.01, _no_session),
]
STAFF_DIRT: list[Dirt[StaffRow]] = [
    Dirt("staff_id_short", "Số định danh cán bộ không đủ chữ số", "ID-02", 0.003, _staff_old_card),
    Dirt("subject_missing", "Giáo viên thiếu môn dạy", "ST-03", 0.004, _no_subject),
    Dirt("contract_missing", "Thiếu hình thức hợp đồng", "ST-02", 0.004, _no_contract),
]


def dirt_table[T](kinds: list[Dirt[T]]) -> tuple[float, list[Dirt[T]]]:
    """Share of records that bear any of the kinds, and the table to draw one from."""
    return sum(kind.share for kind in kinds), list(odds((kind, kind.share) for kind in kinds))
