"""Every shared part of a page, with made-up inputs: what a new page is put together from."""

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from csdl.accounts.errors import CsdlError
from csdl.exports.enums import FileFormat, Purpose
from csdl.jobs.models import Job, JobState
from csdl.portals.components.forms import BothChanged, CodeField, DayField, PlainField, RecordForm
from csdl.portals.components.lists import Column, Columns, Filter, Listing, Sort
from csdl.portals.components.outgoing import ExportForm
from csdl.portals.components.table import Cell, Row, table_body


class _SampleForm(forms.Form):
    full_name = forms.CharField(label="Họ và tên", widget=forms.TextInput({"class": "form-control"}))
    birth_date = forms.DateField(
        label="Ngày sinh", error_messages={"invalid": "Ngày chưa đúng. Hãy nhập theo dạng 07/10/2024."},
        widget=forms.TextInput({"class": "form-control"}),
    )  # fmt: skip


class _SampleRecord(RecordForm):
    full_name = PlainField(label="Họ và tên", hint="Đúng như giấy khai sinh.")
    birth_date = DayField(label="Ngày sinh")
    gender_code = CodeField(label="Giới tính", choices=(("01", "Nam"), ("02", "Nữ")))

    groups = (("Học sinh", ("full_name", "birth_date", "gender_code")),)


def _record_sample(request: HttpRequest) -> RecordForm:
    form = _SampleRecord(request, initial={"full_name": "Nguyễn Thị Lan", "birth_date": "07/10/2012"})
    form.overlaps = [
        BothChanged(
            "full_name",
            "Họ và tên",
            "Nguyễn Thi Lan",
            "Nguyễn Thị Lan",
            "Nguyễn Thị Lân",
            by="Lê Minh Ngọc, 08:15 07/10/2024",
        )
    ]
    return form


@login_required
def gallery(request: HttpRequest) -> HttpResponse:
    """All components on one page, for whoever builds the next one and for the tests that look at them."""
    context = {
        "listing": Listing(items=[], total=1834, page=1, size=50, sort=Sort("ten", False)),
        "more_filters": [Filter("dan-toc", "Dân tộc", (("thieu-so", "Dân tộc thiểu số"), ("kinh", "Kinh")), "")],
        "filters": [
            Filter("khoi", "Khối", (("06", "Khối 6"), ("07", "Khối 7")), "06"),
            Filter("tinh-trang", "Tình trạng", (("dang-hoc", "Đang học"), ("da-roi", "Đã rời trường")), ""),
        ],
        "form": _SampleForm({"full_name": "", "birth_date": "31/02/2012"}),
        "tones": (
            ("good", "Đã xác nhận"),
            ("wait", "Chờ xử lý"),
            ("bad", "Không thành công"),
            ("info", "Đã chạy"),
            ("calm", "Chưa mở"),
        ),
        "error": CsdlError(
            "Không hoàn tác được: 2 học sinh đã được sửa sau đó. Hãy sửa từng em.",
            code="BLK-03",
            problems=["Nguyễn Thị Lan", "Trần Minh Đạt"],
        ),
        "columns": Columns(
            "mau", (Column("lop", "Lớp"), Column("ngay-sinh", "Ngày sinh", is_default=False)), frozenset({"lop"})
        ),
        "acts": [("lop", "Chuyển lớp"), ("roi", "Chuyển đi, thôi học")],
        "body": table_body(
            [
                Row(
                    Cell("Nguyễn Thị Lan", "#"),
                    [Cell("6A1", "#", label="Lớp"), Cell("45", css="num", label="Sĩ số")],
                    "00000000-0000-0000-0000-000000000001",
                ),
                Row(
                    Cell("Trần Minh Đạt", "#"),
                    [Cell("Chưa xếp lớp", tone="wait", label="Lớp"), Cell("", css="num", label="Sĩ số")],
                    "00000000-0000-0000-0000-000000000002",
                ),
            ]
        ),
        "job": Job(
            title="Kết chuyển 448 trường",
            state=JobState.DONE,
            result={"created": 98_412, "pending": 37, "in": 101_220},
            created_at=timezone.now(),
            finished_at=timezone.now(),
        ),
        "skipped": [("Trường THCS Mẫu", "Chưa đặt tên lớp mới cho: Lớp chuyên biệt Sao Mai")],
        "bar": {"from_date": timezone.localdate()},
        "sample_unit": {"name": "Phòng GDĐT Mẫu"},
        "purpose": ExportForm(request, formats=tuple(FileFormat)[:2], purposes=tuple(Purpose)),
        "law_changes": [
            (
                {"title": "Thông tư 24/2018"},
                {"title": "Thông tư 25/2024", "valid_from": timezone.localdate()},
                [{"indicator_code": "40", "said": "đếm cả học sinh khuyết tật học hòa nhập; so sánh được"}],
            )
        ],
        "crumbs": [("Trường", "#"), ("Trường THCS Mẫu", "#")],
        "record": _record_sample(request),
        "edits": [
            {
                "what": "Mẹ Phạm Thị Hoa",
                "who": "Lê Minh Ngọc (vanthu)",
                "at": timezone.now(),
                "key": 7,
                "kind": "",
                "can_undo": True,
                "lines": [{"label": "Điện thoại", "old": "091•••••78", "new": "098•••••21"}],
            }
        ],
    }
    return render(request, "desk/gallery.html", context)
