"""A roster of 50,000 pupils of one hundred schools in one workbook, and what taking it in costs PostgreSQL alone."""

import datetime as dt
from pathlib import Path
from typing import Any

import psycopg
import python_calamine
import xlsxwriter

from bench.databases import ROOT, Database

__all__ = ["PUPILS", "ROSTER", "floor_of_roster", "write_roster"]

ROSTER = ROOT / ".data" / "bench" / "roster.xlsx"
FLOORS = Path(__file__).parent / "floors"
PUPILS = 50_000
HEADERS = (
    "Mã trường", "Họ và tên", "Ngày sinh", "Giới tính", "Nơi sinh", "Dân tộc", "Số định danh cá nhân", "Mã học sinh",
    "Lớp", "Quê quán", "Địa chỉ thường trú", "Nơi ở hiện nay", "Điện thoại", "Thư điện tử", "Diện chính sách",
    "Họ tên cha", "Năm sinh cha", "Nghề nghiệp cha", "Nơi làm việc cha", "Điện thoại cha",
    "Họ tên mẹ", "Năm sinh mẹ", "Nghề nghiệp mẹ", "Nơi làm việc mẹ", "Điện thoại mẹ",
)  # fmt: skip
_FAMILIES = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi", "Đỗ", "Ngô", "Đinh", "Mai", "Lương", "Cao")
_MIDDLES = ("Văn", "Thị", "Minh", "Ngọc", "Gia", "Bảo", "Thùy", "Đức", "Hồng", "Quang", "Thanh", "Phương", "Khánh")
_GIVENS = ("An", "Bình", "Chi", "Dũng", "Hà", "Hải", "Khánh", "Lan", "Linh", "Mai", "Nam", "Phúc", "Quân", "Sơn", "Tú")
_WORK = ("Công nhân", "Nông dân", "Giáo viên", "Buôn bán", "Lái xe", "Y tá", "Kỹ sư", "Thợ may")


def _name(number: int, turn: int) -> str:
    place = number * 7 + turn * 13
    return " ".join(
        (
            _FAMILIES[place % len(_FAMILIES)],
            _MIDDLES[place // 3 % len(_MIDDLES)],
            _MIDDLES[place // 11 % len(_MIDDLES)],
            _GIVENS[place // 5 % len(_GIVENS)],
        )
    )


def _row(number: int, classes: list[tuple[str, str]]) -> tuple[Any, ...]:
    school, class_name = classes[number % len(classes)]
    grade = int(class_name[0])
    born = dt.date(2017 - grade, 1, 1) + dt.timedelta(days=number % 365)
    is_girl = number % 2
    return (
        school, _name(number, 0), f"{born:%d/%m/%Y}", "Nữ" if is_girl else "Nam", "Hải Phòng", "Kinh",
        f"031{2 + is_girl}{born.year % 100:02}{number:06}", f"BM{number:06}", class_name, "Hải Phòng",
        f"Số {number % 300}, đường {number % 40}", f"Số {number % 300}, đường {number % 40}", f"09{number:08}",
        f"hs{number}@hp.edu.vn", "08" if number % 50 == 0 else "",
        _name(number, 1), 1975 + number % 15, _WORK[number % 8], f"Xưởng {number % 90}", f"03{number:08}",
        _name(number, 2), 1978 + number % 15, _WORK[number % 7], f"Chợ {number % 90}", f"07{number:08}",
    )  # fmt: skip


def write_roster(database: Database) -> None:
    """The workbook, the same every time; its classes are those of the hundred schools."""
    with database.owner() as connection:
        classes = connection.execute(
            "SELECT u.code, c.name FROM years_schoolclass c JOIN orgs_orgunit u ON u.id = c.school_id"
            " WHERE c.start_year = 2023 ORDER BY c.name, u.code"
        ).fetchall()
    book = xlsxwriter.Workbook(ROSTER, {"constant_memory": True, "strings_to_numbers": False})
    sheet = book.add_worksheet("Học sinh")
    sheet.write_row(0, 0, HEADERS)
    for number in range(PUPILS):
        sheet.write_row(number + 1, 0, _row(number, classes))
    book.close()


def floor_of_roster(database: Database) -> None:
    """Read the sheet, copy its cells aside, insert persons, parents and enrolments: no check, no plan, no log."""
    workbook = python_calamine.CalamineWorkbook.from_path(str(ROSTER))
    rows = iter(workbook.get_sheet_by_index(0).to_python())
    next(rows)
    make, *inserts = (FLOORS / "roster.sql").read_text(encoding="utf-8").split("--;")
    with psycopg.connect(database.url("owner")) as connection:
        connection.execute(make)
        with connection.cursor().copy("COPY roster FROM STDIN") as copy:
            for number, row in enumerate(rows):
                copy.write_row((number, *row))
        for statement in inserts:
            connection.execute(statement)
