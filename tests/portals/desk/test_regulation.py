"""The regulation (S26): published by the department, accepted once by each account, asked again for a new version, its
record seen by the unit's administrator and by nobody of the neighbour school."""

import pytest
from django.db import ProgrammingError, transaction
from django.test import Client
from django.urls import reverse

from csdl.access.actors import actor_for
from csdl.accounts.errors import CsdlError, NotAllowed
from csdl.accounts.models import Regulation, RegulationAcceptance
from csdl.accounts.regulation import default_text, text_hash
from csdl.audit.kinds import said
from csdl.audit.models import Event
from csdl.dossier.registry import Period, sections
from csdl.lib import clock
from csdl.staff.actions import NewRegulation, accept_regulation, publish_regulation
from csdl.staff.models import StaffMember
from tests import builders as b
from tests.portals.places import Places, build

pytestmark = pytest.mark.django_db

PAGE = "/quy-che/"


@pytest.fixture
def places(db: None) -> Places:
    made = build()
    # The clerk and the neighbour's clerk are people of their schools.
    StaffMember.objects.filter(pk=made.own_teacher.pk).update(account=made.accounts["clerk"])
    other = b.account("vanthu2", "school_clerk", made.other_school.unit, full_name="Văn Thư Láng Giềng")
    StaffMember.objects.filter(pk=made.other_teacher.pk).update(account=other)
    made.accounts["other_clerk"] = other
    made.accounts["other_head"] = b.account("hieutruong2", "school_head", made.other_school.unit)
    return made


def published(text: str = "") -> Regulation:
    title, default = default_text()
    return publish_regulation(actor=b.SYSTEM, wanted=NewRegulation(title, text or default))


def forget_minute(client: Client) -> None:
    session = client.session
    session.pop("held", None)
    session.save()


def test_nobody_is_asked_before_a_version_is_published(places: Places, web_client) -> None:
    assert web_client(places.accounts["clerk"]).get("/").status_code == 200


def test_it_is_asked_once_with_one_tick_and_again_for_a_new_version(places: Places, web_client) -> None:
    published()
    client = web_client(places.accounts["clerk"])

    sent = client.get("/tim-kiem/?q=lan")
    page = client.get(sent.url)
    unticked = client.post(sent.url, {"version": 1, "next": "/tim-kiem/?q=lan"})
    done = client.post(sent.url, {"version": 1, "agreed": "on", "next": "/tim-kiem/?q=lan"})
    after = client.get("/tim-kiem/?q=lan").status_code
    again = client.post(PAGE, {"version": 1, "agreed": "on"})

    assert sent.url == f"{PAGE}?next=%2Ftim-kiem%2F%3Fq%3Dlan"
    assert "Điều 10. Xử lý vi phạm" in page.content.decode()
    assert "Hãy đánh dấu vào ô cam kết" in unticked.content.decode()
    assert (done.status_code, done.url, after, again.url) == (302, "/tim-kiem/?q=lan", 200, "/")
    row = RegulationAcceptance.objects.get()
    assert (row.account, row.regulation.version, row.text_hash, row.address) == (
        places.accounts["clerk"],
        1,
        text_hash(default_text()[1]),
        "127.0.0.1",
    )
    event = Event.objects.get(kind="regulation:accept")
    assert event.unit_id == places.school.pk
    assert said(event.kind, event.data).endswith("bản 1, từ địa chỉ 127.0.0.1")


def test_the_log_of_the_school_names_a_teacher_who_accepts(places: Places, web_client) -> None:
    published()

    web_client(places.accounts["homeroom"]).post(PAGE, {"version": 1, "agreed": "on"})

    assert Event.objects.get(kind="regulation:accept").unit_id == places.school.pk


def test_a_new_version_asks_again_and_the_old_page_cannot_accept_it(places: Places, web_client) -> None:
    published()
    client = web_client(places.accounts["clerk"])
    client.post(PAGE, {"version": 1, "agreed": "on"})
    title, text = default_text()
    department = web_client(places.accounts["department"])
    department.post(PAGE, {"version": 1, "agreed": "on"})
    department.post(reverse("authority:regulation-list"), {"title": title, "text": f"{text}\nĐiều 11. Hiệu lực"})
    forget_minute(client)

    sent = client.get("/")
    stale = client.post(PAGE, {"version": 1, "agreed": "on"})
    fresh = client.post(PAGE, {"version": 2, "agreed": "on"})

    assert (sent.url, stale.status_code, fresh.url) == (f"{PAGE}?next=%2F", 302, "/")
    own = RegulationAcceptance.objects.filter(account=places.accounts["clerk"]).order_by("pk")
    assert list(own.values_list("regulation__version", flat=True)) == [1, 2]
    with pytest.raises(CsdlError, match="bản quy chế mới"):
        accept_regulation(actor=actor_for(places.accounts["clerk"]), version=1, address=None)


