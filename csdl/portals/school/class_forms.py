"""A class written by hand: opened, changed, taken away while it is empty."""

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from csdl.accounts.permissions import Permission
from csdl.codes import queries as codes
from csdl.lib.vietnamese import fold
from csdl.orgs.models import School, SchoolLevel, SchoolSite
from csdl.portals.components.forms import CodeField, PlainField, RecordForm, saved
from csdl.portals.components.years import chosen_year
from csdl.portals.school.reach import crumbs_to, school_or_404
from csdl.years.actions.classes import change_class, create_class, remove_class
from csdl.years.models import SchoolClass
from csdl.years.queries import classes
from csdl.years.rules import names_its_grade

__all__ = ["class_edit", "class_new", "class_remove"]


def _tick(label: str) -> forms.BooleanField:
    return forms.BooleanField(label=label, required=False, widget=forms.CheckboxInput({"class": "form-check-input"}))


class ClassForm(RecordForm):
    """A class as the ministry's record has it."""

    name = PlainField(label="Tên lớp", limit=60, hint="Ví dụ 6A1.")
    grade_code = CodeField(label="Khối")
    age_group_code = CodeField(label="Nhóm tuổi (mầm non)", list_name="preschool_age_group", required=False)
    site_id = CodeField(label="Điểm trường", required=False)
    session_code = CodeField(label="Buổi học", list_name="session_of_day", required=False)
    sessions_per_week_code = CodeField(label="Số buổi học mỗi tuần", list_name="sessions_per_week", required=False)
    fl1_code = CodeField(label="Ngoại ngữ 1", list_name="foreign_language", required=False, empty="– Không –")
    fl2_code = CodeField(label="Ngoại ngữ 2", list_name="foreign_language", required=False, empty="– Không –")
    is_semi_boarding = _tick("Lớp bán trú")
    is_combined = _tick("Lớp ghép")
    is_special = _tick("Lớp chuyên biệt")
    is_gifted = _tick("Lớp chuyên")
    gifted_stream_code = CodeField(label="Hệ chuyên", list_name="gifted_stream", required=False, empty="– Không –")

    is_named_so = forms.BooleanField(
        label="Đã kiểm tra: tên lớp và khối đúng như đã nhập", required=False, widget=forms.HiddenInput()
    )

    groups = (
        ("Lớp", ("name", "grade_code", "is_named_so", "age_group_code", "site_id")),
        ("Học tập", ("session_code", "sessions_per_week_code", "fl1_code", "fl2_code")),
        ("Đặc điểm", ("is_semi_boarding", "is_combined", "is_special", "is_gifted", "gifted_stream_code")),
    )

    odd_name = ""

    def asks_about(self, name: str, grade_code: str) -> bool:
        """Whether the name has to be confirmed first: it does not begin with the grade, and nobody said it is right."""
        grade = codes.grades().get(grade_code)
        if not name or grade is None or names_its_grade(name, grade.number) or self.cleaned_data.get("is_named_so"):
            return False
        if self.row is not None and fold(name) == fold(self.row.name):
            return False
        self.odd_name = f"Tên lớp {name} không bắt đầu bằng {grade.number}, số của {grade.name_vi.lower()}."
        self.fields["is_named_so"].widget = forms.CheckboxInput({"class": "form-check-input"})
        return True

    def as_shown(self, name: str, value: Any) -> Any:
        if name != "site_id":
            return super().as_shown(name, value)
        site = SchoolSite.objects.filter(pk=value).first()
        return str(site.public_id) if site else ""


