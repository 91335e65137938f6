"""An inspector from outside is let in by a decision: a named person, one unit, some days, reading alone."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from allauth.mfa.models import Authenticator
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils.timezone import localtime

from csdl.access.actors import actor_for
from csdl.access.models import Grant
from csdl.accounts.errors import InvalidRecord, NotAllowed
from csdl.accounts.models import Account, ActivationLetter
from csdl.accounts.permissions import Permission
from csdl.accounts.regulation import default_text
from csdl.audit.models import Event
from csdl.delegation.actions import (
    Decision,
    Visitor,
    admit_inspector,
    end_inspection,
    hand_over_administration,
    print_inspector_letter,
    remove_inspector_factor,
    upkeep,
)
from csdl.delegation.models import Inspection
from csdl.delegation.queries import grant_lines
from csdl.documents.actions import withdraw_document
from csdl.documents.models import Document
from csdl.dossier.registry import Period, sections
from csdl.staff.actions import NewRegulation, accept_regulation, lock_leavers, publish_regulation
from csdl.staff.models import StaffPosting
from csdl.staff.queries import leavers_with_account
from csdl.students.models import Student
from tests import builders as b
from tests.accounts.test_second_factor import give_totp
from tests.delegation.place import TODAY, Place, on, upload
from tests.documents import files

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
LAST = TODAY + 11 * DAY
TRA = Visitor("Đinh Công Tra", "Thanh tra tỉnh", "Trưởng đoàn")


@pytest.fixture
def place(db: None, settings, tmp_path) -> Iterator[Place]:
    settings.FILES_DIR = tmp_path / "files"
    with on(TODAY):
        yield Place()


def _decision(number: str = "128/QĐ-TTr") -> Decision:
    return Decision(None, number, TODAY - DAY, "Thanh tra tỉnh", upload(files.pdf(2, marker=number)))


def _admit(place: Place, visitor: Visitor = TRA, *, actor=None, decision: Decision | None = None, **days) -> Inspection:  # type: ignore[no-untyped-def]
    return admit_inspector(
        actor=actor or place.actor(place.head),
        unit=place.unit,
        visitor=visitor,
        decision=decision or _decision(),
        **{"valid_from": TODAY, "last_day": LAST} | days,
    )


def _pupils(as_web: Callable, account: Account) -> list[str]:
    with as_web(account):
        return sorted(Student.objects.values_list("full_name", flat=True))


def test_an_outsider_gets_an_account_that_reads_the_unit_until_the_last_day(place: Place, as_web: Callable) -> None:
    with as_web(Account.objects.get(pk=place.head.account_id)):
        row = _admit(place)

    account = row.account
    assert (account.full_name, account.username, row.opened_account) == ("Đinh Công Tra", "dinhcongtra1", True)
    assert not account.has_usable_password()
    found = {}
    for day in (TODAY, LAST, LAST + DAY):
        with on(day):
            actor = actor_for(account)
            may = [one for one in Permission if actor.can(one, on=place.unit)]
            assert all(one.is_reading for one in may)
            found[day] = (_pupils(as_web, account), bool(may))
    assert found == {
        TODAY: (["Em lớp A", "Em lớp B"], True),
        LAST: (["Em lớp A", "Em lớp B"], True),
        LAST + DAY: ([], False),
    }
    (line,) = grant_lines(Grant.objects.filter(account=account).select_related("unit"))
    assert (line.grant.ground, line.inspection.document.named) == (
        "inspection", "Quyết định thanh tra, kiểm tra số 128/QĐ-TTr, 04/09/2024",
    )  # fmt: skip
    told = Event.objects.get(kind="inspection:admit")
    assert (told.unit_id, told.data["name"], told.data["last_day"]) == (place.unit.pk, "Đinh Công Tra", "16/09/2024")
    contents = next(one for one in sections() if one.code == "quyen").collect(place.unit, Period(TODAY, LAST))
    assert "Quyết định thanh tra, kiểm tra số 128/QĐ-TTr, 04/09/2024" in [one["ground"] for one in contents.rows]


def test_the_letter_of_the_new_account_is_printed_and_no_other(place: Place) -> None:
    head = place.actor(place.head)
    opened = _admit(place)
    known = _admit(
        place, Visitor("Hoàng Văn Láng", "Trường Kế Bên", username="lang"), decision=Decision(kept=opened.document)
    )

    assert print_inspector_letter(actor=head, inspection=opened, address="https://x").startswith(b"%PDF")
    assert ActivationLetter.objects.get().account == opened.account
    with pytest.raises(InvalidRecord, match="Có nội dung"):
        print_inspector_letter(actor=head, inspection=known, address="https://x")
    # Rights elsewhere as well: a letter would be a key to them.
    Grant.objects.create(
        account=opened.account, role_code="inspector", unit=place.neighbour.unit, valid_from=TODAY, state="active",
        ground="setup",
    )  # fmt: skip
    with pytest.raises(NotAllowed, match="quyền ở đơn vị khác"):
        print_inspector_letter(actor=head, inspection=opened, address="https://x")


def test_somebody_of_another_unit_comes_with_the_own_account(place: Place, as_web: Callable) -> None:
    visitor = Visitor("hoàng văn láng", "Trường THCS Kế Bên", username="lang")

    row = _admit(place, visitor)

    assert (row.account.username, row.opened_account) == ("lang", False)
    assert _pupils(as_web, row.account) == ["Em lớp A", "Em lớp B"]
    # Leaving the own unit is no matter of the inspection.
    StaffPosting.objects.filter(staff=place.stranger).update(valid_to=TODAY)
    assert _pupils(as_web, row.account) == ["Em lớp A", "Em lớp B"]
    # Nor is the account locked before the last day of it.
    assert (list(leavers_with_account()), lock_leavers(actor=b.SYSTEM)) == ([], 0)
    with on(LAST + DAY):
        assert lock_leavers(actor=b.SYSTEM) == 1


def test_an_account_opened_for_a_visit_is_locked_with_its_end_and_opened_for_the_next(
    place: Place, as_web: Callable
) -> None:
    head = place.actor(place.head)
    elsewhere = _admit(place, replace(TRA, full_name="Vũ Văn Hai"), decision=_decision("130/QĐ"))
    chief_lets_in = replace(TRA, full_name="Vũ Văn Hai", username=elsewhere.account.username)
    admit_inspector(
        actor=b.SYSTEM, unit=place.neighbour.unit, visitor=chief_lets_in, decision=_decision("131/QĐ"),
        valid_from=TODAY, last_day=LAST,
    )  # fmt: skip
    ended, over = _admit(place), _admit(place, replace(TRA, full_name="Ngô Văn Kiểm"), decision=_decision("129/QĐ"))
    with as_web(Account.objects.get(pk=place.head.account_id)):
        for row in (ended, elsewhere):
            end_inspection(actor=head, inspection=row, reason="Đoàn kết thúc sớm")
    assert [Account.objects.get(pk=one.account_id).is_active for one in (ended, elsewhere)] == [False, True]
    with on(LAST):
        upkeep(b.SYSTEM)
        still = Account.objects.get(pk=over.account_id).is_active
    with on(LAST + DAY):
        upkeep(b.SYSTEM)
        locked = Account.objects.filter(
            pk__in=[ended.account_id, over.account_id, elsewhere.account_id], is_active=False
        ).count()
        next_visit = {"valid_from": LAST + DAY, "last_day": LAST + 2 * DAY, "decision": _decision("7/QĐ")}
        with as_web(Account.objects.get(pk=place.head.account_id)):
            again = _admit(place, replace(TRA, username=ended.account.username), **next_visit)

    assert (still, locked) == (True, 3)
    assert (again.account_id, again.account.is_active) == (ended.account_id, True)
    assert Event.objects.filter(kind="account:lock", unit_id=place.unit.pk).count() == 2


def test_a_decision_without_number_is_taken_and_flagged(place: Place, web_client: Callable) -> None:
    row = _admit(place, decision=_decision(""))

    assert not row.document.is_numbered
    client = web_client(Account.objects.get(pk=place.head.account_id))
    page = client.get(reverse("desk:inspection-list", args=[place.unit.public_id])).content.decode()
    assert "Chưa có số" in page
    assert "chưa có số, 04/09/2024" in client.get(reverse("desk:grant", args=[Grant.objects.get(
        account=row.account).public_id])).content.decode()  # fmt: skip


def test_every_fault_is_said_at_once(place: Place) -> None:
    with pytest.raises(InvalidRecord) as refused:
        _admit(place, Visitor("Tra", ""), decision=Decision(), valid_from=TODAY - DAY, last_day=TODAY + 100 * DAY)
    assert set(refused.value.fields) == {
        "full_name", "organisation", "valid_from", "last_day", "file", "signed_on", "issuer"
    }  # fmt: skip

    for visitor, said in (
        (replace(TRA, username="lang"), "Không có tài khoản “lang” của người mang họ tên trên."),
        (replace(TRA, username="khong.co"), "Không có tài khoản “khong.co” của người mang họ tên trên."),
        (Visitor("Nguyễn Thị Lan", "x", username="lan"), "Nguyễn Thị Lan đang công tác tại"),
        (Visitor("Phạm Hồng Hạnh", "x", username="hanh"), "Không ai tự cho mình quyền thanh tra"),
    ):
        with pytest.raises(InvalidRecord) as refused:
            _admit(place, visitor)
        assert refused.value.fields["username"][0].startswith(said)
    assert not Inspection.objects.exists()
    assert not Document.objects.exists()
    assert not Account.objects.filter(full_name="Đinh Công Tra").exists()


def test_one_person_is_not_let_in_twice_on_the_same_days(place: Place) -> None:
    visitor = Visitor("Hoàng Văn Láng", "Trường Kế Bên", username="lang")
    row = _admit(place, visitor)

    with pytest.raises(InvalidRecord) as refused:
        _admit(place, visitor, decision=Decision(kept=row.document), valid_from=LAST, last_day=LAST + DAY)
    assert "đã có quyền thanh tra, kiểm tra tại đơn vị từ 05/09/2024" in refused.value.problems[0]
    with pytest.raises(InvalidRecord) as refused:
        _admit(place, replace(visitor, username=""), decision=Decision(kept=row.document))
    assert "bằng tài khoản “lang”" in refused.value.fields["username"][0]
    after = {"valid_from": LAST + DAY, "last_day": LAST + 2 * DAY}
    assert _admit(place, visitor, decision=Decision(kept=row.document), **after).pk


def test_head_and_administrator_let_in_and_nobody_else(place: Place) -> None:
    place.sign(hand_over_administration(actor=place.actor(place.head), unit=place.unit, staff=place.clerk))
    for who in (place.lan, place.chief, place.stranger):
        with pytest.raises(NotAllowed):
            _admit(place, actor=place.actor(who))

    assert _admit(place, actor=place.actor(place.clerk)).admitted_by_id == place.clerk.account_id


def test_it_ends_early_with_a_reason_and_with_its_decision(place: Place, as_web: Callable) -> None:
    head = place.actor(place.head)
    first = _admit(place)
    second = _admit(
        place, Visitor("Hoàng Văn Láng", "Trường Kế Bên", username="lang"), decision=Decision(kept=first.document),
        valid_from=TODAY + DAY,
    )  # fmt: skip
    with pytest.raises(InvalidRecord):
        end_inspection(actor=head, inspection=first, reason="")

    end_inspection(actor=head, inspection=first, reason="Đoàn kết thúc sớm")
    assert _pupils(as_web, first.account) == []
    withdraw_document(actor=head, document=first.document, reason="Đoàn hoãn kiểm tra")

    with on(TODAY + DAY):
        assert _pupils(as_web, second.account) == []
    second.refresh_from_db()
    assert (second.ended_on, second.ended_because) == (TODAY, "Quyết định đã được thu hồi")
    assert set(Grant.objects.filter(ground="inspection").values_list("state", flat=True)) == {"ended"}


@pytest.mark.parametrize(
    "changed", [{"role_code": "school_head"}, {"valid_to": LAST + 30 * DAY}, {"paper_id": 0}, {"valid_to": None}]
)
def test_the_database_gives_an_inspector_no_more_than_the_decision_says(place: Place, changed: dict) -> None:
    row = _admit(place)

    with pytest.raises(DatabaseError, match="inspection decision"), transaction.atomic():
        Grant.objects.filter(paper_id=row.pk, ground="inspection").update(**changed)


def test_the_neighbour_sees_nothing_of_an_inspection(place: Place, as_web: Callable, web_client: Callable) -> None:
    row = _admit(place)
    neighbour = Account.objects.create_user(username="nb", password="mat-khau-thu", full_name="Đầu Láng")
    Grant.objects.create(
        account=neighbour, role_code="school_head", unit=place.neighbour.unit, valid_from=TODAY, state="active",
        ground="setup",
    )  # fmt: skip

    with as_web(neighbour):
        assert not Inspection.objects.exists()
    with as_web(Account.objects.get(pk=place.head.account_id)):
        assert Inspection.objects.get() == row
    client = web_client(neighbour)
    for name in ("inspection-end", "inspection-factor", "inspection-letter"):
        assert client.post(reverse(f"desk:{name}", args=[row.public_id]), {"reason": "Thử xem sao"}).status_code == 404
    unit = place.unit.public_id
    assert client.get(reverse("desk:inspection-list", args=[unit])).status_code == 404


def test_the_page_lets_in_shows_and_ends(place: Place, web_client: Callable) -> None:
    client = web_client(Account.objects.get(pk=place.head.account_id))
    unit = place.unit.public_id
    sent = {
        "document_no": "128/QĐ-TTr", "signed_on": "04/09/2024", "issuer": "Thanh tra tỉnh",
        "file": upload(files.pdf(1)),
        "full_name": "Đinh Công Tra", "organisation": "Thanh tra tỉnh", "position": "Trưởng đoàn",
        "valid_from": "05/09/2024", "last_day": "16/09/2024",
    }  # fmt: skip

    empty = client.get(reverse("desk:inspection-new", args=[unit])).content.decode()
    for label in ("Ngày ký quyết định", "Cơ quan ra quyết định", "Bản quét quyết định"):
        assert f'{label} <span class="optional">(bắt buộc với quyết định mới)</span>' in empty
    wrong = client.post(reverse("desk:inspection-new", args=[unit]), sent | {"last_day": "", "organisation": ""})
    assert wrong.status_code == 200
    sent["file"] = upload(files.pdf(1))
    page = client.post(reverse("desk:inspection-new", args=[unit]), sent, follow=True).content.decode()

    assert "Đinh Công Tra được xem dữ liệu của" in page
    assert "Tài khoản mới: dinhcongtra1." in page
    assert "Đang được xem" in page
    row = Inspection.objects.get()
    letter = client.post(reverse("desk:inspection-letter", args=[row.public_id]))
    assert letter.content.startswith(b"%PDF")
    ended = client.post(
        reverse("desk:inspection-end", args=[row.public_id]), {"reason": "Kết thúc kiểm tra"}, follow=True
    )
    assert "Kết thúc sớm 05/09/2024: Kết thúc kiểm tra" in ended.content.decode()


def test_a_lost_second_factor_is_taken_away_from_an_account_of_the_visit_alone(
    place: Place, web_client: Callable
) -> None:
    head = place.actor(place.head)
    opened = _admit(place)
    known = _admit(
        place, Visitor("Hoàng Văn Láng", "Trường Kế Bên", username="lang"), decision=Decision(kept=opened.document)
    )
    client = web_client(Account.objects.get(pk=place.head.account_id))
    listed = reverse("desk:inspection-list", args=[place.unit.public_id])
    act = reverse("desk:inspection-factor", args=[opened.public_id])

    before = client.get(listed).content.decode()
    none_there = client.post(act, {"reason": "Mất điện thoại"}, follow=True).content.decode()
    for one in (opened, known):
        give_totp(one.account)
    shown = client.get(listed).content.decode()
    without_reason = client.post(act, {"reason": " "}, follow=True).content.decode()
    left = Authenticator.objects.filter(user=opened.account).count()
    done = client.post(act, {"reason": "Mất điện thoại"}, follow=True).content.decode()

    # The other came with an account of the neighbour's: its button stands there.
    assert (before.count(act), shown.count(act), shown.count("/hai-buoc/")) == (0, 1, 1)
    assert "chưa thiết lập xác thực hai bước" in none_there
    assert ("Hãy ghi lý do." in without_reason, left > 0) == (True, True)
    assert "Đã gỡ xác thực hai bước của Đinh Công Tra" in done
    assert not Authenticator.objects.filter(user=opened.account).exists()
    told = Event.objects.get(kind="second_factor:take_away")
    assert (told.unit_id, told.data["accounts"], told.data["reason"]) == (
        place.unit.pk, ["dinhcongtra1"], "Mất điện thoại",
    )  # fmt: skip
    with pytest.raises(InvalidRecord, match="Có nội dung"):
        remove_inspector_factor(actor=head, inspection=known, reason="Mất điện thoại")
    with pytest.raises(NotAllowed):
        remove_inspector_factor(actor=actor_for(known.account), inspection=opened, reason="Mất điện thoại")
    assert Authenticator.objects.filter(user=known.account).exists()


def test_who_comes_again_is_helped_by_the_unit_that_opened_the_account(place: Place) -> None:
    head = place.actor(place.head)
    opened = _admit(place)
    give_totp(opened.account)
    end_inspection(actor=head, inspection=opened, reason="Xong việc kiểm tra")
    again = _admit(
        place,
        Visitor("Đinh Công Tra", "Thanh tra tỉnh", username=opened.account.username),
        decision=_decision("200/QĐ-TTr"),
    )
    assert (again.account, again.opened_account) == (opened.account, False)

    assert print_inspector_letter(actor=head, inspection=again, address="https://x").startswith(b"%PDF")
    remove_inspector_factor(actor=head, inspection=again, reason="Mất điện thoại")

    assert not Authenticator.objects.filter(user=again.account).exists()


def test_what_visitors_accepted_of_the_regulation_is_shown_to_the_unit_visited(
    place: Place, as_web: Callable, web_client: Callable
) -> None:
    opened = _admit(place)
    known = _admit(
        place, Visitor("Hoàng Văn Láng", "Trường Kế Bên", username="lang"), decision=Decision(kept=opened.document)
    )
    title, text = default_text()
    publish_regulation(actor=b.SYSTEM, wanted=NewRegulation(title, text))
    accept_regulation(actor=place.actor(place.head), version=1, address=None)
    client = web_client(Account.objects.get(pk=place.head.account_id))
    listed = reverse("desk:inspection-list", args=[place.unit.public_id])

    before = client.get(listed).content.decode()
    with as_web(opened.account):
        accept_regulation(actor=actor_for(opened.account), version=1, address="192.0.2.7")
    after = client.get(listed).content.decode()
    with as_web(known.account):
        accept_regulation(actor=actor_for(known.account), version=1, address="192.0.2.8")
    both = client.get(listed).content.decode()

    assert "Đang được xem" in before
    at = localtime(Event.objects.filter(kind="regulation:accept").latest("pk").at)
    line = f"Đã chấp nhận quy chế ngày {at:%d/%m/%Y}, bản 1"
    assert [page.count(line) for page in (before, after, both)] == [0, 1, 2]
