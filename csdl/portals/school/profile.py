"""What a school is and has in a year: the profile, its sites, who changed what, and the forms that write them."""

import uuid
from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from csdl.access.queries import visible
from csdl.accounts.permissions import Permission
from csdl.audit.edits import FieldChange
from csdl.codes import queries as codes
from csdl.lib import clock
from csdl.orgs.actions import (
    add_site,
    change_profile,
    change_site,
    confirm_profile,
    end_site,
    make_main_site,
    undo_profile_edit,
    undo_site_edit,
)
from csdl.orgs.models import School, SchoolProfile, SchoolSite
from csdl.orgs.queries import levels_of, profile_of, room_counts, sites_of
from csdl.portals.components.extras import extra_names, extra_of, said_extra, with_extra
from csdl.portals.components.forms import CodeField, CommuneField, DayField, PlainField, RecordForm, saved
from csdl.portals.components.histories import history_of, undone
from csdl.portals.components.years import chosen_year, is_open, show_year
from csdl.portals.school.reach import crumbs_to
from csdl.years.models import SchoolYear

__all__ = ["reached_school", "year_or_404"]

_KIND = ("level_group_code", "ownership_code", "school_type_code", "national_standard_code", "area_code", "region_code")
_PLACE = ("commune_code", "address", "phone", "email", "website")
# Yearly flags of the field list school, by what a clerk looks for together.
_TEACHING = (
    *("Hoc2BuoiNgay", "SuDungMayTinhDayHoc", "KhaiThacInternetDayHoc", "DayNghePhoThong", "CoLopKhongChuyen"),
    *("ChuongTrinhGiaoDucCoBan", "CtGdvsDoiTay", "KyNangSongGdxh", "PbienKnsSkss", "CongTacTuVanHocDuong"),
)
_PUPILS = ("HocSinhBanTru", "HocSinhNoiTru", "HocSinhKhuyetTat", "CoHaTangTlhtPhuHopHskt")
_FACILITIES = ("DienLuoi", "NguonNuocSach", "CongTrinhVeSinh", "DatChatLuongToiThieu", "DienTich", "Fax")
_OTHER = ("CoChiBoDang", "TruongQuocTe", "VungDacBietKhoKhan", "MaVungKhoKhan", "MaDuAn")
_EXTRA = (
    ("Dạy học, chương trình", _TEACHING),
    ("Học sinh bán trú, nội trú, khuyết tật", _PUPILS),
    ("Cơ sở hạ tầng", _FACILITIES),
    ("Thông tin khác", _OTHER),
)
_SITE_EXTRA = ("DienThoai", "KhoangCach", "PhuongTien", "DienTich")
_LISTS = (
    *("school_level", "school_level_group", "ownership_type", "school_type", "national_standard_level"),
    *("area_type", "region_type"),
)


@with_extra("school", [name for _, names in _EXTRA for name in names])
class ProfileForm(RecordForm):
    """The school in one year."""

    level_group_code = CodeField(label="Nhóm cấp học", list_name="school_level_group")
    ownership_code = CodeField(label="Loại hình", list_name="ownership_type")
    school_type_code = CodeField(label="Loại trường", list_name="school_type", required=False, empty="– Thường –")
    national_standard_code = CodeField(
        label="Chuẩn quốc gia", list_name="national_standard_level", required=False, empty="– Chưa đạt –"
    )
    area_code = CodeField(label="Khu vực", list_name="area_type", required=False)
    region_code = CodeField(label="Vùng", list_name="region_type", required=False)
    commune_code = CommuneField(label="Xã, phường", required=False)
    address = PlainField(label="Địa chỉ", limit=300, required=False, hint="Số nhà, đường, thôn.")
    phone = PlainField(label="Điện thoại", limit=40, required=False, kind="tel")
    email = PlainField(label="Thư điện tử", limit=120, required=False, kind="email")
    website = PlainField(label="Trang tin", required=False, kind="url")

    groups = (
        ("Loại hình, xếp loại", _KIND),
        ("Địa chỉ, liên hệ", _PLACE),
        *((title, extra_names(names)) for title, names in _EXTRA),
    )
    folded = tuple(title for title, _ in _EXTRA)


@with_extra("school_site", _SITE_EXTRA)
class SiteForm(RecordForm):
    """A site of the school."""

    code = PlainField(label="Mã điểm trường", limit=20, hint="Ví dụ 02.")
    name = PlainField(label="Tên điểm trường", limit=200, hint="Ví dụ Điểm trường thôn Đông.")
    commune_code = CommuneField(label="Xã, phường", required=False)
    address = PlainField(label="Địa chỉ", limit=300, required=False)

    groups = (("Điểm trường", ("code", "name", "commune_code", "address", *extra_names(_SITE_EXTRA))),)


