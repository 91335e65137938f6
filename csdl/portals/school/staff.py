"""Staff of a school: the list, one person's page, and the forms by which a person is taken on, corrected, let go."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from csdl.access.enums import GrantState, Ground
from csdl.access.models import Grant
from csdl.access.queries import visible
from csdl.accounts.permissions import Permission
from csdl.audit.actions import record
from csdl.codes import queries as codes
from csdl.delegation.queries import GrantLine, can_administer, grant_lines
from csdl.lib import clock
from csdl.orgs.models import School
from csdl.portals.components.extras import extra_names, extra_of, said_extra, with_extra
from csdl.portals.components.forms import CodeField, DayField, PlainField, RecordForm, saved
from csdl.portals.components.histories import history_of, undone
from csdl.portals.components.lists import Filter, address, listing, read_filter, read_search
from csdl.portals.components.outgoing import export_url
from csdl.portals.components.table import Cell, Row, addresses, table_body
from csdl.portals.components.templatetags.parts import masked
from csdl.portals.components.years import chosen_year
from csdl.portals.school.assignment_sheet import load_lines
from csdl.portals.school.reach import crumbs_to, school_or_404
from csdl.staff.actions import (
    ENDED_STATUSES,
    POSTING_FIELDS,
    FoundStaff,
    SavedStaff,
    add_staff,
    change_posting,
    change_staff,
    end_posting,
    find_staff,
    receive_staff,
    undo_staff_edit,
)
from csdl.staff.models import StaffMember, StaffPosting
from csdl.staff.queries import postings_on, staff_matching
from csdl.years.models import HomeroomAssignment, TeachingAssignment
from csdl.years.plans import subject_labels

STAFF_SORTS = {
    "ten": ("staff__sort_key", "staff_id", "pk"),
    "loai": ("staff_group_code", "staff__sort_key", "pk"),
    "chuc-vu": ("position_code", "staff__sort_key", "pk"),
    "mon": ("staff__teacher_subject_code", "staff__sort_key", "pk"),
    "trang-thai": ("status_code", "staff__sort_key", "pk"),
}
STAFF_ACTS = (("hop-dong", "Đổi hợp đồng"), ("trang-thai", "Đổi trạng thái"), ("thoi-viec", "Kết thúc công tác"))
_HERE = (("dang-lam", "Đang làm việc"), ("da-thoi", "Đã thôi làm việc tại trường"), ("tat-ca", "Tất cả"))
_LISTS = (
    *("gender", "ethnic_group", "staff_group", "staff_position", "staff_status", "contract_kind", "staff_rank"),
    *("qualification", "training_standard", "teacher_subject"),
)
_PERSON = ("full_name", "birth_date", "gender_code", "ethnic_code", "citizen_id_no", "moet_code", "phone", "email")
# What a clerk is asked for beside the file itself (field list staff).
STAFF_EXTRA = (
    *("NoiSinh", "QueQuan", "DchiThtru", "MaTonGiao", "TinhTrangHonNhan", "DoanVien", "NgayVaoDoan", "DangVien"),
    *("NgayVaoDang", "NgayTuyenDung", "CoQuanTuyenDung", "NgayVaoNghe", "NgayVaoBienChe", "SoSoBhxh"),
    *("TrinhDoTinHoc", "TrinhDoLyLuanChinhTri", "TrinhDoQuanLyNhaNuoc", "TrinhDoQuanLyGiaoDuc"),
)
_MORE = "Thông tin khác: quê quán, Đoàn, Đảng, tuyển dụng, trình độ"
_OF_TEACHERS = "Bắt buộc với giáo viên."
_TRAINING = ("qualification_code", "training_standard_code", "teacher_subject_code")


@with_extra("staff", STAFF_EXTRA)
class StaffForm(RecordForm):
    """The person's own file."""

    full_name = PlainField(label="Họ và tên", limit=120)
    birth_date = DayField(label="Ngày sinh", hint="Ví dụ 07/10/1985.")
    gender_code = CodeField(label="Giới tính", list_name="gender")
    ethnic_code = CodeField(label="Dân tộc", list_name="ethnic_group", required=False)
    citizen_id_no = PlainField(
        label="Số định danh, CCCD", limit=100, required=False, kind="numeric", hint="12 chữ số; CMND cũ 9 chữ số."
    )
    moet_code = PlainField(label="Mã định danh Bộ GDĐT", limit=10, required=False, kind="numeric", hint="10 chữ số.")
    phone = PlainField(label="Điện thoại", limit=20, required=False, kind="tel")
    email = PlainField(label="Thư điện tử", limit=120, required=False, kind="email")
    qualification_code = CodeField(label="Trình độ chuyên môn", list_name="qualification", required=False)
    training_standard_code = CodeField(label="Chuẩn đào tạo", list_name="training_standard", required=False)
    teacher_subject_code = CodeField(label="Môn dạy", list_name="teacher_subject", required=False, hint=_OF_TEACHERS)

    groups = (("Nhân thân, liên hệ", _PERSON), ("Đào tạo", _TRAINING), (_MORE, extra_names(STAFF_EXTRA)))
    folded = (_MORE,)


