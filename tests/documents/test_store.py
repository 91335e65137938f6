"""What is taken in, what is refused with which sentence, and that a changed file is never handed out."""

import os
import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from csdl.accounts.errors import NotAllowed
from csdl.documents import store
from csdl.documents.actions import store_file
from csdl.documents.errors import FileChanged, FileRefused
from csdl.documents.models import StoredFile
from csdl.documents.queries import open_file
from tests import builders as b
from tests.documents import files

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.FILES_DIR = tmp_path / "files"
    return settings.FILES_DIR


@pytest.mark.parametrize(
    ("content", "media_type", "pages"),
    [
        (files.pdf(3), "application/pdf", 3),
        (files.pdf_that_opens("/GoTo", D="trang-1"), "application/pdf", 1),
        (files.pdf_that_opens_on_its_first_page(), "application/pdf", 1),
        (files.pdf_that_acts_on_a_page("/GoTo"), "application/pdf", 1),
        (files.pdf_of_a_word_processor(), "application/pdf", 1),
        (files.pdf_of_a_scanner(), "application/pdf", 1),
        (files.image("JPEG"), "image/jpeg", 1),
        (files.image("PNG"), "image/png", 1),
    ],
)
def test_clean_files_are_kept_by_their_content(folder, content: bytes, media_type: str, pages: int) -> None:
    unit = b.department()

    # The name says something else: it is not asked.
    row = store_file(actor=b.SYSTEM, unit=unit, upload=files.upload(content, "danh-sach.xlsx"))

    assert (row.media_type, row.page_count, row.size_bytes) == (media_type, pages, len(content))
    assert open_file(row) == content
    assert [path.name for path in folder.rglob("*") if path.is_file()] == [row.sha256]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "DOC-02"),
        (b"PK\x03\x04 a workbook", "DOC-01"),
        (b"<html><script>x()</script>%PDF-1.7", "DOC-01"),
        (files.pdf_with_script(), "DOC-04"),
        (files.pdf_with_hidden_script(), "DOC-04"),
        (files.pdf_with_script_in_an_object_stream(), "DOC-04"),
        (files.pdf_that_launches(), "DOC-04"),
        (files.pdf_that_opens("/GoToR", F="\\\\evil\\share"), "DOC-04"),
        (files.pdf_that_opens("/URI", URI="http://x.vn/dem"), "DOC-04"),
        (files.pdf_that_opens("/URI", packed=True, URI="http://x.vn/dem"), "DOC-04"),
        (files.pdf_that_opens("/SubmitForm", F="http://x.vn"), "DOC-04"),
        (files.pdf_that_opens("/ImportData", F="x.fdf"), "DOC-04"),
        (files.pdf_that_acts_on_a_page("/URI"), "DOC-04"),
        (files.pdf_that_acts_on_a_page("/GoTo", "/URI"), "DOC-04"),
        (files.pdf_with_link("<< /S 4 0 R /F (cmd.exe) >>", "/L#61unch"), "DOC-04"),
        (files.pdf_with_link("<< /S 4 0 R /F (http://x.vn) >>", "/Submit#46orm"), "DOC-04"),
        (files.pdf_with_link("4 0 R", "<< /S 5 0 R /URI (javascript:x\\(\\)) >>", "/URI"), "DOC-04"),
        (files.pdf_with_link("<< /S /URI /URI (file:///c:/x.exe) >>"), "DOC-04"),
        (files.pdf_with_link("<< /S /URI /URI 4 0 R >>", "(\\\\may-la\\chung)"), "DOC-04"),
        (files.pdf_with_link("<< /S /URI /URI (http://x.vn) /Next << /S /Hide /T (a) >> >>"), "DOC-04"),
        (files.pdf_with_link("<< /S /GoTo /D [3 0 R /Fit] /Next [4 0 R] >>", "<< /S /ResetForm >>"), "DOC-04"),
        (files.pdf_with_link("<< /S /Named /N /Print >>"), "DOC-04"),
        (files.pdf_with_link("<< /S /Thread /F (x.pdf) /D 0 >>"), "DOC-04"),
        (files.pdf_with_note("/Subtype /Screen /A << /S /Rendition /OP 0 /R << /S /MR >> >>"), "DOC-04"),
        (files.pdf_with_note("/Subtype 4 0 R", "/Screen"), "DOC-04"),
        (files.pdf_with_note("/Subtype /Movie /Movie << /F (\\\\may-la\\x.avi) >> /A true"), "DOC-04"),
        (
            files.pdf_with_note("/Subtype /Sound /Sound 4 0 R", "<< /R 8000 /Length 1 >>\nstream\na\nendstream"),
            "DOC-04",
        ),
        (
            files.pdf_with_note("/Subtype /3D /3DD 4 0 R", "<< /Subtype /U3D /Length 1 >>\nstream\na\nendstream"),
            "DOC-04",
        ),
        (files.pdf_written("", "<< /OnInst#61ntiate 5 0 R /Length 1 >>\nstream\na\nendstream"), "DOC-04"),
        (files.pdf_written("", "<< /Length 0 /F << /FS /URL /F (x) >> >>\nstream\n\nendstream"), "DOC-04"),
        (files.pdf_written("", "<< /Length 0 /F (x.dat) >>\nstream\n\nendstream"), "DOC-04"),
        (files.pdf_written("/PresSteps << /NA << /S /Hide >> >>"), "DOC-04"),
        (files.pdf() + b"\n9 0 obj << /S /J#61vaScript >> endobj", "DOC-04"),
        (files.pdf_written("/Thing 4 0 R", "5 0 R", "4 0 R", catalog="/OpenAction 4 0 R"), "DOC-06"),
        (files.pdf_with_attachment(), "DOC-04"),
        (files.pdf_that_was_cleaned_by_an_edit(), "DOC-04"),
        (files.pdf_with_password(), "DOC-05"),
        (files.pdf()[:200], "DOC-06"),
        (files.pdf_nested(), "DOC-06"),
        (b"%PDF-1.7\n" + b"x" * 500, "DOC-06"),
        (files.image("JPEG")[:300], "DOC-06"),
        (b"\x89PNG\r\n\x1a\n" + files.image("JPEG"), "DOC-06"),
        (files.image("PNG", (10_000, 9_000)), "DOC-06"),
    ],
)
def test_what_is_not_a_plain_paper_is_refused(folder, content: bytes, code: str) -> None:
    with pytest.raises(FileRefused) as refused:
        store_file(actor=b.SYSTEM, unit=b.department(), upload=SimpleUploadedFile("ban-quet.pdf", content))

    assert refused.value.code == code
    assert refused.value.message.count(".") >= 1
    assert (StoredFile.objects.count(), [*folder.rglob("*")]) == (0, [])


