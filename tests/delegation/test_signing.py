"""Signing: what a scan may be, pages out of a batch, days, forged files, four eyes, two administrators at once."""

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings

from csdl.access.models import Grant
from csdl.accounts.errors import InvalidRecord, NotAllowed
from csdl.accounts.models import Account
from csdl.delegation.actions import (
    Pages,
    Wanted,
    approve_minutes,
    hand_over_administration,
    sign_scanned,
    take_back_administration,
    withdraw_minutes,
)
from csdl.delegation.errors import DelegationError
from csdl.delegation.models import Commitment, DelegationRules, Minutes
from csdl.delegation.rules import rules
from csdl.staff.actions import appoint_head
from csdl.staff.models import StaffPosting
from tests.delegation.place import TODAY, Place, confirm, on, papers_of, upload
from tests.documents import files

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(db: None, settings, tmp_path: Path) -> Iterator[Place]:  # type: ignore[no-untyped-def]
    settings.FILES_DIR = tmp_path / "files"
    with on(TODAY):
        yield Place()


def _sign(place: Place, content: bytes, *, name: str = "quet.pdf", day: dt.date | None = TODAY, **pages: Pages) -> list:
    papers = [*Minutes.objects.order_by("pk"), *Commitment.objects.order_by("pk")]
    given = {paper: pages.get(f"p{number}") for number, paper in enumerate(papers, 1)}
    return sign_scanned(
        actor=place.actor(place.head), unit=place.unit, papers=given, upload=upload(content, name), signed_on=day
    )


def test_one_scan_is_cut_into_the_files_of_its_papers(place: Place) -> None:
    place.prepare(place.homeroom(place.lan, place.class_a), place.homeroom(place.mai, place.class_b))

    grants = _sign(
        place, files.pdf(6), p1=Pages(1, 2), p2=Pages(3, 4), p3=Pages(5, 5), p4=Pages(6, 6)
    )  # fmt: skip

    assert len(grants) == 2
    papers = [*Minutes.objects.select_related("file"), *Commitment.objects.select_related("file")]
    assert sorted(paper.file.page_count for paper in papers if paper.file) == [1, 1, 2, 2]
    assert {paper.signed_by for paper in papers} == {"scan"}


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (files.pdf_with_script(), "a.pdf", "mã lệnh JavaScript"),
        (b"MZ\x90\x00" + b"x" * 200, "bien-ban.pdf", "PDF"),
        (b"", "rong.pdf", "DOC-02"),
    ],
)
def test_a_hostile_or_wrong_file_is_refused_and_nothing_is_signed(
    place: Place, content: bytes, name: str, said: str
) -> None:
    place.prepare(place.homeroom(place.lan, place.class_a))

    with pytest.raises(InvalidRecord) as refused:
        _sign(place, content, name=name, p1=Pages(1, 1), p2=Pages(2, 2))

    assert said in " ".join(refused.value.problems)
    assert set(Minutes.objects.values_list("state", flat=True)) == {"draft"}
    assert not Grant.objects.filter(ground="minutes", state="active").exists()


def test_a_file_of_200_mb_is_refused(place: Place) -> None:
    class Huge:
        name: str | None = "lon.pdf"
        size: int | None = 200 * 1024 * 1024

        def chunks(self) -> Iterator[bytes]:
            raise AssertionError("read although it is too large")

    place.prepare(place.homeroom(place.lan, place.class_a))
    minutes = Minutes.objects.get()

    with pytest.raises(InvalidRecord) as refused:
        sign_scanned(
            actor=place.actor(place.head), unit=place.unit, papers={minutes: None}, upload=Huge(), signed_on=TODAY
        )
    assert "Tệp nặng 200 MB, quá 20 MB." in refused.value.problems[0]


def test_all_that_is_wrong_is_said_at_once(place: Place) -> None:
    place.prepare(place.homeroom(place.lan, place.class_a))

    with pytest.raises(InvalidRecord) as refused:
        _sign(place, files.pdf(2), day=TODAY - dt.timedelta(days=3), p1=Pages(1, 2), p2=Pages(2, 4))

    assert refused.value.problems == [
        "Biên bản bàn giao tài khoản, phân quyền số 01/2024/BB-CSDL: ngày ký 02/09/2024 trước ngày lập 05/09/2024. "
        "Hãy ghi đúng ngày hai bên ký.",
        "Bản cam kết số 01/2024/CK-CSDL: ngày ký 02/09/2024 trước ngày lập 05/09/2024. Hãy ghi đúng ngày hai bên ký.",
        "Bản cam kết số 01/2024/CK-CSDL: trang 2–4 không có trong tệp 2 trang.",
    ]


