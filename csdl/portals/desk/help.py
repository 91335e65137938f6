"""The manual, page by page: one template for each topic."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from csdl.lib.uploads import upload_limit_mb

TOPICS = {
    "tai-khoan": "Tài khoản và đăng nhập",
    "dang-nhap": "Năm học đang xem, phím tắt",
    "lop-hoc-sinh": "Lớp và học sinh",
    "tim-kiem": "Tìm kiếm, lọc, thay đổi nhiều học sinh",
    "ho-so-hoc-sinh": "Hồ sơ học sinh, cha mẹ, lớp: thêm, sửa, hoàn tác",
    "can-bo-giao-vien": "Cán bộ, giáo viên, nhân viên",
    "phan-cong": "Phân công chủ nhiệm, phân công chuyên môn",
    "nhap-excel": "Nhập dữ liệu từ Excel, dán danh sách",
    "tai-du-lieu": "Tải dữ liệu ra tệp, in",
    "don-vi-truong": "Đơn vị và trường",
    "ho-so-truong": "Hồ sơ trường, điểm trường, phòng",
    "thu-truong": "Thủ trưởng đơn vị",
    "phan-quyen": "Phân quyền, biên bản, cam kết",
    "ho-so-van-ban": "Hồ sơ, văn bản",
    "nhat-ky-thanh-tra": "Nhật ký và hồ sơ thanh tra",
    "nam-hoc": "Mở, khóa năm học",
    "ket-chuyen": "Kết chuyển dữ liệu sang năm học mới",
    "bao-cao-thong-ke": "Báo cáo thống kê",
}


@login_not_required
def contents(request: HttpRequest) -> HttpResponse:
    return render(request, "desk/help/contents.html", {"topics": TOPICS})


@login_not_required
def topic(request: HttpRequest, topic: str) -> HttpResponse:
    if topic not in TOPICS:
        raise Http404
    context = {"topic_title": TOPICS[topic], "topic_text": f"desk/help/{topic}.html", "upload_limit": upload_limit_mb()}
    return render(request, "desk/help/topic.html", context)