class PostingForm(RecordForm):
    """What the person is at the school."""

    staff_group_code = CodeField(label="Loại cán bộ", list_name="staff_group")
    position_code = CodeField(label="Chức vụ, vị trí việc làm", list_name="staff_position", required=False)
    contract_code = CodeField(label="Hình thức hợp đồng", list_name="contract_kind", required=False, hint=_OF_TEACHERS)
    rank_code = CodeField(label="Hạng chức danh nghề nghiệp", list_name="staff_rank", required=False)
    status_code = CodeField(label="Trạng thái", list_name="staff_status")

    groups = (("Vị trí công tác tại trường", POSTING_FIELDS),)


class NewStaffForm(StaffForm):
    """A person who comes to the school: the file and the posting in one go."""

    staff_group_code = CodeField(label="Loại cán bộ", list_name="staff_group")
    position_code = CodeField(label="Chức vụ, vị trí việc làm", list_name="staff_position", required=False)
    contract_code = CodeField(label="Hình thức hợp đồng", list_name="contract_kind", required=False, hint=_OF_TEACHERS)
    rank_code = CodeField(label="Hạng chức danh nghề nghiệp", list_name="staff_rank", required=False)
    valid_from = DayField(label="Làm việc tại trường từ ngày", hint="Ví dụ 05/09/2024.")
    is_new = forms.BooleanField(
        label="Đã kiểm tra: đây là người khác, vẫn thêm mới", required=False, widget=forms.HiddenInput()
    )

    groups = (
        ("Nhân thân, liên hệ", _PERSON),
        (
            "Vị trí công tác tại trường",
            ("staff_group_code", "position_code", "contract_code", "rank_code", "valid_from"),
        ),
        ("Đào tạo", (*_TRAINING, "is_new")),
    )


class ReceiveForm(RecordForm):
    """A person who comes from another school: named exactly, then taken on."""

    number = PlainField(
        label="Số định danh, CCCD hoặc mã định danh Bộ GDĐT", limit=20, kind="numeric", hint="Đủ và đúng từng chữ số."
    )
    birth_date = DayField(label="Ngày sinh", hint="Ví dụ 07/10/1985.")
    staff_group_code = CodeField(label="Loại cán bộ", list_name="staff_group")
    position_code = CodeField(label="Chức vụ, vị trí việc làm", list_name="staff_position", required=False)
    contract_code = CodeField(label="Hình thức hợp đồng", list_name="contract_kind", required=False, hint=_OF_TEACHERS)
    rank_code = CodeField(label="Hạng chức danh nghề nghiệp", list_name="staff_rank", required=False)
    valid_from = DayField(label="Làm việc tại trường từ ngày", hint="Ví dụ 05/09/2024.")
    is_same = forms.BooleanField(label="Đúng người", required=False, widget=forms.HiddenInput())

    groups = (
        ("Người chuyển đến", ("number", "birth_date", "is_same")),
        (
            "Vị trí công tác tại trường",
            ("staff_group_code", "position_code", "contract_code", "rank_code", "valid_from"),
        ),
    )


class EndForm(RecordForm):
    """The posting ends."""

    status_code = CodeField(label="Lý do")
    on = DayField(label="Ngày đầu tiên không còn làm việc tại trường", hint="Ví dụ 01/09/2024.")
    is_far = forms.BooleanField(
        label="Đã kiểm tra: đúng ngày này, còn hơn một năm nữa", required=False, widget=forms.HiddenInput()
    )

    groups = (("Kết thúc công tác tại trường", ("status_code", "on", "is_far")),)


@dataclass(frozen=True)
class StaffFound:
    """The postings that an address asks for, unordered and uncut: what the page and its file are made from."""

    rows: QuerySet[StaffPosting]
    search: str
    filters: list[Filter]


