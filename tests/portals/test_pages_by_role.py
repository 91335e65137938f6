"""Each page × role: opens, holds nothing for this account (404), or is not theirs at all (403)."""

from collections.abc import Callable

import pytest
from django.urls import reverse

from csdl.reports.actions import open_usual_period
from tests import builders as b
from tests.portals.places import Places

pytestmark = pytest.mark.django_db

PERIOD = "2024-dau-nam"
ROLES = ("department", "office", "head", "clerk", "homeroom", "nobody")
# page: the status for each role, in that order
PAGES = {
    "desk:home": (200, 200, 200, 200, 200, 200),
    "desk:job-list": (200, 200, 200, 200, 200, 200),
    "desk:help": (200, 200, 200, 200, 200, 200),
    "desk:search": (200, 200, 200, 200, 200, 200),
    "desk:gallery": (200, 200, 200, 200, 200, 200),
    "account_change_password": (200, 200, 200, 200, 200, 200),
    "desk:account": (200, 200, 200, 200, 200, 200),
    "mfa_index": (200, 200, 200, 200, 200, 200),
    "desk:second-factor-confirm": (302, 302, 302, 302, 302, 302),
    "authority:own-accounts": (302, 302, 302, 403, 403, 403),
    "authority:sign-in-rules": (200, 403, 403, 403, 403, 403),
    "authority:account-leavers": (200, 403, 403, 403, 403, 403),
    "accounts of the department": (200, 404, 404, 403, 403, 403),
    "accounts of own school": (200, 200, 200, 403, 403, 403),
    "accounts of neighbour": (200, 200, 404, 403, 403, 403),
    "leavers of the department": (200, 404, 404, 403, 403, 403),
    "leavers of the office": (200, 200, 404, 403, 403, 403),
    "leavers of own school": (200, 200, 200, 403, 403, 403),
    "leavers of neighbour": (200, 200, 404, 403, 403, 403),
    "open accounts of nobody at own school": (302, 302, 302, 403, 403, 403),
    "account of neighbour teacher": (302, 302, 404, 403, 403, 403),
    "authority:unit-list": (200, 200, 200, 200, 403, 403),
    "authority:school-list": (200, 200, 200, 200, 403, 403),
    "authority:student-list": (200, 200, 200, 200, 403, 403),
    "authority:unit-export": (200, 200, 200, 200, 403, 403),
    "authority:school-export": (200, 200, 200, 200, 403, 403),
    "authority:student-export": (200, 200, 200, 200, 403, 403),
    "authority:rollover-export": (200, 200, 200, 200, 403, 403),
    "authority:staff-list": (200, 200, 200, 200, 403, 403),
    "authority:year-list": (200, 403, 403, 403, 403, 403),
    "own unit": (200, 404, 404, 404, 403, 403),
    "heads of the department": (200, 404, 404, 404, 403, 403),
    "heads of own school": (200, 200, 200, 200, 403, 403),
    "heads of neighbour": (200, 200, 404, 404, 403, 403),
    "new head of own school": (200, 200, 403, 403, 403, 403),
    "new head of the office": (200, 403, 404, 404, 403, 403),
    "new head of the department": (403, 404, 404, 404, 403, 403),
    "own school": (200, 200, 200, 200, 403, 403),
    "own profile": (200, 200, 200, 200, 403, 403),
    "edit own profile": (403, 403, 200, 200, 403, 403),
    "own rooms": (200, 200, 200, 200, 403, 403),
    "new site": (403, 403, 200, 200, 403, 403),
    "edit own site": (403, 403, 200, 200, 403, 403),
    "end own site": (403, 403, 200, 200, 403, 403),
    "neighbour profile": (200, 200, 404, 404, 403, 403),
    "neighbour rooms": (200, 200, 404, 404, 403, 403),
    "edit neighbour site": (403, 403, 404, 404, 403, 403),
    "own classes": (200, 200, 200, 200, 200, 403),
    "own pupils": (200, 200, 200, 200, 200, 403),
    "own class": (200, 200, 200, 200, 200, 403),
    "own pupil": (200, 200, 200, 200, 200, 403),
    "edit own pupil": (403, 403, 200, 200, 200, 403),
    "edit own guardian": (403, 403, 200, 200, 200, 403),
    "end own guardian": (403, 403, 200, 200, 200, 403),
    "take out pupils": (200, 200, 200, 200, 200, 403),
    "take out neighbour pupils": (200, 200, 404, 404, 404, 403),
    "take out classes": (200, 200, 200, 200, 200, 403),
    "take out neighbour classes": (200, 200, 404, 404, 404, 403),
    "take out staff": (200, 200, 200, 200, 403, 403),
    "take out neighbour staff": (200, 200, 404, 404, 404, 403),
    "take out own class": (200, 200, 200, 200, 200, 403),
    "take out parallel class": (200, 200, 200, 200, 404, 403),
    "take out neighbour class": (200, 200, 404, 404, 404, 403),
    "register of own class": (200, 200, 200, 200, 200, 403),
    "register of parallel class": (200, 200, 200, 200, 404, 403),
    "register of neighbour class": (200, 200, 404, 404, 404, 403),
    "record of own pupil": (200, 200, 200, 200, 200, 403),
    "record of parallel pupil": (200, 200, 200, 200, 404, 403),
    "record of neighbour pupil": (200, 200, 404, 404, 404, 403),
    "new pupil": (403, 403, 200, 200, 403, 403),
    "new class": (403, 403, 200, 200, 403, 403),
    "edit own class": (403, 403, 200, 200, 403, 403),
    "own result": (403, 403, 200, 403, 403, 403),
    "edit parallel pupil": (403, 403, 200, 200, 404, 403),
    "edit neighbour pupil": (403, 403, 404, 404, 404, 403),
    "edit neighbour class": (403, 403, 404, 404, 404, 403),
    "new neighbour pupil": (403, 403, 404, 404, 404, 403),
    "bring in own": (200, 403, 200, 200, 403, 403),
    "blank template": (404, 403, 200, 200, 403, 403),
    "take own school out": (200, 403, 200, 200, 403, 403),
    "paste into own class": (403, 403, 200, 200, 403, 403),
    "own import": (200, 403, 200, 200, 403, 403),
    "faults of own import": (200, 403, 200, 200, 403, 403),
    "bring in neighbour": (200, 403, 404, 404, 404, 403),
    "paste into neighbour class": (403, 403, 404, 404, 404, 403),
    "neighbour import": (200, 403, 404, 404, 403, 403),
    "authority:import-list": (200, 403, 404, 404, 403, 403),
    "own staff": (200, 200, 200, 200, 403, 403),
    "own teacher": (200, 200, 200, 200, 403, 403),
    "edit own teacher": (403, 403, 200, 200, 403, 403),
    "end own teacher": (403, 403, 200, 200, 403, 403),
    "new staff": (403, 403, 200, 200, 403, 403),
    "receive staff": (403, 403, 200, 200, 403, 403),
    "receive staff for neighbour": (403, 403, 404, 404, 404, 403),
    "change many staff": (403, 403, 302, 302, 403, 403),
    "change many staff of neighbour": (403, 403, 404, 404, 404, 403),
    "neighbour staff": (200, 200, 404, 404, 404, 403),
    "neighbour teacher": (200, 200, 404, 404, 403, 403),
    "edit neighbour teacher": (403, 403, 404, 404, 403, 403),
    "own assignments": (200, 200, 200, 200, 403, 403),
    "own class assignments": (200, 200, 200, 200, 403, 403),
    "own homeroom": (403, 403, 200, 200, 403, 403),
    "neighbour assignments": (200, 200, 404, 404, 404, 403),
    "neighbour class assignments": (200, 200, 404, 404, 404, 403),
    "neighbour homeroom": (403, 403, 404, 404, 404, 403),
    "desk:my-rights": (200, 200, 200, 200, 200, 200),
    "desk:personnel-board": (200, 200, 200, 403, 403, 403),
    "desk:grant-rules": (200, 403, 403, 403, 403, 403),
    "rights of own school": (200, 200, 200, 403, 403, 403),
    "new right at own school": (403, 403, 200, 403, 403, 403),
    "homerooms of own school": (403, 403, 200, 403, 403, 403),
    "administration of own school": (200, 200, 200, 403, 403, 403),
    "people of own school": (200, 200, 200, 403, 403, 403),
    "rights of neighbour": (200, 200, 404, 403, 403, 403),
    "rights of the office": (200, 200, 404, 403, 403, 403),
    "own papers": (200, 200, 200, 200, 403, 403),
    "own paper": (200, 200, 200, 200, 403, 403),
    "new paper": (200, 200, 200, 200, 403, 403),
    "edit own paper": (200, 200, 200, 200, 403, 403),
    "sign own paper": (200, 200, 200, 200, 403, 403),
    "replace own paper": (200, 200, 200, 200, 403, 403),
    "neighbour papers": (200, 200, 404, 404, 403, 403),
    "neighbour paper": (200, 200, 404, 404, 403, 403),
    "file of neighbour paper": (409, 409, 404, 404, 403, 403),
    "edit neighbour paper": (200, 200, 404, 404, 403, 403),
    "replace neighbour paper": (200, 200, 404, 404, 403, 403),
    "papers of the office": (200, 200, 404, 404, 403, 403),
    "own log": (200, 200, 200, 403, 403, 403),
    "take out own log": (200, 200, 200, 403, 403, 403),
    "neighbour log": (200, 200, 404, 403, 403, 403),
    "take out neighbour log": (200, 200, 404, 403, 403, 403),
    "log of the office": (200, 200, 404, 403, 403, 403),
    "log of the department": (200, 404, 404, 403, 403, 403),
    "reports of own school": (200, 200, 200, 200, 403, 403),
    "reports of neighbour": (200, 200, 404, 404, 403, 403),
    "own report": (200, 200, 200, 200, 403, 403),
    "neighbour report": (200, 200, 404, 404, 403, 403),
    "pictures of own school": (200, 200, 200, 200, 403, 403),
    "pictures of neighbour": (200, 200, 404, 404, 403, 403),
    "authority:report-board": (200, 200, 200, 200, 403, 403),
    "authority:report-outliers": (200, 200, 200, 200, 403, 403),
    "authority:report-period-new": (200, 403, 403, 403, 403, 403),
    "rules of the period": (200, 403, 403, 403, 403, 403),
    "pictures of all below": (200, 200, 404, 404, 403, 403),
    "sums of all below": (200, 200, 200, 200, 403, 403),
    "more time for own school": (200, 200, 403, 403, 403, 403),
    "own dossiers": (200, 200, 200, 403, 403, 403),
    "neighbour dossiers": (200, 200, 404, 403, 403, 403),
    "parallel class": (200, 200, 200, 200, 404, 403),
    "parallel pupil": (200, 200, 200, 200, 404, 403),
    "neighbour school": (200, 200, 404, 404, 403, 403),
    "neighbour classes": (200, 200, 404, 404, 404, 403),
    "neighbour pupils": (200, 200, 404, 404, 404, 403),
    "neighbour class": (200, 200, 404, 404, 404, 403),
    "neighbour pupil": (200, 200, 404, 404, 404, 403),
}


