"""Decisions of heads: kept with the appointment, later, in the place of another; changed or next door, never read."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from csdl.access.actors import actor_for
from csdl.accounts.errors import InvalidRecord, NotAllowed
from csdl.audit.edits import changes_of
from csdl.audit.models import Event
from csdl.documents import store
from csdl.documents.decisions import appoint_by_decision, keep_decision, read_decision
from csdl.documents.errors import DocumentError, FileChanged
from csdl.staff.actions import undo_head_edit, withdraw_head
from csdl.staff.errors import StaffError
from csdl.staff.models import UnitHead
from tests import builders as b
from tests.documents import files

pytestmark = pytest.mark.django_db
DAY = dt.date(2022, 9, 1)
DECISION = {"is_acting": False, "decision_no": "12/QĐ-UBND", "decided_on": dt.date(2022, 8, 1)}


@pytest.fixture(autouse=True)
def folder(settings, tmp_path) -> None:  # type: ignore[no-untyped-def]
    settings.FILES_DIR = tmp_path / "files"


class Place:
    """An office, its school with a head to be, and who asks."""

    def __init__(self) -> None:
        self.office = b.office()
        self.school = b.school(parent=self.office)
        self.hanh = b.teacher(self.school, "Phạm Hồng Hạnh")
        self.officer = actor_for(b.account("phong", "office_head", self.office))
        self.principal = actor_for(b.account("hieutruong", "school_head", self.school.unit))

    def appoint(self, content: bytes | None = None, **more: object) -> UnitHead:
        said = {"staff": self.hanh, "valid_from": DAY, "values": DECISION} | more
        upload = None if content is None else files.upload(content)
        return appoint_by_decision(actor=self.officer, unit=self.school.unit, upload=upload, **said)  # type: ignore[arg-type]


@pytest.fixture
def place(db: None) -> Place:
    return Place()


def test_every_fault_is_said_at_once_and_no_file_stays(place: Place, settings) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(InvalidRecord) as refused:
        place.appoint(files.pdf_with_script(), values={"decision_no": "", "decided_on": None})
    assert sorted(refused.value.fields) == ["decided_on", "decision_no", "file"]
    with pytest.raises(InvalidRecord) as refused:
        place.appoint(b"not a scan")
    assert list(refused.value.fields) == ["file"]
    with pytest.raises(InvalidRecord):
        place.appoint(files.pdf(), staff=None)

    assert UnitHead.objects.count() == 0
    assert [path for path in settings.FILES_DIR.rglob("*") if path.is_file()] == []


def test_the_file_comes_later_is_replaced_and_taken_back(place: Place) -> None:
    head = place.appoint()
    with pytest.raises(DocumentError, match="DOC-12"):
        read_decision(actor=place.principal, head=head)
    keep_decision(actor=place.officer, head=head, upload=files.upload(files.pdf(1)))
    keep_decision(actor=place.officer, head=head, upload=files.upload(files.image("PNG")))
    assert read_decision(actor=place.principal, head=head).name == "quyet-dinh-12-qd-ubnd-pham-hong-hanh.png"

    undo_head_edit(actor=place.officer, head=head, key=changes_of(head)[0].key)

    assert read_decision(actor=place.principal, head=head).content == files.pdf(1)
    assert store.sweep() == 0
    assert Event.objects.filter(kind="head:keep_decision", unit_id=place.school.pk).count() == 2


def test_only_who_appoints_keeps_the_file(place: Place) -> None:
    head = place.appoint()
    neighbour = actor_for(b.account("phong2", "office_head", b.office("Phòng GDĐT huyện Kiến Thụy")))
    for actor in (place.principal, neighbour):
        with pytest.raises(NotAllowed):
            keep_decision(actor=actor, head=head, upload=files.upload(files.pdf()))
    with pytest.raises(NotAllowed):
        read_decision(actor=neighbour, head=head)
    with pytest.raises(InvalidRecord):
        keep_decision(actor=place.officer, head=head, upload=None)

    head.refresh_from_db()
    assert head.sha256 == ""


def test_a_withdrawn_appointment_takes_no_file(place: Place) -> None:
    place.appoint()
    second = place.appoint(staff=b.teacher(place.school, "Bùi Thu Trang"), valid_from=dt.date(2023, 9, 1))
    withdraw_head(actor=place.officer, head=second)

    with pytest.raises(StaffError, match="STF-02"):
        keep_decision(actor=place.officer, head=second, upload=files.upload(files.pdf()))


def test_a_changed_file_is_named_and_never_handed_out(place: Place) -> None:
    head = place.appoint(files.pdf())
    store._path(head.sha256).write_bytes(b"%PDF-1.7 other")

    with pytest.raises(FileChanged):
        read_decision(actor=place.principal, head=head)
    assert Event.objects.filter(kind="head:decision_changed").count() == 1


def test_a_hash_without_its_kind_is_refused_by_the_table(place: Place) -> None:
    head = place.appoint()
    for values in (
        {"sha256": "a" * 64},
        {"sha256": "ABC", "media_type": "application/pdf"},
        {"media_type": "image/png"},
    ):
        with pytest.raises(IntegrityError, match="a_decisions_file_is_known_by_its_sha256"), transaction.atomic():
            UnitHead.objects.filter(pk=head.pk).update(**values)


def test_the_wall_hides_a_neighbours_decision_and_its_history(place: Place, as_web) -> None:  # type: ignore[no-untyped-def]
    head = place.appoint(files.pdf())
    events = UnitHead.pgh_event_model.objects  # type: ignore[attr-defined]
    with as_web(place.officer.account):
        keep_decision(actor=place.officer, head=UnitHead.objects.get(pk=head.pk), upload=files.upload(files.pdf(3)))
        assert events.filter(pgh_obj_id=head.pk).count() == 1

    with as_web(b.account("vanthu", "school_clerk", b.school("Trường THCS Thứ Ba").unit)):
        assert not UnitHead.objects.filter(pk=head.pk).exists()
        assert not events.filter(pgh_obj_id=head.pk).exists()
    with as_web(place.principal.account):
        assert UnitHead.objects.filter(pk=head.pk).update(sha256="a" * 64) == 0