def found_staff(request: HttpRequest, where: School) -> StaffFound:
    """Postings at a school, narrowed by the address."""
    rows = visible(StaffPosting.objects.all(), request.actor, Permission.STAFF_READ, of_unit=where.pk)
    names = codes.labels(*_LISTS)
    search = read_search(request)
    here = read_filter(request, "tinh-trang", "Tình trạng", _HERE, default="dang-lam")
    narrowing = {
        "staff_group_code": read_filter(request, "loai", "Loại cán bộ", names["staff_group"].items()),
        "position_code": read_filter(request, "chuc-vu", "Chức vụ", names["staff_position"].items()),
        "staff__teacher_subject_code": read_filter(request, "mon", "Môn dạy", names["teacher_subject"].items()),
        "staff__qualification_code": read_filter(request, "trinh-do", "Trình độ", names["qualification"].items()),
        "contract_code": read_filter(request, "hop-dong", "Hợp đồng", names["contract_kind"].items()),
        "status_code": read_filter(request, "trang-thai", "Trạng thái", names["staff_status"].items()),
    }
    today = clock.today()
    if here.value == "dang-lam":
        rows = postings_on(rows, today)
    elif here.value == "da-thoi":
        rows = rows.filter(valid_to__lte=today)
    for column, one in narrowing.items():
        if one.value:
            rows = rows.filter(**{column: one.value})
    if search:
        rows = rows.filter(staff_matching(search, prefix="staff__"))
    return StaffFound(rows, search, [here, *narrowing.values()])


@login_required
def staff_list(request: HttpRequest, school: uuid.UUID) -> HttpResponse:
    """Who works or worked at a school; searched without accents, filtered by the address."""
    where = school_or_404(request, school)
    found = found_staff(request, where)
    page = listing(request, found.rows.select_related("staff"), sorts=STAFF_SORTS, default="ten")
    filters = found.filters
    names = codes.labels(*_LISTS)
    can_edit = request.actor.can(Permission.STAFF_EDIT, on=where)
    context = {
        "school": where,
        "crumbs": crumbs_to(request, where),
        "listing": page,
        "search": found.search,
        "filters": filters,
        "shown_filters": filters[:2],
        "more_filters": filters[2:],
        "more_are_held": any(one.value for one in filters[2:]),
        "any_held": bool(found.search) or any(one.value != one.default for one in filters),
        "export_url": export_url(request, "school:staff-export", chosen_year(request), school),
        "body": table_body(_row(one, names, can_tick=can_edit) for one in page.items),
        "can_edit": can_edit,
        "acts": STAFF_ACTS if can_edit else (),
        "bulk_url": address(request, addresses("school:staff-bulk")(school)),
        "can_import": request.actor.can(Permission.DATA_IMPORT, on=where),
    }
    template = "school/staff/list.html"
    return render(request, f"{template}#results" if request.headers.get("HX-Request") else template, context)


def _row(posting: StaffPosting, names: dict[str, dict[str, str]], *, can_tick: bool) -> Row:
    person = posting.staff
    day = f"{person.birth_date:%d/%m/%Y}" if person.birth_date else ""
    subject = names["teacher_subject"].get(person.teacher_subject_code, person.teacher_subject_code)
    ended = f"từ {posting.valid_to:%d/%m/%Y}" if posting.valid_to else ""
    status = names["staff_status"].get(posting.status_code, posting.status_code)
    return Row(
        Cell(person.full_name, addresses("school:staff-detail")(person.public_id)),
        [
            Cell(names["staff_group"].get(posting.staff_group_code, posting.staff_group_code), label="Loại"),
            Cell(names["staff_position"].get(posting.position_code, posting.position_code), css="phone-hide"),
            Cell(subject, label="Môn dạy"),
            Cell(day, css="nowrap phone-hide"),
            Cell(masked(person.phone), css="nowrap phone-hide"),
            Cell(status, tone="good" if posting.status_code == "01" else "calm", note=ended),
        ],
        str(posting.public_id) if can_tick else "",
    )


