"""Pages of rights and papers: every page opens for who may, from wizard to signature; nothing for who may not."""

import datetime as dt
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from allauth.account.internal.flows.login import _AUTHENTICATION_METHODS_USER_SESSION_KEY
from django.db import connection
from django.urls import reverse

from csdl.access.models import Grant
from csdl.access.roles import ROLES
from csdl.accounts.errors import InvalidRecord
from csdl.accounts.models import Account
from csdl.delegation.actions import (
    Wanted,
    hand_over_administration,
    renew_grants,
    withdraw_commitment,
    withdraw_minutes,
)
from csdl.delegation.models import Batch, Commitment, DelegationRules, Minutes
from csdl.staff.models import StaffPosting
from tests import builders as b
from tests.delegation.place import TODAY, Place, confirm, on, papers_of, person, upload
from tests.documents import files

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(db: None, settings, tmp_path: Path) -> Iterator[Place]:  # type: ignore[no-untyped-def]
    settings.FILES_DIR = tmp_path / "files"
    with on(TODAY):
        yield Place()


@pytest.fixture
def sign_in(web_client: Callable) -> Callable:
    def signed_in(who):  # type: ignore[no-untyped-def]
        return web_client(Account.objects.get(pk=who.account_id))

    return signed_in


def as_owner() -> None:
    """The test itself looks on from outside every account."""
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")


def _unit(name: str, place: Place) -> str:
    return reverse(f"desk:{name}", args=[place.unit.public_id])


def test_a_head_gives_the_right_to_sign_reports_and_the_results_of_one_class(place: Place, sign_in: Callable) -> None:
    client = sign_in(place.head)
    person, day = str(place.lan.public_id), {"tu-ngay": "05/09/2024", "den-ngay": ""}
    signs = {"nguoi": person, "quyen": "report_approval", "lap": "1"} | day
    decides = {"nguoi": person, "quyen": "class_results", "lop": str(place.class_a.public_id), "lap": "1"} | day

    offered = client.get(_unit("grant-new", place)).content.decode()
    for form in (signs, decides):
        assert (
            "Đã lập biên bản và cam kết." in client.post(_unit("grant-new", place), form, follow=True).content.decode()
        )

    for label in ("Duyệt, ký báo cáo thống kê", "Kết quả cuối năm của lớp"):
        assert label in offered
    as_owner()
    given = Grant.objects.filter(account=place.lan.account_id).order_by("pk")
    assert list(given.values_list("role_code", "valid_to")) == [
        ("report_approval", dt.date(2025, 11, 1)), ("class_results", dt.date(2025, 9, 1)),
    ]  # fmt: skip
    with pytest.raises(InvalidRecord) as refused:
        renew_grants(actor=place.actor(place.head), unit=place.unit, grants=[given[1]])
    assert "không gia hạn sang năm học khác" in refused.value.problems[0]


def test_a_head_gives_a_class_by_the_wizard_and_signs_with_a_scan(place: Place, sign_in: Callable) -> None:
    client = sign_in(place.head)
    form = {
        "nguoi": str(place.lan.public_id), "quyen": "homeroom_teacher", "lop": str(place.class_a.public_id),
        "tu-ngay": "05/09/2024", "den-ngay": "",
    }  # fmt: skip
    seen = client.post(_unit("grant-new", place), form | {"xem": "1"}).content.decode()
    made = client.post(_unit("grant-new", place), form | {"lap": "1"}, follow=True).content.decode()

    assert "Lớp</dt><dd>1</dd><dt>Học sinh đang học</dt><dd>1</dd>" in seen
    assert "đến hết 31/08/2025" in seen
    assert "Đã lập biên bản và cam kết." in made
    batch = Batch.objects.get()
    papers = papers_of(batch)
    pdf = client.get(reverse("desk:batch-pdf", args=[batch.public_id]))
    assert b"".join(pdf.streaming_content).startswith(b"%PDF")

    names = {f"b{papers[0].pk}": "1-2", f"c{papers[1].pk}": "3"}
    sent = {"ngay-ky": "05/09/2024", "tep": upload(files.pdf(3))}
    for name, pages in names.items():
        sent |= {f"co-{name}": "1", f"trang-{name}": pages}
    done = client.post(reverse("desk:batch-sign", args=[batch.public_id]), sent, follow=True).content.decode()

    assert "Đã lưu bản ký của 2 văn bản. 1 quyền đã có hiệu lực." in done
    assert Grant.objects.get(role_code="homeroom_teacher").state == "active"
    minutes = Minutes.objects.get()
    page = client.get(reverse("desk:minutes", args=[minutes.public_id])).content.decode()
    assert minutes.file_sha256 in page
    scan = client.get(reverse("desk:minutes-file", args=[minutes.public_id]))
    assert b"".join(scan.streaming_content).startswith(b"%PDF")