def test_the_packed_script_is_really_packed() -> None:
    """Else the case above would show what a search in the bytes finds."""
    assert b"JavaScript" not in files.pdf_with_script_in_an_object_stream()


class Endless:
    """A file that says nothing of its size and never ends; how much of it was asked for."""

    name = "bien-ban.pdf"
    size = None
    given = 0

    def chunks(self):
        while True:
            self.given += 1 << 16
            yield b"%PDF-" + b" " * ((1 << 16) - 5)


def test_a_file_beyond_the_limit_is_refused_without_being_read_to_its_end(folder, settings) -> None:
    settings.UPLOAD_LIMIT_BYTES = 1 << 20
    endless = Endless()

    with pytest.raises(FileRefused, match=r"quá 1 MB.*DOC-03|quá 1 MB"):
        store_file(actor=b.SYSTEM, unit=b.department(), upload=endless)

    assert endless.given <= (1 << 20) + (1 << 16)
    assert [*folder.rglob("*")] == []


def test_the_same_content_is_kept_once_for_a_unit_and_apart_for_another(folder) -> None:
    one, other = b.school().unit, b.school("Trường bên cạnh").unit

    rows = [store_file(actor=b.SYSTEM, unit=where, upload=files.upload(files.pdf())) for where in (one, one, other)]

    assert (rows[0].pk, rows[1].pk) == (rows[0].pk, rows[0].pk)
    assert rows[2].pk != rows[0].pk
    assert len({row.sha256 for row in rows}) == 1


def test_a_changed_file_is_named_and_not_handed_out(folder) -> None:
    row = store_file(actor=b.SYSTEM, unit=b.department(), upload=files.upload(files.pdf()))
    path = store._path(row.sha256)
    path.write_bytes(path.read_bytes().replace(b"842", b"843"))

    with pytest.raises(FileChanged, match="Tệp đã bị thay đổi") as changed:
        open_file(row)
    path.unlink()
    with pytest.raises(FileChanged, match="Không tìm thấy tệp") as gone:
        open_file(row)

    assert (changed.value.code, gone.value.code) == ("DOC-07", "DOC-08")


def test_taking_a_changed_file_in_again_heals_it(folder) -> None:
    row = store_file(actor=b.SYSTEM, unit=b.department(), upload=files.upload(files.pdf()))
    store._path(row.sha256).write_bytes(b"x")

    again = store_file(actor=b.SYSTEM, unit=b.department(), upload=files.upload(files.pdf()))

    assert (again.pk, open_file(again)) == (row.pk, files.pdf())


def test_files_are_readable_by_the_servers_own_user_only(folder) -> None:
    row = store_file(actor=b.SYSTEM, unit=b.department(), upload=files.upload(files.pdf()))

    assert (store._path(row.sha256).stat().st_mode & 0o077, folder.stat().st_mode & 0o077) == (0, 0)


def test_only_who_may_edit_papers_keeps_files() -> None:
    from csdl.access.actors import actor_for

    where = b.school()
    teacher = b.account("gv", "homeroom_teacher", where.unit)

    with pytest.raises(NotAllowed):
        store_file(actor=actor_for(teacher), unit=where.unit, upload=files.upload(files.pdf()))


def test_a_sweep_takes_what_no_row_names_after_a_day(folder) -> None:
    """What a rolled-back transaction and a killed process leave behind; a kept paper stays, however old."""
    row = store_file(actor=b.SYSTEM, unit=b.department(), upload=files.upload(files.pdf(2)))
    for old in (True, False):
        with store.received(files.upload(files.pdf(marker=f"rolled back {old}"))) as came:
            store.place(came)
        left = [folder / came.sha256[:2] / came.sha256, folder / f"new-cut-off-{old}"]
        left[1].write_bytes(b"%PDF-")
        for path in left if old else ():
            os.utime(path, (time.time() - 25 * 3600,) * 2)
    kept = folder / row.sha256[:2] / row.sha256
    os.utime(kept, (time.time() - 400 * 24 * 3600,) * 2)

    swept = store.sweep()

    assert swept == 2
    assert sorted(path for path in folder.rglob("*") if path.is_file()) == sorted([kept, *left])


def test_the_web_role_sweeps_nothing(folder, as_web) -> None:
    unit = b.department()
    row = store_file(actor=b.SYSTEM, unit=unit, upload=files.upload(files.pdf()))
    os.utime(folder / row.sha256[:2] / row.sha256, (0, 0))

    with as_web(None), pytest.raises(RuntimeError):
        store.sweep()

    assert open_file(row) == files.pdf()