class SiteEndForm(RecordForm):
    """A site is no longer used."""

    on = DayField(label="Ngày đầu tiên không còn sử dụng", hint="Ví dụ 01/09/2024.")

    groups = (("Thôi sử dụng điểm trường", ("on",)),)


@login_required
def profile(request: HttpRequest, school: uuid.UUID) -> HttpResponse:
    """The school's year on one page; a profile carried from the year before says that it waits to be confirmed."""
    where = reached_school(request, school)
    year = chosen_year(request)
    row = profile_of(where.pk, year.start_year) if year else None
    context: dict[str, Any] = {"school": where, "unit": where.unit, "crumbs": crumbs_to(request, where), "profile": row}
    if year and row:
        names = codes.labels(*_LISTS)
        sites = list(sites_of(where.pk, year.start_year))
        rooms = room_counts(where.pk, year.start_year)
        context |= {
            "names": names,
            "levels": [
                names["school_level"].get(code, code) for code in levels_of([where.pk], year.start_year)[where.pk]
            ],
            "communes": codes.commune_names([row.commune_code, *(site.commune_code for site in sites)]),
            "extra": [(title, said_extra("school", row.extra, named)) for title, named in _EXTRA],
            "sites": sites,
            "classroom_count": sum(sum(count) for (_, kind), count in rooms.items() if kind in ("01", "N1", "M1")),
            "room_count": sum(sum(count) for count in rooms.values()),
            "can_edit": is_open(year) and request.actor.can(Permission.SCHOOL_EDIT, on=where),
            "edits": history_of(
                [("", "Hồ sơ trường", row), *((str(one.public_id), one.name, one) for one in sites)],
            ),
        }
    return render(request, "school/profile/detail.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def profile_edit(request: HttpRequest, school: uuid.UUID) -> HttpResponse:
    """Correct the profile of the year."""
    where, row, year = _to_edit(request, school)
    form = ProfileForm(request, row=row)

    def act(values: dict[str, Any]) -> tuple[list[FieldChange]]:
        made = values | {"extra": extra_of("school", row, values)}
        return (change_profile(actor=request.actor, profile=row, values=made, seen=form.version),)

    done = saved(form, act)
    if done:
        _told(request, "hồ sơ trường", done[0])
        return redirect(_back(school, year))
    return _page(
        request,
        form,
        where,
        year,
        f"Sửa hồ sơ trường, năm học {year.name}",
        "Tên trường, cơ quan quản lý do Sở sửa. Lưu cũng là xác nhận hồ sơ của năm học.",
    )


@login_required
@require_POST
def profile_confirm(request: HttpRequest, school: uuid.UUID) -> HttpResponse:
    """The carried profile is right as it stands."""
    _, row, year = _to_edit(request, school)
    confirm_profile(actor=request.actor, profile=row)
    messages.success(request, f"Đã xác nhận hồ sơ trường, năm học {year.name}.")
    return redirect(_back(school, year))


@login_required
@require_POST
def profile_undo(request: HttpRequest, school: uuid.UUID) -> HttpResponse:
    """Take back one edit of the profile or of a site."""
    where, row, year = _to_edit(request, school)
    kind, key = request.POST.get("cua", ""), request.POST.get("lan", "")
    if not key.isdecimal() or len(key) > 18:
        raise Http404
    if kind:
        site = next((one for one in sites_of(where.pk, year.start_year) if str(one.public_id) == kind), None)
        if site is None:
            raise Http404
        act = partial(undo_site_edit, site=site)
    else:
        act = partial(undo_profile_edit, profile=row)
    return undone(request, _back(school, year), partial(act, actor=request.actor, key=int(key)))


@login_required
@require_http_methods(["GET", "POST"])
def site_new(request: HttpRequest, school: uuid.UUID) -> HttpResponse:
    """Add a site to the year."""
    where, _, year = _to_edit(request, school)
    form = SiteForm(request)

    def act(values: dict[str, Any]) -> SchoolSite:
        made = values | {"extra": extra_of("school_site", None, values)}
        return add_site(actor=request.actor, school=where, start_year=year.start_year, values=made)

    made = saved(form, act)
    if made:
        messages.success(request, f"Đã thêm {made.name}.")
        return redirect(request.get_full_path() if request.POST.get("tiep") else _back(school, year))
    purpose = f"Điểm trường của {where.unit.name} trong năm học {year.name}."
    return _page(request, form, where, year, "Thêm điểm trường", purpose, more="Lưu và thêm tiếp")


@login_required
@require_http_methods(["GET", "POST"])
def site_edit(request: HttpRequest, site: uuid.UUID) -> HttpResponse:
    """Correct a site."""
    row, where, year = _site_to_edit(request, site)
    form = SiteForm(request, row=row)

    def act(values: dict[str, Any]) -> tuple[list[FieldChange]]:
        made = values | {"extra": extra_of("school_site", row, values)}
        return (change_site(actor=request.actor, site=row, values=made, seen=form.version),)

    done = saved(form, act)
    if done:
        _told(request, row.name, done[0])
        return redirect(_back(where.unit.public_id, year))
    return _page(request, form, where, year, f"Sửa {row.name}", "Mọi lần sửa đều được lưu lại và hoàn tác được.")


@login_required
@require_http_methods(["GET", "POST"])
def site_end(request: HttpRequest, site: uuid.UUID) -> HttpResponse:
    """A site is no longer used; it stays in the year's records."""
    row, where, year = _site_to_edit(request, site)
    form = SiteEndForm(request, initial={"on": clock.today()})
    done = saved(form, lambda values: end_site(actor=request.actor, site=row, on=values["on"]))
    if done:
        messages.success(request, f"Đã ghi {row.name} thôi sử dụng từ {done.closed_on:%d/%m/%Y}.")
        return redirect(_back(where.unit.public_id, year))
    purpose = "Điểm trường vẫn nằm trong hồ sơ năm học này và không sang năm học sau."
    return _page(request, form, where, year, f"Thôi sử dụng {row.name}", purpose, verb="Thôi sử dụng")


@login_required
@require_POST
def site_main(request: HttpRequest, site: uuid.UUID) -> HttpResponse:
    """Make a site the main one."""
    row, where, year = _site_to_edit(request, site)
    make_main_site(actor=request.actor, site=row)
    messages.success(request, f"{row.name} nay là điểm chính.")
    return redirect(_back(where.unit.public_id, year))


def reached_school(request: HttpRequest, public_id: uuid.UUID) -> School:
    """A school whose profile this account may read."""
    rows = visible(School.objects.select_related("unit__parent"), request.actor, Permission.SCHOOL_READ)
    return get_object_or_404(rows, unit__public_id=public_id)


def year_or_404(request: HttpRequest) -> SchoolYear:
    """The year shown; pages that write need one."""
    year = chosen_year(request)
    if year is None:
        raise Http404
    return year


def _to_edit(request: HttpRequest, school: uuid.UUID) -> tuple[School, SchoolProfile, SchoolYear]:
    where = reached_school(request, school)
    request.actor.require(Permission.SCHOOL_EDIT, on=where)
    year = year_or_404(request)
    row = profile_of(where.pk, year.start_year)
    if row is None:
        raise Http404
    return where, row, year


def _site_to_edit(request: HttpRequest, site: uuid.UUID) -> tuple[SchoolSite, School, SchoolYear]:
    rows = visible(SchoolSite.objects.select_related("school__unit"), request.actor, Permission.SCHOOL_READ)
    row = get_object_or_404(rows, public_id=site)
    request.actor.require(Permission.SCHOOL_EDIT, on=row)
    show_year(request, row.start_year)
    return row, row.school, year_or_404(request)


def _back(school: uuid.UUID, year: SchoolYear) -> str:
    return f"{reverse('school:profile', args=[school])}?nam={year.start_year}"


def _told(request: HttpRequest, what: str, changes: list[FieldChange]) -> None:
    names = ", ".join(change.label.lower() for change in changes)
    messages.success(request, f"Đã lưu {what}: {names}." if names else "Không có gì thay đổi.")


def _page(
    request: HttpRequest,
    form: RecordForm,
    where: School,
    year: SchoolYear,
    title: str,
    purpose: str,
    *,
    verb: str = "Lưu",
    more: str = "",
) -> HttpResponse:
    back = _back(where.unit.public_id, year)
    context = {
        "form": form,
        "title": title,
        "purpose": purpose,
        "crumbs": [*crumbs_to(request, where), ("Hồ sơ trường", back)],
        "back_url": back,
        "save_label": verb,
        "more_label": more,
    }
    return render(request, "school/students/form.html", context)