def test_a_class_does_not_quietly_shorten_a_right_over_the_whole_school(place: Place, sign_in: Callable) -> None:
    client = sign_in(place.head)
    form = {
        "nguoi": str(place.lan.public_id), "quyen": "student_records", "lop": str(place.class_a.public_id),
        "tu-ngay": "05/09/2024", "den-ngay": "",
    }  # fmt: skip

    seen, made = (
        client.post(_unit("grant-new", place), form | {step: "1"}).content.decode() for step in ("xem", "lap")
    )

    said = f"Quyền “{ROLES['student_records'].label}” không theo lớp: hãy bỏ chọn lớp, hoặc chọn quyền theo lớp."
    assert f'<p class="field-error">{said}</p>' in seen
    assert "sẽ thấy</h2>" not in seen
    assert said in made
    assert not Batch.objects.exists()
    assert "đến hết 31/08/2025, quyền khác đến hết 31/10/2025." in seen


def test_a_class_of_a_year_that_is_over_is_said_so_where_no_end_was_typed(place: Place, sign_in: Callable) -> None:
    last_year = b.school_class(place.school, "6A", "06", year=2023)
    client = sign_in(place.head)
    form = {"nguoi": str(place.lan.public_id), "quyen": "homeroom_teacher", "lop": str(last_year.public_id), "xem": "1"}

    seen = client.post(_unit("grant-new", place), form | {"tu-ngay": "05/09/2024", "den-ngay": ""}).content.decode()

    assert "Quyền trên lớp của năm học 2023-2024 chỉ đến hết 31/08/2024, trước ngày bắt đầu 05/09/2024" in seen
    assert "ngày kết thúc phải sau ngày bắt đầu" not in seen


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("31/02/2025", "“31/02/2025” không phải ngày có thật."),
        ("9/10", "“9/10” thiếu năm."),
        ("9/10/24", "“9/10/24” ghi năm chưa đủ 4 chữ số."),
    ],
)
def test_a_day_that_is_none_is_told_as_in_every_form(place: Place, sign_in: Callable, typed: str, said: str) -> None:
    client = sign_in(place.head)
    form = {"nguoi": str(place.lan.public_id), "quyen": "student_records", "xem": "1"}

    for days, label in (((typed, ""), "Từ ngày"), (("05/09/2024", typed), "Đến hết ngày")):
        sent = form | dict(zip(("tu-ngay", "den-ngay"), days, strict=True))
        seen = client.post(_unit("grant-new", place), sent).content.decode()
        assert f"{label}: {said}" in seen
        assert "Hãy nhập ngày bắt đầu" not in seen
        assert f"{label}: {said}" in client.post(_unit("grant-cover", place), sent).content.decode()
    batch = place.prepare(place.homeroom(place.lan, place.class_a))
    sent = {"ngay-ky": typed, "tep": upload(files.pdf(1))}
    assert f"Ngày ký: {said}" in client.post(reverse("desk:batch-sign", args=[batch.public_id]), sent).content.decode()