@login_required
@require_http_methods(["GET", "POST"])
def class_new(request: HttpRequest, school: uuid.UUID) -> HttpResponse:
    """Open a class; "Lưu và lập lớp tiếp" opens the next empty form."""
    where = school_or_404(request, school)
    request.actor.require(Permission.CLASS_EDIT, on=where)
    year = chosen_year(request)
    if year is None:
        raise Http404
    sites = _sites(where, year.start_year)
    main = sites.filter(is_main=True).first()
    initial = {"site_id": str(main.public_id) if main else "", "grade_code": request.GET.get("khoi", "")}
    form = _fitted(ClassForm(request, initial=initial), where, year.start_year)

    def act(values: dict[str, Any]) -> SchoolClass | None:
        grade_code = values.pop("grade_code")
        if form.asks_about(values["name"], grade_code):
            return None
        return create_class(
            actor=request.actor,
            school=where,
            year=year,
            grade_code=grade_code,
            values=_with_site(values, where, year.start_year),
        )

    made = saved(form, act)
    if made:
        messages.success(request, f"Đã lập lớp {made.name}, năm học {year.name}.")
        if request.POST.get("tiep"):
            return redirect(f"{request.path}?nam={year.start_year}&khoi={made.grade_code}")
        return redirect("school:class-detail", made.public_id)
    list_url = reverse("school:class-list", args=[school])
    context = {
        "form": form,
        "title": "Lập lớp mới",
        "purpose": f"Lớp của {where.unit.name}, năm học {year.name}.",
        "crumbs": [*crumbs_to(request, where), ("Lớp", list_url)],
        "back_url": list_url,
        "save_label": "Lập lớp",
        "more_label": "Lưu và lập lớp tiếp",
    }
    return render(request, "school/students/form.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def class_edit(request: HttpRequest, school_class: uuid.UUID) -> HttpResponse:
    """Change a class, all but its grade."""
    row = _class_or_404(request, school_class)
    request.actor.require(Permission.CLASS_EDIT, on=row)
    initial = {name: getattr(row, name) for name in ClassForm.base_fields if hasattr(row, name)}
    initial["site_id"] = str(row.site.public_id) if row.site else ""
    form = _fitted(ClassForm(request, row=row, initial=initial), row.school, row.start_year)
    del form.fields["grade_code"]

    def act(values: dict[str, Any]) -> tuple[Any] | None:
        if form.asks_about(values["name"], row.grade_code):
            return None
        made = _with_site(values, row.school, row.start_year)
        return (change_class(actor=request.actor, school_class=row, values=made, seen=form.version),)

    done = saved(form, act)
    back = reverse("school:class-detail", args=[school_class])
    if done:
        names = ", ".join(change.label.lower() for change in done[0])
        messages.success(request, f"Đã lưu lớp {row.name}: {names}." if names else "Không có gì thay đổi.")
        return redirect(back)
    context = {
        "form": form,
        "title": f"Sửa lớp {row.name}",
        "purpose": "Khối của lớp không đổi được: hãy lập lớp mới rồi chuyển học sinh sang.",
        "crumbs": [*crumbs_to(request, row.school), (f"Lớp {row.name}", back)],
        "back_url": back,
    }
    return render(request, "school/students/form.html", context)


@login_required
@require_POST
def class_remove(request: HttpRequest, school_class: uuid.UUID) -> HttpResponse:
    """Take away a class opened by mistake."""
    row = _class_or_404(request, school_class)
    school, name, year = row.school.unit.public_id, row.name, row.start_year
    remove_class(actor=request.actor, school_class=row)
    messages.success(request, f"Đã bỏ lớp {name}.")
    return redirect(f"{reverse('school:class-list', args=[school])}?nam={year}")


def _class_or_404(request: HttpRequest, public_id: uuid.UUID) -> SchoolClass:
    return get_object_or_404(classes(request.actor).select_related("school__unit", "site"), public_id=public_id)


def _sites(school: School, start_year: int) -> Any:
    return SchoolSite.objects.filter(school=school, start_year=start_year, closed_on__isnull=True).order_by(
        "-is_main", "name"
    )


def _with_site(values: dict[str, Any], school: School, start_year: int) -> dict[str, Any]:
    """The site's key in place of its public name."""
    chosen = _sites(school, start_year).filter(public_id=values["site_id"]).first() if values["site_id"] else None
    return {**values, "site_id": chosen.pk if chosen else None}


def _fitted(form: ClassForm, school: School, start_year: int) -> ClassForm:
    """Choices of this school: the grades of its levels, its sites."""
    levels = set(SchoolLevel.objects.filter(school=school, start_year=start_year).values_list("level_code", flat=True))
    grades = codes.grades().items()
    form.fields["grade_code"].given = tuple((code, one.name_vi) for code, one in grades if one.level_code in levels)
    form.fields["site_id"].given = tuple((str(one.public_id), one.name) for one in _sites(school, start_year))
    for name in ("grade_code", "site_id"):
        form.fields[name].fit(name)
    return form
