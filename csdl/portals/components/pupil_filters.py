"""What narrows a list of pupils, each filter once: its name in the address, its choices, its condition.

The list of a school, its bulk acts and the tasks of the home page speak of the same filters. To add one: copy its best
neighbour in `read`, and its condition in `narrowed`.
"""

from collections.abc import Callable, Iterable, Mapping

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest

from csdl.codes.models import Grade
from csdl.portals.components.lists import Filter, read_filter
from csdl.students.models import Guardian
from csdl.students.queries import matching
from csdl.years.enums import ARRIVED_STATUSES, DROPPED_STATUSES, TRANSFERRED_STATUSES, Outcome
from csdl.years.models import Enrolment
from csdl.years.queries import undecided

__all__ = ["FIRST", "condition", "narrowed", "read"]

# Filters of the bar itself; the others open behind "Thêm điều kiện".
FIRST = ("khoi", "lop", "tinh-trang")

_PRESENCE = (
    ("dang-hoc", "Đang học"),
    ("chuyen-den", "Chuyển đến trong năm"),
    ("da-roi", "Đã rời trường"),
    ("chuyen-di", "Đã chuyển đi"),
    ("thoi-hoc", "Đã thôi học"),
    ("tat-ca", "Tất cả"),
)
_RESULTS = (("chua", "Chưa có quyết định"), *Outcome.choices)
_HAS = (("chua", "Chưa có"), ("co", "Đã có"))
_KINH = "01"

_NO_ADDRESS = Q(student__permanent_commune_code="", student__permanent_address="") & Q(
    student__current_commune_code="", student__current_address=""
)
_WITH_PHONE = Exists(Guardian.objects.filter(student=OuterRef("student_id"), ended_on__isnull=True).exclude(phone=""))

# Filter -> value -> condition. What needs the year or the class is in `narrowed`.
_CONDITIONS: Mapping[str, Mapping[str, Q]] = {
    "lop": {"chua": Q(school_class__isnull=True)},
    "tinh-trang": {
        "dang-hoc": Q(left_on__isnull=True),
        "chuyen-den": Q(left_on__isnull=True, status_code__in=ARRIVED_STATUSES),
        "da-roi": Q(left_on__isnull=False),
        "chuyen-di": Q(status_code__in=TRANSFERRED_STATUSES),
        "thoi-hoc": Q(status_code__in=DROPPED_STATUSES),
    },
    "dan-toc": {
        "thieu-so": ~Q(student__ethnic_code__in=["", _KINH]),
        "kinh": Q(student__ethnic_code=_KINH),
        "chua": Q(student__ethnic_code=""),
    },
    "chinh-sach": {"co": ~Q(student__policy_code=""), "khong": Q(student__policy_code="")},
    "khuyet-tat": {"co": Q(student__is_disabled=True), "khong": Q(student__is_disabled=False)},
    "dinh-danh": {"chua": Q(student__citizen_id_no=""), "co": ~Q(student__citizen_id_no="")},
    "dien-thoai": {"chua": Q(student__phone="") & ~Q(_WITH_PHONE), "co": ~Q(student__phone="") | Q(_WITH_PHONE)},
    "dia-chi": {"chua": _NO_ADDRESS, "co": ~_NO_ADDRESS},
    "xac-nhan": {"can": Q(needs_confirmation=True)},
}


def read(
    request: HttpRequest,
    *,
    grades: Mapping[str, Grade],
    classes: Iterable[tuple[str, str, str]],
    genders: Mapping[str, str],
    policies: Mapping[str, str],
) -> dict[str, Filter]:
    """The filters as the address sets them. `classes` are (public id, name, grade) of the school's year."""
    found = list(classes)
    present = {grade_code for _, _, grade_code in found}
    policy_choices = (("co", "Có diện chính sách"), ("khong", "Không có"), *policies.items())

    def filter_of(name: str, label: str, options: Iterable[tuple[str, str]], default: str = "") -> Filter:
        return read_filter(request, name, label, options, default=default)

    made = (
        filter_of("khoi", "Khối", [(code, grades[code].name_vi) for code in grades if code in present]),
        filter_of("lop", "Lớp", [("chua", "Chưa xếp lớp"), *((key, name) for key, name, _ in found)]),
        filter_of("tinh-trang", "Tình trạng", _PRESENCE, "dang-hoc"),
        filter_of("ket-qua", "Kết quả cuối năm", _RESULTS),
        filter_of("gioi-tinh", "Giới tính", genders.items()),
        filter_of("dan-toc", "Dân tộc", [("thieu-so", "Dân tộc thiểu số"), ("kinh", "Kinh"), ("chua", "Chưa có")]),
        filter_of("chinh-sach", "Diện chính sách", policy_choices),
        filter_of("khuyet-tat", "Khuyết tật", [("co", "Khuyết tật"), ("khong", "Không")]),
        filter_of("dinh-danh", "Số định danh", _HAS),
        filter_of("dien-thoai", "Điện thoại liên hệ", _HAS),
        filter_of("dia-chi", "Địa chỉ", _HAS),
        filter_of("xac-nhan", "Rà soát diện chính sách", [("can", "Cần xác nhận lại")]),
    )
    return {one.name: one for one in made}


def condition(name: str, value: str) -> Q:
    """The condition of one choice of a filter, for who counts what the list will show."""
    return _CONDITIONS[name][value]


def narrowed(
    rows: QuerySet[Enrolment], *, start_year: int, search: str, filters: Mapping[str, Filter]
) -> QuerySet[Enrolment]:
    """Enrolments of a year that the search and every filter let through."""
    if search:
        rows = rows.filter(matching(search, prefix="student__"))
    for name, one in filters.items():
        if not one.value:
            continue
        if held := _CONDITIONS.get(name, {}).get(one.value):
            rows = rows.filter(held)
        elif by_value := _BY_VALUE.get(name):
            rows = by_value(rows, one.value, start_year)
    return rows


def _of_class(rows: QuerySet[Enrolment], value: str, start_year: int) -> QuerySet[Enrolment]:
    return rows.filter(school_class__public_id=value)


def _with_result(rows: QuerySet[Enrolment], value: str, start_year: int) -> QuerySet[Enrolment]:
    if value == "chua":
        return undecided(rows, start_year=start_year)
    return rows.filter(results__outcome=value, results__is_current=True, results__start_year=start_year)


_BY_VALUE: Mapping[str, Callable[[QuerySet[Enrolment], str, int], QuerySet[Enrolment]]] = {
    "khoi": lambda rows, value, _: rows.filter(grade_code=value),
    "lop": _of_class,
    "ket-qua": _with_result,
    "gioi-tinh": lambda rows, value, _: rows.filter(student__gender_code=value),
    "chinh-sach": lambda rows, value, _: rows.filter(student__policy_code=value),
}