def test_a_preview_says_from_when_and_how_long_the_right_opens_something(place: Place, sign_in: Callable) -> None:
    StaffPosting.objects.filter(staff=place.lan).update(valid_to=dt.date(2025, 1, 1))
    client = sign_in(place.head)
    form = {"nguoi": str(place.lan.public_id), "quyen": "student_records", "den-ngay": "", "xem": "1"}

    later = client.post(_unit("grant-new", place), form | {"tu-ngay": "01/10/2024"}).content.decode()
    never = client.post(_unit("grant-new", place), form | {"tu-ngay": "01/02/2025"}).content.decode()
    other = form | {"nguoi": str(place.mai.public_id), "tu-ngay": "05/09/2024"}
    whole = client.post(_unit("grant-new", place), other).content.decode()

    assert "từ 01/10/2024 đến hết 31/12/2024. Trước ngày 01/10/2024 chưa xem được gì theo quyền này." in later
    assert ("Ngắn hơn thời hạn ghi ở trên" in later, "đếm theo dữ liệu hôm nay" in later) == (True, True)
    assert "Trong thời hạn ghi ở trên không xem được gì" in never
    assert "từ 05/09/2024 đến hết 31/10/2025." in whole
    assert ("Trước ngày" in whole, "thời hạn ghi ở trên" in whole) == (False, False)


def test_a_preview_says_what_would_be_refused(place: Place, sign_in: Callable) -> None:
    place.signed(place.homeroom(place.lan, place.class_a))
    client = sign_in(place.head)
    form = {
        "nguoi": str(place.lan.public_id), "quyen": "homeroom_teacher", "lop": str(place.class_a.public_id),
        "tu-ngay": "01/09/2024", "den-ngay": "",
    }  # fmt: skip

    seen, made = (
        client.post(_unit("grant-new", place), form | {step: "1"}).content.decode() for step in ("xem", "lap")
    )

    for said in ("quyền không bắt đầu trước ngày lập biên bản (05/09/2024).", "Nguyễn Thị Lan: đã có quyền"):
        assert (said in seen, said in made) == (True, True)
    assert 'name="lap"' not in seen
    assert Batch.objects.count() == 1


def test_faults_of_a_scan_are_said_on_the_page(place: Place, sign_in: Callable) -> None:
    batch = place.prepare(place.homeroom(place.lan, place.class_a))
    url = reverse("desk:batch-sign", args=[batch.public_id])
    names = [f"b{Minutes.objects.get().pk}", f"c{Commitment.objects.get().pk}"]
    pages = {f"co-{name}": "1" for name in names} | {f"trang-{name}": "1" for name in names}

    client = sign_in(place.head)
    nothing = client.post(url, {}).content.decode()
    hostile = client.post(
        url, pages | {"ngay-ky": "05/09/2024", "tep": upload(files.pdf_with_script())}
    ).content.decode()

    assert "Hãy chọn ít nhất một văn bản đã ký." in nothing
    assert "mã lệnh JavaScript" in hostile
    assert Minutes.objects.get().state == "draft"


def test_confirming_asks_for_a_second_factor(place: Place, sign_in: Callable) -> None:
    place.prepare(place.homeroom(place.lan, place.class_a))
    client = sign_in(place.lan)
    page = client.get(reverse("desk:my-rights")).content.decode()
    asked = client.post(reverse("desk:commitment-confirm", args=[Commitment.objects.get().public_id]))

    assert "Chờ tôi xác nhận hoặc ký" in page
    assert asked.status_code == 302
    assert Commitment.objects.get().state == "draft"


