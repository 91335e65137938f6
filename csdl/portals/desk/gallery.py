"""Every shared part of a page, with made-up inputs: what a new page is put together from."""

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from csdl.portals.components.lists import Filter, Listing, Sort


class _SampleForm(forms.Form):
    full_name = forms.CharField(label="Họ và tên", widget=forms.TextInput({"class": "form-control"}))
    birth_date = forms.DateField(
        label="Ngày sinh", error_messages={"invalid": "Ngày chưa đúng. Hãy nhập theo dạng 07/10/2024."},
        widget=forms.TextInput({"class": "form-control"}),
    )  # fmt: skip


@login_required
def gallery(request: HttpRequest) -> HttpResponse:
    """All components on one page, for whoever builds the next one and for the tests that look at them."""
    context = {
        "listing": Listing(items=[], total=1834, page=1, size=50, sort=Sort("ten", False)),
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
        "crumbs": [("Trường", "#"), ("Trường THCS Mẫu", "#")],
    }
    return render(request, "desk/gallery.html", context)