def test_a_page_belongs_to_one_paper_and_an_image_to_one_as_well(place: Place) -> None:
    place.prepare(place.homeroom(place.lan, place.class_a))

    with pytest.raises(InvalidRecord, match="Có nội dung") as refused:
        _sign(place, files.pdf(3), p1=Pages(1, 2), p2=Pages(2, 3))
    assert "trang 2 đã thuộc biên bản" in refused.value.problems[0]
    with pytest.raises(InvalidRecord) as refused:
        _sign(place, files.pdf(3))
    assert refused.value.problems == ["Tệp gồm nhiều văn bản: hãy ghi trang của từng văn bản."]


def test_a_changed_file_gives_no_power(place: Place) -> None:
    place.prepare(place.homeroom(place.lan, place.class_a))
    minutes = Minutes.objects.get()
    sign_scanned(
        actor=place.actor(place.head), unit=place.unit, papers={minutes: None}, upload=upload(files.pdf(2)),
        signed_on=TODAY,
    )  # fmt: skip
    minutes.refresh_from_db()
    assert minutes.file is not None
    sha = minutes.file.sha256
    (Path(settings.FILES_DIR) / sha[:2] / sha).write_bytes(b"khac")

    with pytest.raises(DelegationError) as refused:
        confirm(place.actor(place.lan), Commitment.objects.get())

    assert refused.value.code == "DLG-02"
    assert "Tệp đã bị thay đổi" in refused.value.problems[0]
    assert Grant.objects.get(ground="minutes").state == "inactive"


def test_one_scan_serves_one_paper(place: Place) -> None:
    """Its own commitment, another person's minutes, another batch: each is told whose file it is."""
    place.prepare(place.homeroom(place.lan, place.class_a))
    minutes, commitment = Minutes.objects.get(), Commitment.objects.get()
    other = papers_of(place.prepare(place.homeroom(place.mai, place.class_b)))
    sign = {"actor": place.actor(place.head), "unit": place.unit, "signed_on": TODAY}
    sign_scanned(papers={minutes: None}, upload=upload(files.pdf(1)), **sign)

    for papers in ({commitment: None}, {other[0]: None}, {other[0]: Pages(1, 1)}):
        with pytest.raises(InvalidRecord) as refused:
            sign_scanned(papers=papers, upload=upload(files.pdf(1), "khac.pdf"), **sign)
        assert refused.value.fields["file"][0].startswith(
            "Tệp này đã lưu cho biên bản bàn giao tài khoản, phân quyền số 01/2024/BB-CSDL."
        )
    assert {paper.state for paper in Minutes.objects.exclude(pk=minutes.pk)} == {"draft"}


def test_the_scan_of_a_batch_serves_its_papers_in_two_goes_and_no_other_batch(place: Place) -> None:
    batch = place.prepare(place.homeroom(place.lan, place.class_a))
    other = place.prepare(place.homeroom(place.mai, place.class_b))
    sign = {"actor": place.actor(place.head), "unit": place.unit, "signed_on": TODAY}
    first, second = papers_of(batch)

    sign_scanned(papers={first: Pages(1, 2)}, upload=upload(files.pdf(3)), batch=batch, **sign)
    (grant,) = sign_scanned(papers={second: Pages(3, 3)}, upload=upload(files.pdf(3)), batch=batch, **sign)

    assert grant.account_id == place.lan.account_id
    papers = dict(zip(papers_of(other), (Pages(1, 2), Pages(3, 3)), strict=True))
    with pytest.raises(InvalidRecord) as refused:
        sign_scanned(papers=papers, upload=upload(files.pdf(3)), batch=other, **sign)
    assert refused.value.fields["file"][0].startswith("Tệp này đã lưu cho lô “Phân quyền”.")