def test_a_teacher_sees_own_papers_only(place: Place, sign_in: Callable) -> None:
    place.signed(place.homeroom(place.lan, place.class_a), place.homeroom(place.mai, place.class_b))
    own, other = (Minutes.objects.get(receiver=one.account_id) for one in (place.lan, place.mai))
    client = sign_in(place.lan)

    assert client.get(reverse("desk:minutes", args=[own.public_id])).status_code == 200
    assert client.get(reverse("desk:minutes-file", args=[own.public_id])).status_code == 200
    assert client.get(reverse("desk:minutes", args=[other.public_id])).status_code == 404
    assert client.get(_unit("grant-list", place)).status_code == 403
    assert "lớp 7A" in client.get(reverse("desk:my-rights")).content.decode()


def test_the_neighbour_finds_nothing(place: Place, sign_in: Callable) -> None:
    from tests.delegation.place import heads

    place.signed(place.homeroom(place.lan, place.class_a))
    heads(place.neighbour.unit, place.stranger)
    urls = (
        _unit("grant-list", place),
        _unit("personnel", place),
        reverse("desk:minutes", args=[Minutes.objects.get().public_id]),
        reverse("desk:commitment-pdf", args=[Commitment.objects.get().public_id]),
        reverse("desk:batch", args=[Batch.objects.get().public_id]),
        reverse("desk:grant", args=[Grant.objects.get(ground="minutes").public_id]),
    )
    client = sign_in(place.stranger)

    for url in urls:
        assert client.get(url).status_code == 404, url


def test_every_page_opens(place: Place, sign_in: Callable) -> None:
    b.homeroom(place.mai, place.class_b)
    place.signed(place.homeroom(place.lan, place.class_a))
    hand_over_administration(actor=place.actor(place.head), unit=place.unit, staff=place.clerk)
    client = sign_in(place.head)

    bodies = {
        name: client.get(_unit(name, place)).content.decode()
        for name in ("grant-list", "grant-new", "grant-homerooms", "grant-cover", "administration", "personnel")
    }
    grant = client.get(reverse("desk:grant", args=[Grant.objects.get(role_code="homeroom_teacher").public_id]))
    home = client.get(reverse("desk:home")).content.decode()

    assert "Nguyễn Thị Lan" in bodies["grant-list"]
    assert "Trần Thị Mai" in bodies["grant-homerooms"]
    assert "đang chờ ký" not in bodies["administration"]
    assert "Bàn giao tài khoản quản trị cho Lê Minh Ngọc" in bodies["grant-list"]
    assert "Thủ trưởng trực tiếp giữ" in bodies["administration"]
    assert "Vì sao xem được?" in grant.content.decode()
    assert "01/2024/BB-CSDL" in grant.content.decode()
    assert "biên bản chờ ký ở đơn vị" in home
    assert "Xác nhận kiện toàn nhân sự năm học 2024-2025" in home


def test_homerooms_renewal_cover_withdrawal_and_personnel_by_page(place: Place, sign_in: Callable) -> None:
    b.homeroom(place.mai, place.class_b)
    place.signed(Wanted(place.clerk.account_id, "student_records", TODAY, dt.date(2024, 11, 1)))
    client = sign_in(place.head)

    made = client.post(_unit("grant-homerooms", place), {"chon": [place.mai.account_id]}, follow=True)
    grant = Grant.objects.get(role_code="student_records")
    renewed = client.post(_unit("grants-renew", place), {"chon": [str(grant.public_id)]}, follow=True)
    covered = client.post(
        _unit("grant-cover", place),
        {"vang": str(place.clerk.public_id), "thay": str(place.lan.public_id), "tu-ngay": "06/09/2024",
         "den-ngay": "10/09/2024"}, follow=True,
    )  # fmt: skip
    minutes = Minutes.objects.get(receiver=place.clerk.account_id, state="signed")
    url = reverse("desk:minutes-withdraw", args=[minutes.public_id])
    refused = client.post(url, {"reason": "x"}).content.decode()
    withdrawn = client.post(url, {"reason": "Đổi phân công"}, follow=True).content.decode()
    confirmed = client.post(_unit("personnel", place), {"ghi-chu": "Đủ"}, follow=True).content.decode()

    assert "Đã lập 1 biên bản" in made.content.decode()
    assert "Đã lập biên bản gia hạn" in renewed.content.decode()
    assert "Đã lập biên bản làm thay" in covered.content.decode()
    assert "từ 5 đến 200 ký tự" in refused
    assert "Các quyền theo biên bản đã dừng." in withdrawn
    assert "Đã xác nhận nhân sự năm học 2024-2025." in confirmed