def test_parts_of_pages_programs_and_sent_forms_get_a_clear_answer(places: Places, web_client) -> None:
    published()
    client = web_client(places.accounts["clerk"])

    part = client.get("/tim-kiem/", headers={"HX-Request": "true", "Referer": "http://testserver/tim-kiem/"})
    program = client.get("/tim-kiem/", headers={"Accept": "application/json"})
    form = client.post(reverse("desk:column-choice", args=["school-students"]), follow=True)

    assert (part.status_code, part.headers["HX-Redirect"]) == (
        204,
        f"{PAGE}?next=http%3A%2F%2Ftestserver%2Ftim-kiem%2F",
    )
    assert (program.status_code, program.json()["code"]) == (403, "ACC-05")
    assert "chưa xem được" in program.json()["message"]
    assert "chưa được thực hiện" in form.content.decode()
    assert [client.get(one).status_code for one in (reverse("desk:account"), reverse("desk:help"))] == [200, 200]


def test_only_the_department_publishes_and_only_another_text(places: Places, web_client) -> None:
    title, text = default_text()
    department = web_client(places.accounts["department"])
    page = reverse("authority:regulation-list")

    shown = department.get(page)
    empty = department.post(page, {"title": "", "text": "ngắn"})
    made = department.post(page, {"title": title, "text": text, "decision_no": "1062/QĐ-SGDĐT"})
    department.post(PAGE, {"version": 1, "agreed": "on"})
    again = department.post(page, {"title": title, "text": text, "decision_no": "1062/QĐ-SGDĐT"})
    decision = Event.objects.get(kind="regulation:publish").data["decision_no"]
    office = web_client(places.accounts["office"])
    office.post(PAGE, {"version": 1, "agreed": "on"})
    refused = office.get(page).status_code

    assert text in shown.content.decode().replace("\r\n", "\n")
    assert {"title", "text"} <= set(empty.context["form"].errors)
    assert (made.status_code, decision, refused) == (302, "1062/QĐ-SGDĐT", 403)
    assert "giống hệt bản 1" in again.content.decode()
    with pytest.raises(NotAllowed):
        publish_regulation(actor=actor_for(places.accounts["head"]), wanted=NewRegulation(title, text + "\nThêm."))


def _accepted_by_both(places: Places) -> None:
    published()
    for name in ("clerk", "other_clerk"):
        accept_regulation(actor=actor_for(places.accounts[name]), version=1, address="10.0.0.7")


def test_the_units_head_sees_who_accepted_and_the_neighbour_nothing(places: Places, as_web, web_client) -> None:
    _accepted_by_both(places)
    seen = {}
    for name in ("head", "other_head", "homeroom", "office"):
        with as_web(places.accounts[name]):
            rows = RegulationAcceptance.objects.values_list("account__username", flat=True)
            seen[name] = sorted(rows)
            assert RegulationAcceptance.objects.filter(account=places.accounts[name]).count() == 0

    client = web_client(places.accounts["head"])
    client.post(PAGE, {"version": 1, "agreed": "on"})
    listed = client.get(
        reverse("authority:unit-accounts", args=[places.school.unit.public_id]), {"quy-che": "da"}
    ).content.decode()
    detail = client.get(
        reverse("authority:account-detail", args=[places.school.unit.public_id, places.own_teacher.public_id])
    ).content.decode()

    assert seen == {
        "head": ["vanthu"],
        "other_head": ["vanthu2"],
        "homeroom": [],
        "office": ["vanthu", "vanthu2"],
    }
    assert "vanthu" in listed
    assert "Bản 1 lúc" in detail
    assert "từ 10.0.0.7" in detail


def test_what_was_accepted_or_published_is_not_changed_by_the_web(places: Places, as_web) -> None:
    _accepted_by_both(places)
    acts = (
        lambda: RegulationAcceptance.objects.all().delete(),
        lambda: RegulationAcceptance.objects.update(address=None),
        lambda: Regulation.objects.update(text="khác"),
        lambda: RegulationAcceptance.objects.create(
            account=places.accounts["homeroom"], regulation=Regulation.objects.get(), text_hash="", at=clock.now()
        ),
    )
    with as_web(places.accounts["department"]):
        for act in acts:
            with pytest.raises(ProgrammingError, match=r"permission denied|row-level security"), transaction.atomic():
                act()


def test_the_dossier_says_who_of_the_unit_accepted(places: Places) -> None:
    _accepted_by_both(places)
    section = next(one for one in sections() if one.code == "quy-che")

    rows = section.collect(places.school.unit, Period(clock.today(), clock.today())).rows

    assert [(row["account"], row["version"], row["address"]) for row in rows] == [("vanthu", "Bản 1", "10.0.0.7")]


def test_the_department_is_told_that_none_is_published(places: Places, web_client) -> None:
    client = web_client(places.accounts["department"])

    before = client.get("/").content.decode()
    title, text = default_text()
    client.post(reverse("authority:regulation-list"), {"title": title, "text": text})
    client.post(PAGE, {"version": 1, "agreed": "on"})

    assert "Công bố quy chế" in before
    assert "Công bố quy chế" not in client.get("/").content.decode()
