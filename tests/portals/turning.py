"""A province whose year is turned: one school with every kind of pupil, and a neighbour below the same office."""

import datetime as dt

from csdl.lib import clock
from tests import builders as b
from tests.portals.places import build as build_places


class Turning:
    """The day is 5/8/2024: 2023-2024 is over, 2024-2025 is open."""

    def __init__(self) -> None:
        clock.move_to(dt.datetime(2024, 8, 5, 9, tzinfo=clock.LOCAL_ZONE))
        self.office = b.office()
        self.school = b.school(parent=self.office)
        self.neighbour = b.school("Trường THCS Kế Bên", parent=self.office, years=(2023, 2024))
        b.school_year(2023, current=True)
        b.school_year(2024)
        self.class_7a = b.school_class(self.school, "7A", "07")
        self.class_8a = b.school_class(self.school, "8A", "08")
        self.class_8b = b.school_class(self.school, "8B", "08")
        self.class_9a = b.school_class(self.school, "9A", "09")
        self.promoted = b.pupil(self.class_8a, name="Nguyễn Thị Lan")
        self.retained = b.pupil(self.class_8a, "retained", name="Trần Văn Mạnh")
        self.pending = b.pupil(self.class_8b, "pending_reassessment", name="Lê Thị Chờ")
        self.not_assessed = b.pupil(self.class_8b, "not_assessed", name="Phạm Văn Hòa Nhập")
        self.completed = b.pupil(self.class_9a, "completed_lower_secondary", name="Đỗ Thị Xong")
        self.stranger = b.pupil(b.school_class(self.neighbour, "6C", "06"), name="Vũ Thị Hàng Xóm")
        self.head = b.account("thutruong", "school_head", self.school.unit)
        self.clerk = b.account("giaovu", "school_clerk", self.school.unit)
        self.teacher = b.account("giaovien", "homeroom_teacher", self.school.unit, classes=[self.class_8a])
        self.officer = b.account("truongphong", "office_head", self.office)


LONG_SCHOOL = "Trường Phổ thông dân tộc bán trú Tiểu học và Trung học cơ sở Nguyễn Trãi – Thủy Nguyên cơ sở số Hai"
LONG_PUPIL = "Công Tằng Tôn Nữ Nguyễn Phước Hoàng Thị Thùy Dương Bảo Trân Phương Anh"
LONG_CLASS = "8 Chất lượng cao tiếng Anh tăng cường cơ sở Hai"


class LongNames(Turning):
    """The longest names that occur, a class whose new name nobody can guess, and a school without pupils."""

    def __init__(self) -> None:
        super().__init__()
        self.long_school = b.school(LONG_SCHOOL, parent=self.office)
        b.pupil(b.school_class(self.long_school, LONG_CLASS, "08"), name=LONG_PUPIL)
        b.pupil(b.school_class(self.long_school, "Lớp chuyên biệt Sao Mai", "07"), None, name=LONG_PUPIL)
        self.long_head = b.account("tendai", "school_head", self.long_school.unit, full_name=LONG_PUPIL)
        self.empty_school = b.school("Trường THCS Mới Mở", parent=self.office)
        self.empty_head = b.account("moimo", "school_head", self.empty_school.unit)


def build() -> None:
    """Beside the small province, both of them: somebody's neighbours are many."""
    build_places()
    LongNames()