def test_a_renewal_that_is_refused_keeps_the_choice_and_says_why_beside_each_right(
    place: Place, sign_in: Callable
) -> None:
    (led,) = place.signed(place.homeroom(place.lan, place.class_a))
    (kept,) = place.signed(Wanted(place.clerk.account_id, "student_records", TODAY, dt.date(2024, 11, 1)))
    client = sign_in(place.head)
    address = _unit("grants-renew", place)

    told = client.post(f"{address}?sap-xep=het-han", {"chon": [str(led.public_id), str(kept.public_id)]}, follow=True)
    body = told.content.decode()
    alone = client.post(address, {"chon": [str(led.public_id)], "tu": "quyen"}, follow=True)
    again = client.get(_unit("grant-list", place)).content.decode()

    why = "Nguyễn Thị Lan: chưa được phân công chủ nhiệm lớp nào trong năm học tới."
    assert told.redirect_chain == [(f"{_unit('grant-list', place)}?sap-xep=het-han", 302)]
    assert "Chưa lập biên bản gia hạn nào." in body
    assert f'<p class="field-error">{why}' in body
    assert [f'value="{one.public_id}" form="renew" checked' in body for one in (led, kept)] == [True, True]
    assert not Grant.objects.filter(renews__isnull=False).exists()
    assert alone.redirect_chain == [(reverse("desk:grant", args=[led.public_id]), 302)]
    assert why in alone.content.decode()
    assert 'form="renew" checked' not in again


def test_an_office_splits_by_level_and_watches_the_confirmations(place: Place, sign_in: Callable) -> None:
    officer = person(place.office, "Chuyên viên Tiểu học", "cvth", position="24", group="09")
    client = sign_in(place.chief)
    url = reverse("desk:grant-levels", args=[place.office.public_id])

    made = client.post(url, {"chon": [f"{officer.public_id}:02"]}, follow=True).content.decode()
    board = client.get(reverse("desk:personnel-board")).content.decode()
    reminded = client.post(reverse("desk:personnel-remind"), follow=True).content.decode()
    headless = client.get(reverse("desk:personnel-board") + "?thu-truong=chua").context["listing"].items

    assert [one.name for one in headless] == ["Trường THCS Kế Bên"]
    assert "Đã lập biên bản cho 1 chuyên viên." in made
    assert "cấp tiểu học" in made
    assert "Trường THCS Tô Hiệu" in board
    assert "Đã nhắc 2 đơn vị." in reminded
    assert client.get(_unit("grant-list", place)).status_code == 200
    assert client.get(_unit("grant-new", place)).status_code == 403


def test_the_account_is_handed_over_and_taken_back_by_page(place: Place, sign_in: Callable) -> None:
    client = sign_in(place.head)
    made = client.post(_unit("administration", place), {"nguoi": str(place.clerk.public_id)}, follow=True)
    assert "Tài khoản quản trị chuyển khi hai bên đã ký." in made.content.decode()
    as_owner()
    place.sign(Batch.objects.get())

    client = sign_in(place.clerk)
    page = client.get(_unit("grant-list", place)).content.decode()
    assert "Lê Minh Ngọc" in page
    assert "Phân quyền mới" in page
    client = sign_in(place.head)
    back = client.post(_unit("administration-back", place), {"reason": "Nhận lại để tự quản"}, follow=True)
    assert "Thủ trưởng đơn vị trực tiếp giữ tài khoản quản trị từ bây giờ." in back.content.decode()