@pytest.fixture(autouse=True)
def period(places: Places) -> None:
    """The pages of reports want a period."""
    open_usual_period(actor=b.SYSTEM, start_year=2024, kind="BOY")


def _address(page: str, places: Places) -> str:
    if ":" in page or page.startswith(("account_", "mfa_")):
        return reverse(page)
    school, other = places.school.unit.public_id, places.other_school.unit.public_id
    name, key = {
        "accounts of the department": ("authority:unit-accounts", places.department.public_id),
        "accounts of own school": ("authority:unit-accounts", school),
        "leavers of the department": ("authority:unit-leavers", places.department.public_id),
        "leavers of the office": ("authority:unit-leavers", places.office.public_id),
        "leavers of own school": ("authority:unit-leavers", school),
        "leavers of neighbour": ("authority:unit-leavers", other),
        "open accounts of nobody at own school": ("authority:account-open", school),
        "accounts of neighbour": ("authority:unit-accounts", other),
        "account of neighbour teacher": ("authority:account-detail", (other, places.other_teacher.public_id)),
        "own unit": ("authority:unit-detail", places.department.public_id),
        "heads of the department": ("authority:unit-heads", places.department.public_id),
        "heads of own school": ("authority:unit-heads", school),
        "heads of neighbour": ("authority:unit-heads", other),
        "new head of own school": ("authority:head-new", school),
        "new head of the office": ("authority:head-new", places.office.public_id),
        "new head of the department": ("authority:head-new", places.department.public_id),
        "own school": ("school:overview", school),
        "own profile": ("school:profile", school),
        "edit own profile": ("school:profile-edit", school),
        "own rooms": ("school:rooms", school),
        "new site": ("school:site-new", school),
        "edit own site": ("school:site-edit", places.own_class.site.public_id),
        "end own site": ("school:site-end", places.own_class.site.public_id),
        "neighbour profile": ("school:profile", other),
        "neighbour rooms": ("school:rooms", other),
        "edit neighbour site": ("school:site-edit", places.other_class.site.public_id),
        "own classes": ("school:class-list", school),
        "own pupils": ("school:student-list", school),
        "own class": ("school:class-detail", places.own_class.public_id),
        "own pupil": ("school:student-detail", places.own_pupil.student.public_id),
        "edit own pupil": ("school:student-edit", places.own_pupil.student.public_id),
        "edit own guardian": ("school:guardian-edit", places.own_guardian.public_id),
        "end own guardian": ("school:guardian-end", places.own_guardian.public_id),
        "take out pupils": ("school:student-export", school),
        "take out neighbour pupils": ("school:student-export", other),
        "take out classes": ("school:class-export", school),
        "take out neighbour classes": ("school:class-export", other),
        "take out staff": ("school:staff-export", school),
        "take out neighbour staff": ("school:staff-export", other),
        "take out own class": ("school:class-pupils-export", places.own_class.public_id),
        "take out parallel class": ("school:class-pupils-export", places.parallel_class.public_id),
        "take out neighbour class": ("school:class-pupils-export", places.other_class.public_id),
        "register of own class": ("school:class-register-export", places.own_class.public_id),
        "register of parallel class": ("school:class-register-export", places.parallel_class.public_id),
        "register of neighbour class": ("school:class-register-export", places.other_class.public_id),
        "record of own pupil": ("school:student-record-export", places.own_pupil.student.public_id),
        "record of parallel pupil": ("school:student-record-export", places.parallel_pupil.student.public_id),
        "record of neighbour pupil": ("school:student-record-export", places.other_pupil.student.public_id),
        "new pupil": ("school:student-new", school),
        "new class": ("school:class-new", school),
        "edit own class": ("school:class-edit", places.own_class.public_id),
        "own result": ("school:student-result", (places.own_pupil.student.public_id, 2024)),
        "edit parallel pupil": ("school:student-edit", places.parallel_pupil.student.public_id),
        "edit neighbour pupil": ("school:student-edit", places.other_pupil.student.public_id),
        "edit neighbour class": ("school:class-edit", places.other_class.public_id),
        "new neighbour pupil": ("school:student-new", other),
        "bring in own": ("school:import-list", school),
        "blank template": ("school:import-template", (school, "pupils")),
        "take own school out": ("school:import-workbook", school),
        "paste into own class": ("school:class-paste", places.own_class.public_id),
        "own import": ("desk:import-run", places.own_import.public_id),
        "faults of own import": ("desk:import-faults", places.own_import.public_id),
        "bring in neighbour": ("school:import-list", other),
        "paste into neighbour class": ("school:class-paste", places.other_class.public_id),
        "neighbour import": ("desk:import-run", places.other_import.public_id),
        "own staff": ("school:staff-list", school),
        "own teacher": ("school:staff-detail", places.own_teacher.public_id),
        "edit own teacher": ("school:staff-edit", places.own_teacher.public_id),
        "end own teacher": ("school:posting-end", places.own_teacher.public_id),
        "new staff": ("school:staff-new", school),
        "receive staff": ("school:staff-receive", school),
        "receive staff for neighbour": ("school:staff-receive", other),
        "change many staff": ("school:staff-bulk", school),
        "change many staff of neighbour": ("school:staff-bulk", other),
        "neighbour staff": ("school:staff-list", other),
        "neighbour teacher": ("school:staff-detail", places.other_teacher.public_id),
        "edit neighbour teacher": ("school:staff-edit", places.other_teacher.public_id),
        "own assignments": ("school:assignment-list", school),
        "own class assignments": ("school:assignment-class", places.own_class.public_id),
        "own homeroom": ("school:assignment-homeroom", places.own_class.public_id),
        "neighbour assignments": ("school:assignment-list", other),
        "neighbour class assignments": ("school:assignment-class", places.other_class.public_id),
        "neighbour homeroom": ("school:assignment-homeroom", places.other_class.public_id),
        "rights of own school": ("desk:grant-list", school),
        "new right at own school": ("desk:grant-new", school),
        "homerooms of own school": ("desk:grant-homerooms", school),
        "administration of own school": ("desk:administration", school),
        "people of own school": ("desk:personnel", school),
        "rights of neighbour": ("desk:grant-list", other),
        "rights of the office": ("desk:grant-list", places.office.public_id),
        "own papers": ("desk:document-list", school),
        "own paper": ("desk:document-detail", places.own_paper.public_id),
        "new paper": ("desk:document-new", school),
        "edit own paper": ("desk:document-edit", places.own_paper.public_id),
        "sign own paper": ("desk:document-sign", places.own_paper.public_id),
        "replace own paper": ("desk:document-replace", places.own_paper.public_id),
        "neighbour papers": ("desk:document-list", other),
        "neighbour paper": ("desk:document-detail", places.other_paper.public_id),
        "file of neighbour paper": ("desk:document-file", places.other_paper.public_id),
        "edit neighbour paper": ("desk:document-edit", places.other_paper.public_id),
        "replace neighbour paper": ("desk:document-replace", places.other_paper.public_id),
        "papers of the office": ("desk:document-list", places.office.public_id),
        "own log": ("desk:log-list", school),
        "take out own log": ("desk:log-export", school),
        "neighbour log": ("desk:log-list", other),
        "take out neighbour log": ("desk:log-export", other),
        "log of the office": ("desk:log-list", places.office.public_id),
        "log of the department": ("desk:log-list", places.department.public_id),
        "reports of own school": ("school:report-list", school),
        "reports of neighbour": ("school:report-list", other),
        "own report": ("school:report-detail", (school, PERIOD, "03")),
        "neighbour report": ("school:report-detail", (other, PERIOD, "03")),
        "pictures of own school": ("school:report-pictures", (school, PERIOD)),
        "pictures of neighbour": ("school:report-pictures", (other, PERIOD)),
        "rules of the period": ("authority:report-settings", PERIOD),
        "pictures of all below": ("authority:report-pictures", PERIOD),
        "sums of all below": ("authority:report-consolidations", PERIOD),
        "more time for own school": ("authority:report-extend", (PERIOD, school)),
        "own dossiers": ("desk:dossier-list", school),
        "neighbour dossiers": ("desk:dossier-list", other),
        "parallel class": ("school:class-detail", places.parallel_class.public_id),
        "parallel pupil": ("school:student-detail", places.parallel_pupil.student.public_id),
        "neighbour school": ("school:overview", other),
        "neighbour classes": ("school:class-list", other),
        "neighbour pupils": ("school:student-list", other),
        "neighbour class": ("school:class-detail", places.other_class.public_id),
        "neighbour pupil": ("school:student-detail", places.other_pupil.student.public_id),
    }[page]
    return reverse(name, args=key if isinstance(key, tuple) else [key])


