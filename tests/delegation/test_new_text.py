"""A new version of the commitment: asked of whoever signed the older one, with days of grace, then suspended until it
is signed."""

import datetime as dt
from collections.abc import Callable, Iterator

import pytest
from django.urls import reverse

from csdl.access.models import Grant
from csdl.accounts.models import Account
from csdl.audit.models import Event
from csdl.delegation import texts
from csdl.delegation.actions import Wanted, upkeep, withdraw_minutes
from csdl.delegation.models import Commitment, Minutes
from csdl.delegation.queries import sign_again_by
from csdl.students.models import Student
from tests import builders as b
from tests.delegation.place import TODAY, Place, confirm, on

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
END = dt.date(2024, 11, 1)
LAST = TODAY + 13 * DAY
OVER = TODAY + 14 * DAY


@pytest.fixture
def place(db: None, settings, tmp_path) -> Iterator[Place]:
    """Lan has a class, Mai pupils' records; both committed to the first text."""
    settings.FILES_DIR = tmp_path / "files"
    with on(TODAY):
        made = Place()
        made.signed(made.homeroom(made.lan, made.class_a), Wanted(made.mai.account_id, "student_records", TODAY, END))
        yield made


@pytest.fixture
def new_text(monkeypatch, tmp_path) -> Iterator[None]:
    """The department changes the undertakings."""
    for name, more in (("bases.csv", ""), ("commitment.csv", "2024-9,1,Không chụp màn hình.\n")):
        (tmp_path / name).write_text((texts._DATA / name).read_text(encoding="utf-8") + more, encoding="utf-8")
    monkeypatch.setattr(texts, "_DATA", tmp_path)
    texts.commitment_text.cache_clear()
    yield
    texts.commitment_text.cache_clear()


def _pupils(as_web: Callable, who) -> int:  # type: ignore[no-untyped-def]
    with as_web(Account.objects.get(pk=who.account_id)):
        return Student.objects.count()


def _drafts(place: Place) -> dict[int, Commitment]:
    return {one.account_id: one for one in Commitment.objects.filter(state="draft")}


def test_nothing_is_asked_while_the_text_is_the_same(place: Place) -> None:
    done = upkeep(b.SYSTEM)

    assert (done["asked_again"], done["lapsed"], Commitment.objects.count()) == (0, 0, 2)


def test_rights_go_on_for_the_days_of_grace_and_stop_without_the_new_signature(
    place: Place, new_text: None, as_web: Callable
) -> None:
    assert [upkeep(b.SYSTEM)["asked_again"] for _ in range(2)] == [2, 0]
    drafts = _drafts(place)
    assert set(drafts) == {place.lan.account_id, place.mai.account_id}
    assert sign_again_by(Commitment.objects.all()) == {one.pk: LAST for one in drafts.values()}
    told = Event.objects.get(kind="commitment:ask_again").data
    assert (told["people"], told["until"]) == (2, "18/09/2024")
    with on(LAST):
        assert upkeep(b.SYSTEM)["lapsed"] == 0
        assert [_pupils(as_web, who) for who in (place.lan, place.mai)] == [1, 2]

    # One signs in time, in the app; the other does not.
    with on(TODAY + DAY):
        confirm(place.actor(place.lan), drafts[place.lan.account_id])
    with on(OVER):
        assert [upkeep(b.SYSTEM)["lapsed"] for _ in range(2)] == [1, 0]
        assert [_pupils(as_web, who) for who in (place.lan, place.mai)] == [1, 0]
    grant = Grant.objects.get(account=place.mai.account_id)
    assert grant.state == "suspended"
    assert grant.suspended_because == "Chưa ký bản cam kết mới số 04/2024/CK-CSDL (hạn ký hết ngày 18/09/2024)"
    states = Commitment.objects.order_by("pk").values_list("paper_no", "state")
    assert list(states) == [
        ("01/2024/CK-CSDL", "voided"), ("02/2024/CK-CSDL", "voided"),
        ("03/2024/CK-CSDL", "signed"), ("04/2024/CK-CSDL", "draft"),
    ]  # fmt: skip


def test_the_signature_gives_the_rights_back_by_the_holder_alone(
    place: Place, new_text: None, as_web: Callable
) -> None:
    upkeep(b.SYSTEM)
    with on(OVER):
        upkeep(b.SYSTEM)
        draft = _drafts(place)[place.mai.account_id]
        with as_web(Account.objects.get(pk=place.mai.account_id)):
            resumed = confirm(place.actor(place.mai), draft)

        assert [one.account_id for one in resumed] == [place.mai.account_id]
        assert [_pupils(as_web, who) for who in (place.lan, place.mai)] == [0, 2]
    assert Grant.objects.get(account=place.mai.account_id).suspended_because == ""
    assert Event.objects.filter(kind="grant:resume").count() == 1


def test_rights_that_stopped_for_one_text_come_back_with_the_next(
    place: Place, new_text: None, tmp_path, as_web: Callable
) -> None:
    upkeep(b.SYSTEM)
    with on(OVER):
        upkeep(b.SYSTEM)
        kept = (tmp_path / "commitment.csv").read_text(encoding="utf-8")
        (tmp_path / "commitment.csv").write_text(f"{kept}2024-10,1,Không cho mượn máy.\n", encoding="utf-8")
        texts.commitment_text.cache_clear()
        place.prepare(Wanted(place.mai.account_id, "staff_records", OVER, END))
        draft = _drafts(place)[place.mai.account_id]
        assert draft.text_version == "2024-10"

        resumed = confirm(place.actor(place.mai), draft)

        assert [one.role_code for one in resumed] == ["student_records"]
        assert _pupils(as_web, place.mai) == 2


def test_what_stands_on_withdrawn_minutes_does_not_come_back(place: Place, new_text: None, as_web: Callable) -> None:
    upkeep(b.SYSTEM)
    with on(OVER):
        upkeep(b.SYSTEM)
        minutes = Minutes.objects.get(receiver=place.mai.account_id)
        withdraw_minutes(actor=place.actor(place.head), minutes=minutes, reason="Thôi giao việc")

        assert confirm(place.actor(place.mai), _drafts(place)[place.mai.account_id]) == []

        assert _pupils(as_web, place.mai) == 0


def test_holder_and_unit_are_told_until_when_to_sign(place: Place, new_text: None, web_client: Callable) -> None:
    upkeep(b.SYSTEM)

    def page(who, name: str) -> str:  # type: ignore[no-untyped-def]
        return web_client(Account.objects.get(pk=who.account_id)).get(reverse(name)).content.decode()

    assert "Bản cam kết mới: ký trước hết ngày 18/09/2024, quá hạn thì quyền tạm dừng." in page(place.lan, "desk:home")
    assert "<strong>18/09/2024</strong>" in page(place.lan, "desk:my-rights")
    assert "bản cam kết mới chờ ký ở đơn vị" in page(place.head, "desk:home")