def _fresh(client) -> None:  # type: ignore[no-untyped-def]
    """As after a second factor that was shown just now."""
    session = client.session
    session[_AUTHENTICATION_METHODS_USER_SESSION_KEY] = session["_auth_user_id"]
    session["account_authentication_methods"] = [{"method": "mfa", "at": time.time(), "type": "totp"}]
    session.save()


def test_both_sides_confirm_in_the_app_and_the_class_opens(place: Place, sign_in: Callable) -> None:
    """Under the web's role from the first page to the last."""
    batch = place.prepare(place.homeroom(place.lan, place.class_a))
    minutes, commitment = papers_of(batch)

    head = sign_in(place.head)
    _fresh(head)
    given = head.post(reverse("desk:batch-confirm", args=[batch.public_id]), follow=True).content.decode()
    as_owner()
    lan = sign_in(place.lan)
    _fresh(lan)
    taken = lan.post(reverse("desk:minutes-confirm", args=[minutes.public_id]), follow=True).content.decode()
    before = lan.get(reverse("school:class-list", args=[place.unit.public_id])).status_code
    waits = lan.get(reverse("desk:my-rights")).content.decode()
    said = lan.post(reverse("desk:commitment-confirm", args=[commitment.public_id]), follow=True).content.decode()
    after = lan.get(reverse("school:class-list", args=[place.unit.public_id])).content.decode()

    assert "Đã xác nhận bên giao 1 biên bản. Quyền có hiệu lực khi đủ chữ ký" in given
    assert "Quyền có hiệu lực khi đủ chữ ký" in taken
    stands = taken.split('id="stands"')[1].split("</section>")[0]
    assert ("chờ cam kết" in stands, "chờ biên bản" in stands) == (True, False)
    assert ("Chờ cam kết" in waits, "Chờ biên bản" in waits) == (True, False)
    assert before in (403, 404)
    assert "1 quyền đã có hiệu lực." in said
    assert ">7A<" in after
    assert ">7B<" not in after


def test_both_sides_confirm_a_withdrawal_in_the_app(place: Place, sign_in: Callable) -> None:
    place.signed(place.homeroom(place.lan, place.class_a))
    made = withdraw_minutes(actor=place.actor(place.head), minutes=Minutes.objects.get(), reason="Đổi phân công")
    confirmed = reverse("desk:minutes-confirm", args=[made.public_id])

    pages = []
    for one in (place.lan, place.head):
        client = sign_in(one)
        _fresh(client)
        waiting = client.get(reverse("desk:my-rights")).content.decode().split("Quyền của tôi</h2>")[0]
        asked = client.get(reverse("desk:minutes", args=[made.public_id])).content.decode()
        pages.append((made.paper_no in waiting, confirmed in asked))
        done = client.post(confirmed, follow=True).content.decode()
        as_owner()

    made.refresh_from_db()
    assert pages == [(True, True)] * 2
    assert f"Đã xác nhận biên bản số {made.paper_no}. Việc thu hồi có hiệu lực từ ngày lập." in done
    assert (made.state, made.signed_by) == ("signed", "confirmed")
    assert Grant.objects.get(role_code="homeroom_teacher").state == "suspended"


