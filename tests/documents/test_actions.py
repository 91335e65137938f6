"""Papers are filed, corrected until signed, replaced, withdrawn; nobody deletes one; both walls hold."""

import datetime as dt

import psycopg
import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from csdl.access.actors import actor_for
from csdl.access.queries import visible
from csdl.accounts.errors import InvalidRecord, NotAllowed
from csdl.accounts.permissions import Permission
from csdl.audit.edits import version_of
from csdl.audit.models import Event
from csdl.documents import store, ties
from csdl.documents.actions import (
    change_document,
    file_document,
    read_document,
    replace_document,
    sign_document,
    withdraw_document,
)
from csdl.documents.enums import DocumentKind
from csdl.documents.errors import DocumentError, FileChanged
from csdl.documents.models import Document, StoredFile
from csdl.documents.queries import documents_matching
from tests import builders as b
from tests.documents import files
from tests.turns import must_wait

pytestmark = pytest.mark.django_db
LETTER = {
    "kind": "directive",
    "document_no": "1329/SGDDĐT-GDĐT&ĐH",
    "signed_on": dt.date(2023, 5, 18),
    "issuer": "Sở Giáo dục và Đào tạo",
    "title": "V/v rà soát, cập nhật, chuẩn hóa dữ liệu",
}
WITHOUT_NUMBER = {"kind": "directive", "document_no": "/SGDDĐT-GDĐT&ĐH", "title": "V/v hướng dẫn triển khai"}


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.FILES_DIR = tmp_path / "files"


def _filed(unit, values=LETTER, **more) -> Document:
    return file_document(actor=b.SYSTEM, unit=unit, values=values, **more)


def _signed(unit, marker: str = "", values=LETTER) -> Document:
    return _filed(unit, values, upload=files.upload(files.pdf(marker=marker)), is_signed=True)


def test_a_letter_is_filed_and_found_by_its_number_both_ways() -> None:
    unit = b.department()
    row = _filed(unit, upload=files.upload(files.pdf(4)))

    found = [
        list(Document.objects.filter(documents_matching(text)))
        for text in ("1329/SGDĐT", "1329/SGDDĐT", "sgdđt-gdtx&đh", "ra soat chuan hoa", "1330", "&",
                     "so giao duc va dao tao", "rà soát Sở Giáo dục", "phòng giáo dục")
    ]  # fmt: skip

    assert found == [[row], [row], [row], [row], [], [], [row], [row], []]
    assert (row.document_no, row.page_count, row.is_numbered) == ("1329/SGDDĐT-GDĐT&ĐH", 4, True)
    assert Event.objects.get(kind="document:file").data["sha256"] == row.file.sha256


def test_papers_without_a_number_are_taken_and_flagged() -> None:
    unit = b.department()

    rows = [_filed(unit, WITHOUT_NUMBER), _filed(unit, WITHOUT_NUMBER | {"document_no": ""})]

    assert [(row.is_numbered, row.signed_on) for row in rows] == [(False, None), (False, None)]
    assert "chưa có số" in rows[0].named


def test_all_faults_of_a_paper_are_said_at_once() -> None:
    values = {"kind": "x", "title": " ", "document_no": "1" * 81, "signed_on": dt.date(2099, 1, 1), "page_count": 0}

    with pytest.raises(InvalidRecord) as refused:
        _filed(b.department(), values, upload=files.upload(files.pdf_with_script()))

    assert sorted(refused.value.fields) == ["document_no", "file", "kind", "page_count", "signed_on", "title"]
    assert (Document.objects.count(), StoredFile.objects.count()) == (0, 0)


def test_the_same_number_is_not_filed_twice() -> None:
    unit = b.department()
    _filed(unit)

    with pytest.raises(InvalidRecord, match="Có nội dung") as refused:
        _filed(unit, LETTER | {"document_no": "1329/SGDĐT-GDTXĐH"})
    _filed(b.school().unit)  # another unit files the same letter

    assert list(refused.value.fields) == ["document_no"]
    # No constraint holds it: who files at the same time waits until the first one is there to be found.
    assert must_wait("document numbers", unit.pk)
    assert not must_wait("document numbers", unit.pk + 1_000)