def test_pages_of_a_scan_that_belong_to_nothing_are_told(place: Place) -> None:
    place.prepare(place.homeroom(place.lan, place.class_a))

    with pytest.raises(InvalidRecord) as refused:
        _sign(place, files.pdf(5), p1=Pages(1, 1), p2=Pages(3, 3))

    assert refused.value.problems == [
        "Tệp có 5 trang; trang 2, 4, 5 chưa ghi cho văn bản nào. "
        "Hãy ghi trang ấy cho văn bản của nó, hoặc bỏ trang thừa rồi tải lại."
    ]


def test_expired_minutes_give_no_power(place: Place) -> None:
    place.prepare(place.homeroom(place.lan, place.class_a))
    minutes, commitment = Minutes.objects.get(), Commitment.objects.get()

    with on(dt.date(2025, 9, 1)):
        confirm(place.actor(place.lan), commitment)
        confirm(place.actor(place.lan), minutes)
        with pytest.raises(DelegationError) as refused:
            confirm(place.actor(place.head), minutes)

    assert refused.value.problems == [
        "Biên bản bàn giao tài khoản, phân quyền số 01/2024/BB-CSDL đã hết thời hạn ngày 31/08/2025. "
        "Hãy gia hạn bằng biên bản mới."
    ]


def test_who_has_left_gets_no_power(place: Place) -> None:
    place.prepare(place.homeroom(place.lan, place.class_a))
    confirm(place.actor(place.head), Minutes.objects.get())
    confirm(place.actor(place.lan), Minutes.objects.get())
    StaffPosting.objects.filter(staff=place.lan).update(valid_to=TODAY, status_code="02")

    with pytest.raises(DelegationError) as refused:
        confirm(place.actor(place.lan), Commitment.objects.get())
    assert "Nguyễn Thị Lan không còn công tác tại đơn vị." in refused.value.problems[0]


def test_a_withdrawn_paper_is_signed_by_nobody(place: Place) -> None:
    place.prepare(place.homeroom(place.lan, place.class_a))
    minutes = Minutes.objects.get()
    withdraw_minutes(actor=place.actor(place.head), minutes=minutes, reason="Lập nhầm người")
    minutes.refresh_from_db()

    with pytest.raises(DelegationError) as refused:
        confirm(place.actor(place.lan), minutes)
    assert "đã hết hiệu lực ngày 05/09/2024: Lập nhầm người." in refused.value.problems[0]
    assert Grant.objects.get(ground="minutes").state == "ended"


def test_nobody_confirms_for_another(place: Place) -> None:
    place.prepare(place.homeroom(place.lan, place.class_a))

    for paper in (Minutes.objects.get(), Commitment.objects.get()):
        with pytest.raises(NotAllowed):
            confirm(place.actor(place.mai), paper)


def test_two_administrators_at_once_make_one_signature(place: Place) -> None:
    """The second one finds the paper signed, and is told so."""
    place.prepare(place.homeroom(place.lan, place.class_a))
    minutes = Minutes.objects.get()
    sign = {"unit": place.unit, "papers": {minutes: None}, "signed_on": TODAY}
    sign_scanned(actor=place.actor(place.head), upload=upload(files.pdf(2)), **sign)

    with pytest.raises(InvalidRecord) as refused:
        sign_scanned(actor=place.actor(place.head), upload=upload(files.pdf(2, marker="khác")), **sign)
    assert "đã ký ngày 05/09/2024" in refused.value.problems[0]


def test_where_four_eyes_are_wanted_the_maker_does_not_approve(place: Place) -> None:
    laid_down = rules()
    laid_down.four_eyes = True
    laid_down.save()
    assert DelegationRules.objects.get().other_end_month == 10
    place.prepare(place.homeroom(place.lan, place.class_a))
    minutes = Minutes.objects.get()
    papers = papers_of(minutes.batch)  # type: ignore[arg-type]
    assert _sign(place, files.pdf(2), p1=Pages(1, 1), p2=Pages(2, 2)) == []

    with pytest.raises(DelegationError) as refused:
        approve_minutes(actor=place.actor(place.head), unit=place.unit, minutes=[minutes])
    assert refused.value.code == "DLG-03"
    (grant,) = approve_minutes(actor=place.actor(place.chief), unit=place.unit, minutes=[minutes])
    assert grant.account_id == place.lan.account_id
    assert len(papers) == 2