def test_a_withdrawn_right_is_called_so_and_one_that_waits_is_not(place: Place, sign_in: Callable) -> None:
    """Lan's minutes are withdrawn, Mai's commitment is: hers is suspended for another reason."""
    place.signed(place.homeroom(place.lan, place.class_a), place.homeroom(place.mai, place.class_b))
    head = place.actor(place.head)
    minutes = Minutes.objects.get(receiver_id=place.lan.account_id)
    withdraw_minutes(actor=head, minutes=minutes, reason="Thôi chủ nhiệm")
    commitment = Commitment.objects.get(account=place.mai.account_id)
    withdraw_commitment(actor=head, commitment=commitment, reason="Vi phạm cam kết")
    because = {
        "Đã thu hồi": f"Biên bản số {minutes.paper_no} hết hiệu lực ngày 05/09/2024: Thôi chủ nhiệm",
        "Tạm dừng": f"Bản cam kết số {commitment.paper_no} hết hiệu lực: Vi phạm cam kết",
    }
    who = {"Đã thu hồi": place.lan, "Tạm dừng": place.mai}

    client = sign_in(place.head)
    figures = {text: (count, url) for count, text, url in client.get(_unit("grant-list", place)).context["figures"]}
    for word, text in (("Đã thu hồi", "quyền đã thu hồi"), ("Tạm dừng", "quyền tạm dừng")):
        count, url = figures[text]
        shown = [one.line for one in client.get(url).context["listing"].items]
        assert count == 1
        assert [(one.grant.account_id, one.standing) for one in shown] == [(who[word].account_id, word)]
    for word, person_there in who.items():
        client = sign_in(person_there)
        ((_, line),) = client.get(reverse("desk:my-rights")).context["lines"]
        for page in (reverse("desk:my-rights"), reverse("desk:grant", args=[line.grant.public_id])):
            text = client.get(page).content.decode()
            assert [one in text for one in because] == [one == word for one in because], page
            assert because[word] in text
        as_owner()


def test_a_right_is_judged_by_the_day_before_the_upkeep_has_said_so(place: Place, sign_in: Callable) -> None:
    """Lan's right begins later, Mai's is over in the end; the state of both stays active."""
    later = place.homeroom(place.lan, place.class_a, first=dt.date(2024, 10, 1))
    place.signed(later, place.homeroom(place.mai, place.class_b))

    def shown(key: str) -> list[tuple[int, str]]:
        items = client.get(_unit("grant-list", place), {"tinh-trang": key}).context["listing"].items
        return [(one.line.grant.account_id, one.line.standing) for one in items if one.line.minutes]

    client = sign_in(place.head)
    figures = {text: count for count, text, _ in client.get(_unit("grant-list", place)).context["figures"]}
    assert (figures["người đang có quyền"], figures["quyền chưa đến ngày"]) == (2, 1)
    assert shown("dang") == [(place.mai.account_id, "Đang hiệu lực")]
    assert shown("chua") == [(place.lan.account_id, "Chưa đến ngày")]
    as_owner()
    with on(dt.date(2025, 9, 1)):
        client = sign_in(place.head)
        figures = {text: count for count, text, _ in client.get(_unit("grant-list", place)).context["figures"]}
        assert figures["người đang có quyền"] == 1  # the head's own
        assert (shown("dang"), len(shown("het"))) == ([], 2)
        assert {word for _, word in shown("het")} == {"Đã hết hạn"}
        minutes = Minutes.objects.get(receiver=place.mai.account_id)
        assert "đã hết hạn" in client.get(reverse("desk:minutes", args=[minutes.public_id])).content.decode()
        as_owner()
        client = sign_in(place.mai)
        mine = client.get(reverse("desk:my-rights"))
        (line,) = mine.context["ended"]
        page = client.get(reverse("desk:grant", args=[line.grant.public_id])).content.decode()
        assert mine.context["lines"] == []
        assert f"lớp 7B của {place.unit.name}" in mine.content.decode()
        assert ("Đã hết hạn" in page, "Đang hiệu lực" in page, "lớp 7B của" in page) == (True, False, True)
        as_owner()


