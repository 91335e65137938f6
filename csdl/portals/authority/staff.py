"""Staff of every school below: found by name or number, narrowed by unit, group, position, subject."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from csdl.access.queries import visible
from csdl.accounts.permissions import Permission
from csdl.codes import queries as codes
from csdl.lib import clock
from csdl.orgs.models import OrgUnit
from csdl.orgs.queries import parents_of_schools, schools, subtree_ids
from csdl.portals.components.lists import COUNTED, listing, read_filter, read_search
from csdl.portals.components.years import chosen_year
from csdl.staff.models import StaffPosting
from csdl.staff.queries import postings_on, staff_matching

_SORTS = {
    "ten": ("staff__sort_key", "staff_id", "pk"),
    "loai": ("staff_group_code", "staff__sort_key", "pk"),
    "mon": ("staff__teacher_subject_code", "staff__sort_key", "pk"),
}
_HERE = (("dang-lam", "Đang làm việc"), ("da-thoi", "Đã thôi làm việc"), ("tat-ca", "Tất cả"))
_LISTS = ("staff_group", "staff_position", "staff_status", "teacher_subject", "contract_kind")


@login_required
def staff_list(request: HttpRequest) -> HttpResponse:
    """Who works at the schools within reach: the same number of statements at any page, counted to the row where
    nobody reads further."""
    year = chosen_year(request)
    units = visible(OrgUnit.objects.all(), request.actor, Permission.SCHOOL_READ)
    rows = visible(StaffPosting.objects.all(), request.actor, Permission.STAFF_READ)
    search = read_search(request)
    names = codes.labels(*_LISTS)
    parents = {str(one.public_id): one for one in parents_of_schools(units)}
    above = read_filter(request, "don-vi", "Đơn vị quản lý", [(key, one.name) for key, one in parents.items()])
    # Schools are chosen below one unit: the one that is chosen, or the only one there is.
    parent = parents.get(above.value) or (next(iter(parents.values())) if len(parents) == 1 else None)
    below = (
        schools(units, start_year=year.start_year if year else 0, parent_id=parent.pk).order_by("sort_key", "pk")
        if parent
        else []
    )
    by_key = {str(one.public_id): one for one in below}
    school = read_filter(request, "truong", "Trường", [(key, one.name) for key, one in by_key.items()])
    here = read_filter(request, "tinh-trang", "Tình trạng", _HERE, default="dang-lam")
    narrowing = {
        "staff_group_code": read_filter(request, "loai", "Loại cán bộ", names["staff_group"].items()),
        "position_code": read_filter(request, "chuc-vu", "Chức vụ", names["staff_position"].items()),
        "staff__teacher_subject_code": read_filter(request, "mon", "Môn dạy", names["teacher_subject"].items()),
        "contract_code": read_filter(request, "hop-dong", "Hợp đồng", names["contract_kind"].items()),
    }
    today = clock.today()
    if here.value == "dang-lam":
        rows = postings_on(rows, today)
    elif here.value == "da-thoi":
        rows = rows.filter(valid_to__lte=today)
    if school.value:
        rows = rows.filter(unit_id=by_key[school.value].pk)
    elif above.value:
        rows = rows.filter(unit_id__in=subtree_ids(parents[above.value], today))
    for column, one in narrowing.items():
        if one.value:
            rows = rows.filter(**{column: one.value})
    if search:
        rows = rows.filter(staff_matching(search, prefix="staff__"))
    page = listing(request, rows.select_related("staff", "unit"), sorts=_SORTS, default="ten", counted=COUNTED)
    filters = [one for one in (above, school, here, *narrowing.values()) if len(one.options) != 1]
    context = {
        "listing": page,
        "search": search,
        "filters": filters,
        "any_held": any(one.value != one.default for one in filters),
        "school_filters": [school] if request.headers.get("HX-Request") else [],
        "names": names,
    }
    template = "authority/staff/list.html"
    return render(request, f"{template}#results" if request.headers.get("HX-Request") else template, context)