def test_a_scan_of_very_many_pages_is_signed_and_a_number_of_pages_that_was_said_stays() -> None:
    unit = b.department()
    scan = StoredFile.objects.create(
        unit=unit, sha256="a" * 64, size_bytes=1, media_type="application/pdf", page_count=40_000
    )
    rows = [_filed(unit, WITHOUT_NUMBER), _filed(unit, WITHOUT_NUMBER | {"page_count": 12})]

    for row in rows:
        sign_document(actor=b.SYSTEM, document=row, file=scan)

    assert list(Document.objects.order_by("pk").values_list("page_count", "is_signed")) == [(5_000, True), (12, True)]


def test_a_paper_is_corrected_until_it_is_signed() -> None:
    unit = b.department()
    row = _filed(unit, WITHOUT_NUMBER)
    seen = version_of(row)

    changes = change_document(actor=b.SYSTEM, document=row, values={"document_no": "15/SGDĐT-VP"}, seen=seen)
    sign_document(actor=b.SYSTEM, document=row, upload=files.upload(files.pdf()))
    with pytest.raises(DocumentError) as refused:
        change_document(actor=b.SYSTEM, document=row, values={"title": "Khác"}, seen=None)
    with pytest.raises(DocumentError):
        sign_document(actor=b.SYSTEM, document=row, upload=files.upload(files.pdf(marker="khác")))

    row.refresh_from_db()
    assert ([change.name for change in changes], refused.value.code) == (["document_no"], "DOC-10")
    assert (row.is_signed, row.number_key, row.title) == (True, "15/sgddt-vp", WITHOUT_NUMBER["title"])


def test_a_signed_paper_without_a_scan_is_refused() -> None:
    with pytest.raises(InvalidRecord) as refused:
        _filed(b.department(), is_signed=True)
    with pytest.raises(IntegrityError, match="a_signed_paper_has_its_scan"), transaction.atomic():
        Document.objects.create(unit=b.department(), kind="other", title="x", is_signed=True)

    assert list(refused.value.fields) == ["file"]


def test_a_replaced_paper_stays_and_what_stands_on_it_is_told(monkeypatch) -> None:
    told: list[tuple[int, bool]] = []
    monkeypatch.setattr(
        ties, "_ties", [(DocumentKind.DIRECTIVE, lambda actor, paper: told.append((paper.pk, paper.holds)))]
    )
    before = _signed(b.department())

    after = replace_document(actor=b.SYSTEM, document=before, values=LETTER, upload=files.upload(files.pdf(2)))

    assert (before.replaced_by, after.holds, told) == (after, True, [(before.pk, False)])
    with pytest.raises(DocumentError) as again:
        withdraw_document(actor=b.SYSTEM, document=before, reason="Không còn phù hợp")
    assert (again.value.code, Document.objects.count()) == ("DOC-11", 2)


def test_a_withdrawn_paper_says_why_and_who_and_what_stands_on_it_is_told(monkeypatch) -> None:
    told: list[int] = []
    monkeypatch.setattr(ties, "_ties", [(DocumentKind.DIRECTIVE, lambda actor, paper: told.append(paper.pk))])
    unit = b.department()
    account = b.account("so", "department_admin", unit)
    row = _signed(unit)

    with pytest.raises(InvalidRecord):
        withdraw_document(actor=actor_for(account), document=row, reason="  x ")
    withdraw_document(actor=actor_for(account), document=row, reason="Ký nhầm thẩm quyền")

    assert (row.withdrawn_by, row.withdrawn_reason, row.holds, told) == (account, "Ký nhầm thẩm quyền", False, [row.pk])
    _filed(unit)  # the number is free again


def test_an_error_of_what_stands_on_a_paper_keeps_it_in_force(monkeypatch) -> None:
    def refuse(actor, paper) -> None:
        raise DocumentError("không được")

    monkeypatch.setattr(ties, "_ties", [(DocumentKind.DIRECTIVE, refuse)])
    row = _signed(b.department())

    with pytest.raises(DocumentError):
        withdraw_document(actor=b.SYSTEM, document=row, reason="Ký nhầm thẩm quyền")

    row.refresh_from_db()
    assert row.holds


