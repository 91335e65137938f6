"""Sessions (S8, S2): idle and absolute limits, the list, ending them elsewhere, a second device, many devices."""

import pytest
from django.test import Client
from django.urls import reverse

from csdl.accounts.sessions import browser_of
from csdl.audit.models import Event
from csdl.staff.models import StaffMember
from tests.portals.places import Places, build

pytestmark = pytest.mark.django_db

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0 Safari/537.36"


@pytest.fixture
def places(db: None) -> Places:
    return build()


def signed_in(username: str = "vanthu", agent: str = CHROME) -> Client:
    client = Client(headers={"user-agent": agent})
    answer = client.post(reverse("account_login"), {"login": username, "password": "mat-khau-thu"})
    assert answer.status_code == 302
    return client


def age(client: Client, **seconds: int) -> None:
    session = client.session
    for name, by in seconds.items():
        session[name] -= by
    session.save()


def test_an_idle_session_ends_and_says_why(places: Places) -> None:
    client = signed_in()
    client.get("/")
    age(client, seen_at=29 * 60)
    going_on = client.get("/").status_code
    age(client, seen_at=32 * 60)

    ended = client.get(reverse("desk:search"))
    page = client.get(ended.url)

    assert going_on == 200
    assert ended.url == f"{reverse('account_login')}?next=%2Ftim-kiem%2F"
    assert "30 phút không có thao tác" in page.content.decode()
    assert Event.objects.filter(kind="sign_in:out").count() == 1


def test_whoever_administers_others_is_idle_sooner(places: Places) -> None:
    idle = {}
    for name in ("hieutruong", "vanthu"):
        client = signed_in(name)
        client.get("/")
        age(client, seen_at=17 * 60)
        idle[name] = client.get("/").status_code

    assert idle == {"hieutruong": 302, "vanthu": 200}


def test_no_session_lasts_longer_than_its_hours(places: Places) -> None:
    client = signed_in()
    client.get("/")
    age(client, started_at=12 * 3600 + 1)

    ended = client.get("/")

    assert ended.status_code == 302
    assert "kéo dài 12 giờ" in client.get(ended.url).content.decode()


def test_a_page_that_asks_by_itself_does_not_keep_a_session_alive(places: Places) -> None:
    client = signed_in()
    client.get("/")
    age(client, seen_at=20 * 60)
    client.get("/", headers={"HX-Request": "true"})
    age(client, seen_at=12 * 60)

    ended = client.get("/", headers={"HX-Request": "true"})

    assert (ended.status_code, ended.headers["HX-Redirect"]) == (204, f"{reverse('account_login')}?next=%2F")


def test_signing_in_gives_the_session_a_new_key(places: Places) -> None:
    client = Client()
    client.get(reverse("account_login"))
    session = client.session
    session["x"] = 1
    session.save()
    client.cookies["sessionid"] = before = session.session_key

    client.post(reverse("account_login"), {"login": "vanthu", "password": "mat-khau-thu"})

    assert client.session.session_key != before


def test_the_list_shows_sessions_and_one_can_be_ended(places: Places) -> None:
    here, elsewhere = signed_in(), signed_in(agent=FIREFOX)
    stranger = signed_in("hieutruong")

    lines = here.get(reverse("desk:account")).context["sessions"]
    other = next(one for one in lines if not one.is_here)
    by_stranger = stranger.post(reverse("desk:session-end"), {"phien": other.key})
    still = elsewhere.get("/").status_code
    here.post(reverse("desk:session-end"), {"phien": other.key})

    assert sorted((one.browser, one.is_here) for one in lines) == [
        ("Chrome trên Windows", True),
        ("Firefox trên Linux", False),
    ]
    assert by_stranger.status_code == 302
    assert still == 200
    assert elsewhere.get("/").status_code == 302
    assert here.get("/").status_code == 200
    assert stranger.get("/").status_code == 200
    assert Event.objects.get(kind="session:end").data["sessions"] == 1


def test_sign_out_everywhere(places: Places) -> None:
    here, elsewhere, stranger = signed_in(), signed_in(agent=FIREFOX), signed_in("hieutruong")

    here.post(reverse("desk:session-end"), {"phien": "tat-ca"})

    assert [client.get("/").status_code for client in (here, elsewhere, stranger)] == [302, 302, 200]


def test_a_second_device_is_told_of_and_three_are_flagged(places: Places) -> None:
    first = signed_in()
    again_page = first.get("/").content.decode()
    second = signed_in(agent=FIREFOX).get("/").content.decode()
    signed_in(agent=FIREFOX)

    assert "đang mở trên" not in again_page
    assert "Tài khoản này đang mở trên 1 thiết bị khác" in second
    assert [one.data["open_elsewhere"] for one in Event.objects.filter(kind="session:second").order_by("pk")] == [1, 2]
    assert [one.data["devices"] for one in Event.objects.filter(kind="account:many_devices")] == [3]


def test_many_devices_stand_among_the_tasks_of_who_manages_the_accounts(places: Places) -> None:
    StaffMember.objects.filter(pk=places.own_teacher.pk).update(account=places.accounts["clerk"])
    head = signed_in("hieutruong")
    before = head.get("/").content.decode()
    for _ in range(3):
        signed_in()

    text = "tài khoản đăng nhập trên nhiều thiết bị trong một ngày"
    page = reverse("authority:unit-accounts", args=[places.school.unit.public_id])
    assert (text in before, text in head.get("/").content.decode()) == (False, True)
    assert [len(head.get(f"{page}?thiet-bi={one}").context["listing"].items) for one in ("nhieu", "")] == [1, 1]
    assert text not in signed_in("phong").get("/").content.decode()


def test_the_same_browser_is_one_device(places: Places) -> None:
    client = signed_in()
    client.post(reverse("account_logout"))
    client.post(reverse("account_login"), {"login": "vanthu", "password": "mat-khau-thu"})

    assert not Event.objects.filter(kind="session:second").exists()
    assert client.cookies["thiet-bi"]["httponly"]


def test_a_locked_account_is_out_with_the_next_page(places: Places) -> None:
    client = signed_in()
    places.accounts["clerk"].is_active = False
    places.accounts["clerk"].save()

    assert client.get("/").status_code == 302


def test_browsers_have_names() -> None:
    assert browser_of(FIREFOX) == "Firefox trên Linux"
    assert browser_of(CHROME) == "Chrome trên Windows"
    assert browser_of(CHROME.replace("Safari/537.36", "Safari/537.36 Edg/139.0")) == "Edge trên Windows"
    assert browser_of("") == "Trình duyệt khác"