@pytest.mark.parametrize("role", ROLES)
def test_each_page_opens_for_whom_it_is_meant(places: Places, web_client: Callable, role: str) -> None:
    client = web_client(places.accounts[role])

    found = {page: client.get(_address(page, places)).status_code for page in PAGES}

    assert found == {page: statuses[ROLES.index(role)] for page, statuses in PAGES.items()}


@pytest.mark.parametrize("page", [page for page in PAGES if page != "desk:help"])
def test_nobody_sees_a_page_before_signing_in(places: Places, client, page: str) -> None:
    address = _address(page, places)

    assert client.get(address).headers["Location"] == f"{reverse('account_login')}?next={address}"


@pytest.mark.parametrize(
    "path", ["signup/", "email/", "password/reset/", "password/set/", "confirm-email/", "login/code/", "phone/change/"]
)
def test_no_account_makes_itself_or_its_password(places: Places, client, path: str) -> None:
    assert client.get(f"/accounts/{path}").status_code == 404


def test_a_homeroom_teachers_lists_hold_the_own_class_only(places: Places, web_client: Callable) -> None:
    client = web_client(places.accounts["homeroom"])
    school = places.school.unit.public_id

    classes = client.get(reverse("school:class-list", args=[school])).content.decode()
    pupils = client.get(reverse("school:student-list", args=[school])).content.decode()

    assert (">7A<" in classes, ">7B<" in classes) == (True, False)
    assert ("Nguyễn Thị Lan" in pupils, "Trần Minh Đạt" in pupils) == (True, False)


def test_no_page_loads_from_another_host_or_carries_inline_script(places: Places, web_client: Callable) -> None:
    client = web_client(places.accounts["department"])

    for page in PAGES:
        response = client.get(_address(page, places))
        if response.get("Content-Disposition", "").startswith("attachment"):
            continue
        body = response.content.decode()
        assert "'unsafe-inline'" not in response.headers["Content-Security-Policy"], page
        for forbidden in ("http://", "https://", " style=", " onclick=", "<style", "<script>"):
            assert forbidden not in body.replace('xmlns="http://www.w3.org/2000/svg"', ""), (page, forbidden)