def test_where_four_eyes_are_wanted_the_receiver_does_not_approve(place: Place) -> None:
    """The clerk holds the administration account and so approves for the unit; not the own right."""
    place.sign(hand_over_administration(actor=place.actor(place.head), unit=place.unit, staff=place.clerk))
    laid_down = rules()
    laid_down.four_eyes = True
    laid_down.save()
    batch = place.prepare(Wanted(place.clerk.account_id, "student_records", TODAY, dt.date(2025, 11, 1)))
    assert place.sign(batch) == []
    minutes = Minutes.objects.get(batch=batch)

    with pytest.raises(DelegationError) as refused:
        approve_minutes(actor=place.actor(place.clerk), unit=place.unit, minutes=[minutes])

    assert refused.value.code == "DLG-03"
    assert len(approve_minutes(actor=place.actor(place.chief), unit=place.unit, minutes=[minutes])) == 1


def test_a_giver_who_has_left_office_gives_nothing(place: Place, as_web: Callable) -> None:
    """The head confirms, another head is appointed, then the receiver confirms."""
    place.prepare(place.homeroom(place.lan, place.class_a))
    minutes, commitment = Minutes.objects.get(), Commitment.objects.get()
    confirm(place.actor(place.head), minutes)
    day = TODAY + dt.timedelta(days=5)
    _replace_head(place, day)

    with on(day), as_web(Account.objects.get(pk=place.lan.account_id)), pytest.raises(DelegationError) as refused:
        confirm(place.actor(place.lan), minutes, commitment)

    assert refused.value.code == "DLG-02"
    assert (
        "Phạm Hồng Hạnh (bên giao) không giữ quyền phân quyền của đơn vị ngày 10/09/2024" in refused.value.problems[0]
    )
    assert Grant.objects.get(ground="minutes").state == "inactive"


def test_minutes_signed_on_paper_while_the_giver_was_in_office_hold(place: Place, as_web: Callable) -> None:
    """The scan comes after the change of heads; the next head puts it in."""
    place.prepare(place.homeroom(place.lan, place.class_a))
    day = TODAY + dt.timedelta(days=5)
    _replace_head(place, day)

    with on(day), as_web(Account.objects.get(pk=place.mai.account_id)):
        papers = {paper: Pages(n, n) for n, paper in enumerate(papers_of(Minutes.objects.get().batch), 1)}  # type: ignore[arg-type]
        sign = {"actor": place.actor(place.mai), "unit": place.unit, "papers": papers}
        with pytest.raises(InvalidRecord) as refused:
            sign_scanned(**sign, upload=upload(files.pdf(2)), signed_on=day)
        grants = sign_scanned(**sign, upload=upload(files.pdf(2)), signed_on=day - dt.timedelta(days=1))

    assert "Phạm Hồng Hạnh (bên giao)" in refused.value.problems[0]
    assert [row.account_id for row in grants] == [place.lan.account_id]


def test_minutes_signed_on_paper_by_a_holder_hold_after_the_account_was_taken_back(place: Place) -> None:
    place.sign(hand_over_administration(actor=place.actor(place.head), unit=place.unit, staff=place.clerk))
    batch = place.prepare(place.homeroom(place.lan, place.class_a), actor=place.actor(place.clerk))
    day = TODAY + dt.timedelta(days=5)

    with on(day):
        take_back_administration(actor=place.actor(place.head), unit=place.unit, reason="Thay đổi phân công")
        papers = {paper: Pages(n, n) for n, paper in enumerate(papers_of(batch), 1)}
        sign = {"actor": place.actor(place.head), "unit": place.unit, "papers": papers, "upload": upload(files.pdf(2))}
        with pytest.raises(InvalidRecord, match="Có nội dung"):
            sign_scanned(**sign, signed_on=day)
        grants = sign_scanned(**sign | {"upload": upload(files.pdf(2))}, signed_on=day - dt.timedelta(days=1))

    assert [row.account_id for row in grants] == [place.lan.account_id]


def _replace_head(place: Place, day: dt.date) -> None:
    with on(day):
        decision = {"is_acting": False, "decision_no": "99/QĐ", "decided_on": TODAY}
        appoint_head(actor=place.actor(place.chief), unit=place.unit, staff=place.mai, valid_from=day, values=decision)