def test_reading_is_logged_and_a_changed_file_is_named_in_the_log() -> None:
    row = _signed(b.department())

    read = read_document(actor=b.SYSTEM, document=row)
    store._path(row.file.sha256).write_bytes(b"%PDF-forged")
    with pytest.raises(FileChanged):
        read_document(actor=b.SYSTEM, document=row)

    assert (read.content, read.content_type) == (files.pdf(), "application/pdf")
    assert read.name == "cong-van-van-ban-chi-dao-1329-sgdddt-gddtdh.pdf"
    kinds = list(Event.objects.filter(kind__startswith="document:").order_by("pk").values_list("kind", flat=True))
    assert kinds == ["document:file", "document:read", "document:file_changed"]


def test_the_history_keeps_what_a_paper_said_before() -> None:
    row = _filed(b.department(), WITHOUT_NUMBER)
    change_document(actor=b.SYSTEM, document=row, values={"title": "V/v khác"}, seen=None)

    from csdl.audit.edits import changes_of

    assert [change.old for edit in changes_of(row) for change in edit.changes] == [WITHOUT_NUMBER["title"]]


@pytest.mark.server
def test_both_walls_show_a_paper_to_its_unit_and_to_those_above_only(as_web) -> None:
    office = b.office()
    own, beside = b.school(parent=office), b.school("Trường bên cạnh", parent=office)
    far = b.school("Trường quận khác", parent=b.office("Phòng GDĐT quận Hồng Bàng"))
    papers = {where.pk: _signed(where.unit) for where in (own, beside, far)}
    accounts = {
        b.account("ht", "school_head", own.unit): {own.pk},
        b.account("phong", "office_head", office): {own.pk, beside.pk},
        b.account("so", "department_admin", b.department()): {own.pk, beside.pk, far.pk},
        b.account("gv", "homeroom_teacher", own.unit): set(),
    }

    for account, expected in accounts.items():
        actor = actor_for(account)
        if actor.can(Permission.DOCUMENT_READ):
            filtered = visible(Document.objects.all(), actor, Permission.DOCUMENT_READ)
            assert {row.unit_id for row in filtered} == expected, account
        with as_web(account):
            by_database = [set(model.objects.values_list("unit_id", flat=True)) for model in (Document, StoredFile)]
            with connection.cursor() as cursor:
                cursor.execute("SELECT DISTINCT unit_id FROM documents_documentevent")
                history = {row[0] for row in cursor.fetchall()}
        assert by_database == [expected, expected], account
        assert history <= expected, account
    assert len(papers) == 3


@pytest.mark.server
def test_the_web_role_deletes_no_paper_and_writes_none_of_a_neighbour(as_web) -> None:
    own, beside = b.school(), b.school("Trường bên cạnh")
    other = _signed(beside.unit)
    _signed(own.unit)
    account = b.account("ht", "school_head", own.unit)

    for statement in (
        "DELETE FROM documents_document",
        "DELETE FROM documents_storedfile",
        "UPDATE documents_storedfile SET sha256 = repeat('0', 64)",
        "DELETE FROM documents_documentevent",
        "UPDATE documents_documentevent SET title = 'x'",
    ):
        with as_web(account), connection.cursor() as cursor:
            with pytest.raises(DatabaseError) as refused, transaction.atomic():
                cursor.execute(statement)
            assert isinstance(refused.value.__cause__, psycopg.errors.InsufficientPrivilege), statement
    with as_web(account):
        assert Document.objects.filter(pk=other.pk).update(title="chiếm") == 0
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            Document.objects.create(unit=beside.unit, kind="other", title="x")


def test_a_clerk_of_another_school_may_do_nothing_with_a_paper() -> None:
    row = _signed(b.school().unit)
    stranger = actor_for(b.account("vt", "school_clerk", b.school("Trường bên cạnh").unit))

    for act in (
        lambda: read_document(actor=stranger, document=row),
        lambda: change_document(actor=stranger, document=row, values={"title": "x"}, seen=None),
        lambda: replace_document(actor=stranger, document=row, values=LETTER),
        lambda: withdraw_document(actor=stranger, document=row, reason="không có lý do"),
        lambda: sign_document(actor=stranger, document=row, upload=files.upload(files.pdf())),
    ):
        with pytest.raises(NotAllowed):
            act()