@login_required
def staff_detail(request: HttpRequest, staff: uuid.UUID) -> HttpResponse:
    """One person: the file, every posting this account may see, this year's classes, who changed what."""
    person = _person_or_404(request, staff)
    postings = list(_postings(request, person))
    posting = _editable(request, postings)
    year = chosen_year(request)
    start_year = year.start_year if year else 0
    homerooms = HomeroomAssignment.objects.filter(staff=person, school_class__start_year=start_year)
    teaching = TeachingAssignment.objects.filter(staff=person, school_class__start_year=start_year)
    newest = postings[0] if postings else None
    school = School.objects.select_related("unit__parent").filter(pk=newest.unit_id).first() if newest else None
    crumbs = crumbs_to(request, school) if school else []
    if school:
        crumbs.append(("Cán bộ, giáo viên", reverse("school:staff-list", args=[school.unit.public_id])))
    # The file is mended by the unit where the person works; a posting, also one that ended, by its own unit.
    own = {str(one.public_id) for one in postings if request.actor.can(Permission.STAFF_EDIT, on=one)}
    edits = [
        replace(edit, can_undo=edit.can_undo and (edit.kind in own if edit.kind else posting is not None))
        for edit in history_of(
            [
                ("", "Hồ sơ", person),
                *((str(one.public_id), f"Công tác tại {one.unit.name}", one) for one in postings),
            ],
            actor=request.actor,
        )
    ]
    context = {
        "person": person,
        "postings": postings,
        "posting": posting,
        "extra": said_extra("staff", person.extra, STAFF_EXTRA),
        "crumbs": crumbs,
        "year_shown": year,
        "names": codes.labels(*_LISTS) | {"subject": subject_labels(year.start_year) if year else {}},
        "homerooms": visible(homerooms, request.actor, Permission.STAFF_READ).select_related("school_class"),
        "teaching": visible(teaching, request.actor, Permission.STAFF_READ)
        .select_related("school_class")
        .order_by("semester", "school_class__sort_key", "subject_code"),
        "loads": load_lines(request, school, year, person) if school and year else [],
        "reveal_url": reverse("school:staff-reveal", args=[staff]),
        "edits": edits,
        "can_undo": any(edit.can_undo for edit in edits),
    }
    return render(request, "school/staff/detail.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def staff_new(request: HttpRequest, school: uuid.UUID) -> HttpResponse:
    """Take a person on."""
    where = school_or_404(request, school)
    request.actor.require(Permission.STAFF_EDIT, on=where)
    form = NewStaffForm(request, initial={"staff_group_code": "03", "ethnic_code": "01"})

    known: list[str] = []

    def act(values: dict[str, Any]) -> tuple[StaffPosting, SavedStaff] | None:
        if not values["is_new"] and (found := _known_already(request, where, values)):
            known.append(found.full_name)
            return None
        return add_staff(actor=request.actor, unit=where.unit, values=values, valid_from=values["valid_from"])

    done = saved(form, act)
    back = reverse("school:staff-list", args=[school])
    if done:
        posting, said = done
        messages.success(request, f"Đã thêm {posting.staff.full_name}.")
        _warn(request, said)
        if request.POST.get("tiep"):
            return redirect(request.path)
        return redirect("school:staff-detail", posting.staff.public_id)
    if known:
        form.fields["is_new"].widget = forms.CheckboxInput({"class": "form-check-input"})
    context = {
        "form": form,
        "known": known,
        "receive_url": reverse("school:staff-receive", args=[school]),
        "title": "Thêm cán bộ, giáo viên, nhân viên",
        "purpose": f"Người đến làm việc tại {where.unit.name}.",
        "crumbs": [*crumbs_to(request, where), ("Cán bộ, giáo viên", back)],
        "back_url": back,
        "more_label": "Lưu và thêm tiếp",
    }
    return render(request, "school/students/form.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def staff_receive(request: HttpRequest, school: uuid.UUID) -> HttpResponse:
    """Take on a person of another school: first the name that the number means, then the posting."""
    where = school_or_404(request, school)
    request.actor.require(Permission.STAFF_EDIT, on=where)
    form = ReceiveForm(request, initial={"staff_group_code": "03"})
    found: FoundStaff | None = None

    def act(values: dict[str, Any]) -> tuple[StaffPosting, SavedStaff] | None:
        nonlocal found
        found = find_staff(
            actor=request.actor, unit=where.unit, number=values["number"], birth_date=values["birth_date"]
        )
        if found is None or not values["is_same"]:
            return None
        return receive_staff(
            actor=request.actor, unit=where.unit, found=found, values=values, valid_from=values["valid_from"]
        )

    done = saved(form, act)
    if done:
        posting, said = done
        messages.success(request, f"Đã nhận {posting.staff.full_name} về trường từ {posting.valid_from:%d/%m/%Y}.")
        _warn(request, said)
        return redirect("school:staff-detail", posting.staff.public_id)
    if form.is_bound and found is None and not form.errors:
        form.add_error("number", "Không có hồ sơ nào mang đúng số và ngày sinh này. Hãy kiểm tra, hoặc thêm người mới.")
    if found and not form.errors:
        form.fields["is_same"].widget = forms.CheckboxInput({"class": "form-check-input"})
        form.fields["is_same"].label = f"Đúng người cần nhận: {found.full_name}"
    back = reverse("school:staff-list", args=[school])
    context = {
        "form": form,
        "found": found if not form.errors else None,
        "title": "Nhận người từ trường khác",
        "purpose": f"Người đã có hồ sơ ở trường khác, nay đến {where.unit.name}.",
        "crumbs": [*crumbs_to(request, where), ("Cán bộ, giáo viên", back)],
        "back_url": back,
        "save_label": "Nhận về trường" if found else "Tìm",
    }
    return render(request, "school/staff/receive.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def staff_edit(request: HttpRequest, staff: uuid.UUID) -> HttpResponse:
    """Correct the person's file."""
    person, posting = _to_edit(request, staff)
    form = StaffForm(request, row=person)
    if person.id_state == "verified":
        form.fields["citizen_id_no"].disabled = True

    def act(values: dict[str, Any]) -> SavedStaff:
        made = values | {"extra": extra_of("staff", person, values)}
        return change_staff(actor=request.actor, posting=posting, values=made, seen=form.version)

    done = saved(form, act)
    if done:
        return _told(request, person, done, "hồ sơ")
    return _page(request, form, person, f"Sửa hồ sơ {person.full_name}")


@login_required
@require_http_methods(["GET", "POST"])
def posting_edit(request: HttpRequest, staff: uuid.UUID) -> HttpResponse:
    """Correct what the person is at the school."""
    person, posting = _to_edit(request, staff)
    form = PostingForm(request, row=posting)
    done = saved(
        form,
        lambda values: change_posting(actor=request.actor, posting=posting, values=values, seen=form.version),
    )
    if done:
        return _told(request, person, done, "vị trí công tác")
    return _page(request, form, person, f"Vị trí công tác của {person.full_name}")


@login_required
@require_http_methods(["GET", "POST"])
def posting_end(request: HttpRequest, staff: uuid.UUID) -> HttpResponse:
    """The person leaves the school; the file stays and the end can be taken back."""
    person, posting = _to_edit(request, staff)
    form = EndForm(request, initial={"on": clock.today()})
    known = codes.labels("staff_status")["staff_status"]
    form.fields["status_code"].given = tuple((code, known[code]) for code in ENDED_STATUSES if code in known)
    form.fields["status_code"].fit("status_code")
    held = _rights_held(request, person, posting)

    def act(values: dict[str, Any]) -> SavedStaff:
        return end_posting(actor=request.actor, posting=posting, **values)

    done = saved(form, act)
    if "is_far" in form.errors or request.POST.get("is_far"):
        form.fields["is_far"].widget = forms.CheckboxInput({"class": "form-check-input"})
    if done:
        day: dt.date = form.cleaned_data["on"]
        messages.success(request, f"Đã ghi {person.full_name} thôi làm việc tại trường từ {day:%d/%m/%Y}.")
        for text in done.told:
            messages.info(request, text)
        if held and not done.told:
            messages.info(request, f"{len(held)} quyền của {person.full_name} tự dừng từ {day:%d/%m/%Y}.")
        if held and can_administer(request.actor, posting.unit_id):
            messages.info(request, "Quyền chưa có người thay đứng ở “Việc cần làm” để bàn giao cho người khác.")
        return redirect("school:staff-detail", staff)
    title = f"Kết thúc công tác của {person.full_name}"
    return _page(request, form, person, title, verb="Kết thúc công tác", held=held)


@login_required
@require_POST
def staff_reveal(request: HttpRequest, staff: uuid.UUID) -> HttpResponse:
    """Show a number in full, once; who looked at what stands in the log."""
    person = _person_or_404(request, staff)
    numbers = {"dinh-danh": person.citizen_id_no, "dien-thoai": person.phone}
    what = request.POST.get("so", "")
    if what not in numbers:
        raise Http404
    posting = _postings(request, person).first()
    unit_id = posting.unit_id if posting else None
    record(actor=request.actor, kind="staff:reveal", unit_id=unit_id, data={"staff": str(staff), "what": what})
    context = {"number": numbers[what], "name": person.full_name, "back": reverse("school:staff-detail", args=[staff])}
    template = "components/revealed.html"
    return render(request, f"{template}#number" if request.headers.get("HX-Request") else template, context)


@login_required
@require_POST
def staff_undo(request: HttpRequest, staff: uuid.UUID) -> HttpResponse:
    """Take back one edit of the file or of a posting."""
    person = _person_or_404(request, staff)
    postings = [one for one in _postings(request, person) if request.actor.can(Permission.STAFF_EDIT, on=one)]
    kind, key = request.POST.get("cua", ""), request.POST.get("lan", "")
    target = person if not kind else next((one for one in postings if str(one.public_id) == kind), None)
    posting = target if isinstance(target, StaffPosting) else _editable(request, postings)
    if target is None or posting is None or not key.isdecimal() or len(key) > 18:
        raise Http404
    back = reverse("school:staff-detail", args=[staff])
    act = partial(undo_staff_edit, actor=request.actor, posting=posting, row=target, key=int(key))
    return undone(request, back, act)


def _known_already(request: HttpRequest, where: School, values: dict[str, Any]) -> FoundStaff | None:
    """Whom the typed numbers name already, wherever that person works; numbers that cannot be are left to the save."""
    for name in ("citizen_id_no", "moet_code"):
        number = values[name].replace(" ", "").replace(".", "")
        if values["birth_date"] and number.isdecimal() and len(number) in (9, 10, 12):
            born = values["birth_date"]
            if found := find_staff(actor=request.actor, unit=where.unit, number=number, birth_date=born):
                return found
    return None


def _person_or_404(request: HttpRequest, public_id: uuid.UUID) -> StaffMember:
    found = visible(StaffMember.objects.all(), request.actor, Permission.STAFF_READ)
    return get_object_or_404(found, public_id=public_id)


def _postings(request: HttpRequest, person: StaffMember) -> Any:
    rows = visible(StaffPosting.objects.filter(staff=person), request.actor, Permission.STAFF_READ)
    return rows.select_related("unit", "staff").order_by("-valid_from", "-pk")


def _editable(request: HttpRequest, postings: list[StaffPosting]) -> StaffPosting | None:
    """The posting that holds today and by which this account may write."""
    today = clock.today()
    for one in postings:
        holds = one.valid_to is None or one.valid_to > today
        if holds and request.actor.can(Permission.STAFF_EDIT, on=one):
            return one
    return None


def _to_edit(request: HttpRequest, staff: uuid.UUID) -> tuple[StaffMember, StaffPosting]:
    person = _person_or_404(request, staff)
    postings = list(_postings(request, person))
    posting = _editable(request, postings)
    if posting is None:
        request.actor.require(Permission.STAFF_EDIT, on=postings[0] if postings else 0)
        raise Http404
    posting.staff = person
    return person, posting


def _told(request: HttpRequest, person: StaffMember, done: SavedStaff, what: str) -> HttpResponse:
    names = ", ".join(change.label.lower() for change in done.changes)
    messages.success(request, f"Đã lưu {what}: {names}." if names else "Không có gì thay đổi.")
    _warn(request, done)
    return redirect("school:staff-detail", person.public_id)


def _warn(request: HttpRequest, done: SavedStaff) -> None:
    for warning in done.warnings:
        messages.warning(request, f"Đã lưu, nhưng hãy xem lại: {warning}")


def _rights_held(request: HttpRequest, person: StaffMember, posting: StaffPosting) -> list[GrantLine]:
    """What the person may do at the unit today or waits for, for whoever may read its rights: it ends with the posting
    and has to be handed over."""
    if person.account_id is None or not request.actor.can(Permission.GRANT_READ, on=posting.unit_id):
        return []
    rows = Grant.objects.filter(account=person.account_id, unit=posting.unit_id).exclude(ground=Ground.INSPECTION)
    rows = rows.filter(state__in=(GrantState.ACTIVE, GrantState.INACTIVE)).exclude(valid_to__lte=clock.today())
    return grant_lines(rows.select_related("unit", "account").order_by("pk"))


def _page(
    request: HttpRequest,
    form: RecordForm,
    person: StaffMember,
    title: str,
    verb: str = "Lưu",
    held: Sequence[GrantLine] = (),
) -> HttpResponse:
    back = reverse("school:staff-detail", args=[person.public_id])
    context = {
        "form": form,
        "title": title,
        "purpose": "Nội dung đúng như hồ sơ cán bộ; mọi lần sửa đều được lưu lại.",
        "crumbs": [(person.full_name, back)],
        "back_url": back,
        "save_label": verb,
        "held": held,
    }
    return render(request, "school/students/form.html", context)
