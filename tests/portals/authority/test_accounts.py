"""Pages on which a unit's accounts are managed: the list, opening many, letters, one person's account, the rules."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from csdl.accounts import guarding
from csdl.accounts.models import Account, SignInRules
from csdl.lib import clock
from csdl.orgs.models import OrgUnit
from csdl.staff.actions import NewAccount, lock_account, lock_leavers, open_accounts
from csdl.staff.models import StaffMember, StaffPosting
from tests import builders as b
from tests.papers import pages_of
from tests.portals.places import Places

pytestmark = pytest.mark.django_db


def page(name: str, places: Places, *more: object) -> str:
    return reverse(f"authority:{name}", args=[places.school.unit.public_id, *more])


def opened(places: Places, *people: StaffMember) -> list[Account]:
    return open_accounts(actor=b.SYSTEM, unit=places.school.unit, wanted=[NewAccount(one) for one in people])


def test_the_list_says_who_has_one_and_in_which_state(places: Places, web_client: Callable) -> None:
    names = ("An Chưa Có", "Bình Đang Chờ", "Chi Đang Dùng", "Dung Bị Khóa", "Giang Nhập Sai")
    none, *others = (b.teacher(places.school, name) for name in names)
    _, used, locked, failing = opened(places, *others)
    used.set_password("cá rô đồng kho tộ")
    used.save()
    failing.set_password("cá rô đồng kho tộ")
    failing.save()
    others[2].refresh_from_db()
    lock_account(actor=b.SYSTEM, unit=places.school.unit, staff=others[2], reason="Nghỉ việc riêng")
    for _ in range(5):
        guarding.failed(guarding.begin(failing.username, "192.0.2.1"))
    b.teacher(places.other_school, "Láng Giềng")

    answer = web_client(places.accounts["head"]).get(page("unit-accounts", places))
    text = answer.content.decode()

    assert {one.staff.full_name for one in answer.context["listing"].items} == {*names, "Bùi Thu Trang"}
    assert [(words, count) for words, count, _ in answer.context["sums"]] == [
        ("Chưa có tài khoản", 2),
        ("Chờ kích hoạt", 1),
        ("Đang dùng", 2),
        ("Đã khóa", 1),
    ]
    assert "Tạm khóa do nhập sai" in text
    assert "Nghỉ việc riêng" in text
    assert "Láng Giềng" not in text
    assert (none.account, locked.username) == (None, "dungbikhoa1")


def test_the_list_takes_as_many_statements_for_one_as_for_many(places: Places, web_client: Callable) -> None:
    def statements() -> int:
        client = web_client(places.accounts["head"])
        client.get(page("unit-accounts", places))
        with CaptureQueriesContext(connection) as caught:
            client.get(page("unit-accounts", places))
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")
        return len(caught)

    opened(places, places.own_teacher)
    few = statements()
    opened(places, *(b.teacher(places.school, f"Thầy Số {word}") for word in "abcdefgh"))

    assert statements() == few


def test_the_department_sees_that_no_leavers_account_is_open(places: Places, web_client: Callable) -> None:
    address = reverse("authority:account-leavers")
    here, neighbour = b.teacher(places.school, "Đỗ Văn Quý"), b.teacher(places.other_school, "Hà Láng Giềng")
    moved, staying = b.teacher(places.school, "Mai Chuyển Trường"), b.teacher(places.school, "Tạ Còn Đây")
    opened(places, here, moved, staying)
    open_accounts(actor=b.SYSTEM, unit=places.other_school.unit, wanted=[NewAccount(neighbour)])
    begin = clock.today()
    StaffPosting.objects.filter(staff__in=[here, moved]).update(valid_to=begin)
    StaffPosting.objects.create(
        staff=moved, unit=places.other_school.unit, valid_from=begin, staff_group_code="03", status_code="01"
    )

    def shown() -> tuple[list[str], int, str]:
        client = web_client(places.accounts["department"])
        client.get(address)
        with CaptureQueriesContext(connection) as caught:
            answer = client.get(address)
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")
        names = [one.full_name for one in answer.context["listing"].items]
        return names, len(caught), answer.content.decode()

    one, statements, page_of_one = shown()
    StaffPosting.objects.filter(staff=neighbour).update(status_code="03")
    two, statements_of_two, _ = shown()
    lock_leavers(actor=b.SYSTEM)
    none, _, empty = shown()

    assert (one, two, none) == (["Đỗ Văn Quý"], ["Hà Láng Giềng", "Đỗ Văn Quý"], [])
    assert statements_of_two == statements
    for text in (
        page("account-detail", places, here.public_id),
        "dovanquy1",
        f"{begin - dt.timedelta(days=1):%d/%m/%Y}",
    ):
        assert text in page_of_one, text
    assert "Không có tài khoản nào của người đã nghỉ còn mở" in empty


def test_a_head_and_an_office_see_the_open_accounts_of_their_own_leavers(places: Places, web_client: Callable) -> None:
    here, neighbour = b.teacher(places.school, "Đỗ Văn Quý"), b.teacher(places.other_school, "Hà Láng Giềng")
    moved = b.teacher(places.school, "Mai Chuyển Trường")
    opened(places, here, moved)
    open_accounts(actor=b.SYSTEM, unit=places.other_school.unit, wanted=[NewAccount(neighbour)])
    begin = clock.today()
    StaffPosting.objects.filter(staff__in=[here, moved, neighbour]).update(valid_to=begin)
    StaffPosting.objects.create(
        staff=moved, unit=places.other_school.unit, valid_from=begin, staff_group_code="03", status_code="01"
    )
    admin = b.account("quan.tri", "unit_admin", places.school.unit)

    def shown(account: Account, unit: OrgUnit) -> tuple[list[str], int, str]:
        address = reverse("authority:unit-leavers", args=[unit.public_id])
        client = web_client(account)
        client.get(address)
        with CaptureQueriesContext(connection) as caught:
            answer = client.get(address)
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")
        if answer.status_code != 200:
            return [], answer.status_code, ""
        names = [one.full_name for one in answer.context["listing"].items]
        return names, len(caught), answer.content.decode()

    own, other = places.school.unit, places.other_school.unit
    names, _, text = shown(places.accounts["head"], own)

    assert names == shown(admin, own)[0] == ["Đỗ Văn Quý"]
    for word in (page("account-detail", places, here.public_id), "dovanquy1", places.school.unit.name):
        assert word in text, word
    assert "Mai Chuyển Trường" not in text
    assert shown(places.accounts["head"], other) == shown(admin, other) == ([], 404, "")
    assert shown(places.accounts["clerk"], own)[1] == 403
    of_office, of_one = shown(places.accounts["office"], places.office), shown(places.accounts["office"], other)
    assert (of_office[0], of_one[0]) == (["Hà Láng Giềng", "Đỗ Văn Quý"], ["Hà Láng Giềng"])
    assert of_office[1] == of_one[1]
    assert shown(places.accounts["department"], own)[0] == ["Đỗ Văn Quý"]


def test_each_list_of_accounts_leads_to_its_leavers(places: Places, web_client: Callable) -> None:
    for account, unit, address in (
        ("head", places.school.unit, page("unit-leavers", places)),
        ("department", places.school.unit, page("unit-leavers", places)),
        ("department", places.department, reverse("authority:account-leavers")),
    ):
        client = web_client(places.accounts[account])
        text = client.get(reverse("authority:unit-accounts", args=[unit.public_id])).content.decode()
        assert f'href="{address}"' in text, (account, unit)


def test_many_are_opened_from_the_list_and_their_letters_printed(places: Places, web_client: Callable) -> None:
    people = [places.own_teacher, b.teacher(places.school, "Đỗ Văn Quý")]
    ticks = [str(one.public_id) for one in people]
    client = web_client(places.accounts["head"])

    asked = client.post(page("account-bulk", places), {"viec": "mo", "chon": ticks})
    names = {f"username-{key}": f"ten{number}x" for number, key in enumerate(ticks)}
    wrong = client.post(page("account-open", places), {"chon": ticks, **names, f"username-{ticks[0]}": "vanthu"})
    done = client.post(page("account-open", places), {"chon": ticks, **names})
    paper = client.post(page("account-bulk", places), {"viec": "in", "chon": ticks})

    assert {line["values"]["username"] for line in asked.context["form"].lines} == {"buithutrang1", "dovanquy1"}
    assert "“vanthu” đã có người dùng" in wrong.content.decode()
    assert sorted(one.username for one in done.context["made"]) == ["ten0x", "ten1x"]
    assert paper.headers["Content-Type"] == "application/pdf"
    assert paper.headers["Cache-Control"] == "no-store"
    assert len(pages_of(paper.content)) == 2


def test_all_found_leaves_out_who_is_managed_elsewhere(places: Places, web_client: Callable) -> None:
    StaffMember.objects.filter(pk=places.own_teacher.pk).update(account=places.accounts["head"])
    other = b.teacher(places.school, "Đỗ Văn Quý")
    opened(places, other)
    client = web_client(places.accounts["head"])

    paper = client.post(page("account-bulk", places), {"viec": "in", "tat-ca": "1"})
    own = client.post(page("account-letter", places, places.own_teacher.public_id))

    assert len(pages_of(paper.content)) == 1
    assert own.status_code == 403


def test_nobody_ticked_is_said(places: Places, web_client: Callable) -> None:
    client = web_client(places.accounts["head"])

    answer = client.post(page("account-bulk", places), {"viec": "in", "chon": ["x"]}, follow=True)

    assert "Chưa chọn ai" in answer.content.decode()


def test_one_account_is_locked_unlocked_and_corrected(places: Places, web_client: Callable) -> None:
    account = opened(places, places.own_teacher)[0]
    key = places.own_teacher.public_id
    client = web_client(places.accounts["head"])

    def state() -> bool:
        return Account.objects.get(pk=account.pk).is_active

    without = client.post(page("account-lock", places, key), {"reason": ""})
    after_none = state()
    client.post(page("account-lock", places, key), {"reason": "Nghỉ thai sản"})
    after_lock = state()
    shown = client.get(page("account-detail", places, key)).content.decode()
    client.post(page("account-unlock", places, key), {"reason": "Đi làm lại"})
    wrong = client.post(page("account-names", places, key), {"email": "x", "phone": "12"}).content.decode()
    client.post(page("account-names", places, key), {"email": "a@b.vn", "phone": "0912345678"})
    account.refresh_from_db()

    assert "Hãy ghi lý do." in without.content.decode()
    assert (after_none, after_lock, account.is_active) == (True, False, True)
    assert "Nghỉ thai sản" in shown
    assert "Thư điện tử không đúng dạng" in wrong
    assert "Số điện thoại không hợp lệ" in wrong
    assert (account.email, account.phone) == ("a@b.vn", "0912345678")


def test_the_department_changes_the_grace_period(places: Places, web_client: Callable) -> None:
    client = web_client(places.accounts["department"])
    values = {"second_factor_from": "31/10/2024", "password_length": 12, "admin_password_length": 14}
    values |= {"idle_minutes": 30, "admin_idle_minutes": 15, "session_hours": 12, "devices_a_day": 3}
    values |= {"failures_allowed": 5, "lock_minutes": 15, "address_failures_allowed": 50, "letter_days": 14}
    values |= {"remember_days": 30}

    wrong = client.post(reverse("authority:sign-in-rules"), values | {"idle_minutes": "600", "letter_days": "x"})
    none_yet = SignInRules.objects.exists()
    done = client.post(reverse("authority:sign-in-rules"), values)

    assert set(wrong.context["form"].errors) == {"idle_minutes", "letter_days"}
    assert not none_yet
    assert done.status_code == 302
    assert SignInRules.objects.get().second_factor_from == dt.date(2024, 10, 31)