def test_who_no_longer_works_at_the_unit_has_no_right_on_any_page(place: Place, sign_in: Callable) -> None:
    """Lan's posting is over and no upkeep has run; Mai still works there."""
    place.signed(place.homeroom(place.lan, place.class_a), place.homeroom(place.mai, place.class_b))
    StaffPosting.objects.filter(staff=place.lan).update(valid_to=TODAY)
    client = sign_in(place.head)

    def shown(key: str) -> list[tuple[int, str]]:
        items = client.get(_unit("grant-list", place), {"tinh-trang": key}).context["listing"].items
        return [(one.line.grant.account_id, one.line.standing) for one in items if one.line.minutes]

    answer = client.get(_unit("grant-list", place))
    figures = {text: count for count, text, _ in answer.context["figures"]}
    people = {line.grant.account_id for line in client.get(_unit("personnel", place)).context["lines"]}

    assert (figures["người đang có quyền"], figures["quyền của người không công tác tại đơn vị"]) == (2, 1)
    assert shown("dang") == [(place.mai.account_id, "Đang hiệu lực")]
    assert shown("nghi") == [(place.lan.account_id, "Không công tác tại đơn vị")]
    assert people == {place.head.account_id, place.mai.account_id}


def test_a_right_that_waits_for_its_renewal_is_read_by_and_called_so(place: Place, sign_in: Callable) -> None:
    (grant,) = place.signed(place.homeroom(place.lan, place.class_a))
    Grant.objects.filter(pk=grant.pk).update(read_until=dt.date(2025, 9, 15))
    for day, word, is_over in ((1, "Hết hạn, chỉ còn được xem", False), (15, "Đã hết hạn", True)):
        with on(dt.date(2025, 9, day)):
            client = sign_in(place.head)
            query = {"tinh-trang": "het" if is_over else "dang"}
            items = client.get(_unit("grant-list", place), query).context["listing"].items
            assert [one.line.standing for one in items if one.line.minutes] == [word]
            as_owner()


def test_an_officer_takes_the_administration_account_by_confirming(place: Place, sign_in: Callable) -> None:
    """The officer, who could do nothing a moment before, closes the handover."""
    batch = hand_over_administration(actor=place.actor(place.head), unit=place.unit, staff=place.clerk)
    minutes, commitment = papers_of(batch)
    confirm(place.actor(place.head), minutes)
    clerk = sign_in(place.clerk)
    _fresh(clerk)

    clerk.post(reverse("desk:commitment-confirm", args=[commitment.public_id]))
    clerk.post(reverse("desk:minutes-confirm", args=[minutes.public_id]))
    page = clerk.get(_unit("administration", place)).content.decode()

    assert "Lê Minh Ngọc, theo biên bản số" in page


@pytest.mark.parametrize("role_code", sorted(ROLES))
def test_home_opens_for_every_role(place: Place, web_client: Callable, role_code: str) -> None:
    role = ROLES[role_code]
    classes = [place.class_a] if role.scope_kind == "class" else []
    account = b.account("nguoi-moi", role_code, place.unit, classes=classes)

    assert web_client(account).get(reverse("desk:home")).status_code == 200


def test_the_department_lays_down_days_and_four_eyes(place: Place, sign_in: Callable) -> None:
    from tests.delegation.place import heads

    director = person(b.department(), "Vũ Quốc Khánh", "khanh", position="05", group="07")
    heads(b.department(), director)
    url = reverse("desk:grant-rules")
    form = {
        "class_end_day": "30/6", "other_end_day": "15/10", "confirmation_day": "1/8", "notice_days": "20 5",
        "read_grace_days": "7", "commitment_grace_days": "10", "inspection_days": "60", "four_eyes": "on",
    }  # fmt: skip
    office = sign_in(place.chief)
    refused = office.post(url, form).status_code
    as_owner()
    client = sign_in(director)
    wrong = client.post(url, form | {"class_end_day": "31/6", "notice_days": "x"}).content.decode()
    saved = client.post(url, form, follow=True).content.decode()

    assert refused == 403
    assert "Ngày này không có trong năm." in wrong
    assert "ví dụ 30 14 3" in wrong
    assert "Đã lưu quy định phân quyền" in saved
    laid_down = DelegationRules.objects.get()
    assert (laid_down.class_end_month, laid_down.class_end_day, laid_down.notice_days) == (6, 30, [20, 5])
    assert (laid_down.four_eyes, laid_down.commitment_grace_days, laid_down.inspection_days) == (True, 10, 60)
