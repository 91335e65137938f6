"""What every page knows: who acts and where, the school year, the menu, running jobs, the demo's clock."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from csdl.accounts import sessions
from csdl.accounts.permissions import Permission
from csdl.jobs.queries import running_jobs
from csdl.lib import clock
from csdl.orgs.enums import TEACHING_KINDS
from csdl.portals.components.menu import menu
from csdl.portals.components.years import chosen_year, known_years

__all__ = ["page"]


def page(request: HttpRequest) -> dict[str, Any]:
    """Variables of base.html. A partial answers a swap inside a page that has them already."""
    shell: dict[str, Any] = {"demo": settings.DEMO, "actor": None}
    actor = getattr(request, "actor", None)
    if request.headers.get("HX-Request") or actor is None:
        return shell
    year = chosen_year(request)
    return shell | {
        "actor": actor,
        "home_unit": actor.home_unit,
        "role_label": " · ".join(dict.fromkeys(actor.role_labels)) or "Chưa được phân quyền",
        "school_years": known_years(request),
        "year": year,
        "year_base": _year_base(request),
        "may_manage_accounts": actor.can(Permission.ACCOUNT_MANAGE),
        "may_import": actor.can(Permission.DATA_IMPORT),
        "may_read_papers": actor.can(Permission.DOCUMENT_READ),
        "may_read_log": actor.can(Permission.AUDIT_READ),
        "may_read_dossiers": actor.can(Permission.DOSSIER_READ),
        "reader_of": _reader_of(request, actor),
        "menu": menu(request, actor, actor.home_unit),
        "running_job_count": running_jobs(actor.account_id).count(),
        "clock_now": clock.now(),
        "second_factor": sessions.held(request),
        "help_url": _help_url(request),
    }


def _reader_of(request: HttpRequest, actor: Any) -> Any:
    """The school whose page is open to somebody of a managing unit, who changes nothing there; None for all others.
    The way back to a school, which every page of it shows, names it."""
    school = getattr(request, "school_shown", None)
    home = actor.home_unit
    if school is None or home is None or home.kind in TEACHING_KINDS:
        return None
    changes = (Permission.CLASS_EDIT, Permission.SCHOOL_EDIT, Permission.STAFF_EDIT, Permission.STUDENT_EDIT)
    return None if any(actor.can(one, on=school) for one in changes) else school


def _year_base(request: HttpRequest) -> str:
    """Where choosing another year leads: this page, or home from the page of a thing that has its own year."""
    here = request.resolver_match.view_name if request.resolver_match else ""
    return (
        request.path
        if here.endswith(("-list", ":home", ":overview", ":profile", ":rooms", ":unit-detail"))
        else reverse("desk:home")
    )


# Pages by the namespace and the first word of their name: which help topic explains them.
_TOPICS = {
    "account_": "tai-khoan",
    "mfa_": "tai-khoan",
    "desk:account": "tai-khoan",
    "desk:second-factor": "tai-khoan",
    "authority:unit-accounts": "tai-khoan",
    "desk:grant": "phan-quyen",
    "desk:batch": "phan-quyen",
    "desk:minutes": "phan-quyen",
    "desk:commitment": "phan-quyen",
    "desk:administration": "phan-quyen",
    "desk:inspection": "phan-quyen",
    "desk:personnel": "phan-quyen",
    "desk:my-rights": "phan-quyen",
    "authority:account": "tai-khoan",
    "authority:sign-in-rules": "tai-khoan",
    "authority:regulation": "tai-khoan",
    "desk:regulation": "tai-khoan",
    "school:rollover": "ket-chuyen",
    "authority:rollover": "ket-chuyen",
    "authority:year": "nam-hoc",
    "school:report-why": "phan-quyen",
    "school:report": "bao-cao-thong-ke",
    "authority:report": "bao-cao-thong-ke",
    "school:overview": "don-vi-truong",
    "school:profile": "ho-so-truong",
    "school:site": "ho-so-truong",
    "school:rooms": "ho-so-truong",
    "school:student-list": "tim-kiem",
    "school:student-bulk": "tim-kiem",
    "authority:student": "tim-kiem",
    "authority:unit-heads": "thu-truong",
    "authority:head": "thu-truong",
    "authority:staff": "can-bo-giao-vien",
    "school:import": "nhap-excel",
    "school:class-paste": "nhap-excel",
    "authority:import": "nhap-excel",
    "desk:import": "nhap-excel",
    "desk:document": "ho-so-van-ban",
    "desk:export": "tai-du-lieu",
    "desk:log": "nhat-ky-thanh-tra",
    "desk:dossier": "nhat-ky-thanh-tra",
    "authority:": "don-vi-truong",
    "desk:search": "tim-kiem",
    "school:student-why": "phan-quyen",
    "school:staff-why": "phan-quyen",
    "school:class-why": "phan-quyen",
    "school:school-why": "phan-quyen",
    "school:student": "ho-so-hoc-sinh",
    "school:guardian": "ho-so-hoc-sinh",
    "school:staff": "can-bo-giao-vien",
    "school:posting": "can-bo-giao-vien",
    "school:assignment": "phan-cong",
    "school:class-new": "ho-so-hoc-sinh",
    "school:class-edit": "ho-so-hoc-sinh",
    "school:": "lop-hoc-sinh",
}


def _help_url(request: HttpRequest) -> str:
    here = request.resolver_match.view_name if request.resolver_match else ""
    if here.endswith("-export"):
        return reverse("desk:help-topic", args=["tai-du-lieu"])
    for start, topic in _TOPICS.items():
        if here.startswith(start):
            return reverse("desk:help-topic", args=[topic])
    return reverse("desk:help")
