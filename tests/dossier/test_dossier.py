"""A dossier holds what a unit has of a period, twice the same, checked by its own list, opened by few."""

import datetime as dt
import hashlib
import io
import json
import subprocess
import zipfile

import openpyxl
import psycopg
import pytest

from csdl.access.actors import actor_for
from csdl.access.models import Grant
from csdl.access.queries import visible
from csdl.accounts.errors import InvalidRecord, NotAllowed
from csdl.accounts.permissions import Permission
from csdl.audit.actions import record
from csdl.audit.models import Event
from csdl.documents import store
from csdl.documents.actions import file_document, withdraw_document
from csdl.documents.decisions import keep_decision
from csdl.documents.enums import DocumentKind
from csdl.dossier import registry
from csdl.dossier.actions import build_dossier, drop_expired, new_dossier, open_dossier
from csdl.dossier.building import SUMS
from csdl.dossier.errors import DossierError
from csdl.dossier.models import Dossier
from csdl.dossier.registry import Contents, Section, SectionColumn, register_section, sections
from csdl.dossier.sections import papers
from csdl.dossier.tasks import build
from csdl.jobs.models import Job, JobState
from csdl.lib import clock
from csdl.orgs.models import OrgUnit
from csdl.staff.models import StaffPosting, UnitHead
from tests import builders as b
from tests.documents import files
from tests.papers import is_pdf_a_2b, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folders(settings, tmp_path):
    settings.FILES_DIR, settings.DOSSIERS_DIR = tmp_path / "files", tmp_path / "dossiers"
    return tmp_path


@pytest.fixture
def unit() -> OrgUnit:
    """A school with a bit of everything, and its neighbour with the same."""
    school, beside = b.school("Trường THCS Tô Hiệu"), b.school("Trường bên cạnh")
    for where, mark in ((school, "A"), (beside, "B")):
        person, leaver = b.teacher(where, f"Hiệu Trưởng {mark}"), b.teacher(where, f"Người Đi {mark}")
        UnitHead.objects.create(
            unit=where.unit, staff=person, valid_from=dt.date(2022, 9, 1), decision_no=f"12{mark}/QĐ-UBND"
        )
        StaffPosting.objects.filter(staff=leaver).update(valid_to=clock.today() - dt.timedelta(days=3))
        for kind, number, title in (
            ("appointment", f"12{mark}/QĐ-UBND", "Bổ nhiệm hiệu trưởng"),
            ("handover", f"1{mark}/BB", "Bàn giao tài khoản quản trị"),
            ("commitment", "", "Cam kết của văn thư"),
        ):
            file_document(
                actor=b.SYSTEM,
                unit=where.unit,
                values={"kind": kind, "document_no": number, "title": title, "signed_on": dt.date(2023, 9, 1)},
                upload=files.upload(files.pdf(marker=f"{title}{mark}")),
                is_signed=True,
            )
        b.account(f"ht{mark.lower()}", "school_head", where.unit, full_name=f"Hiệu Trưởng {mark}")
        record(
            actor=b.SYSTEM,
            kind="data:export",
            unit_id=where.unit.pk,
            data={"title": f"Danh sách {mark}", "rows": 3, "persons": 3, "purpose": "check"},
        )
    return school.unit


def _built(unit: OrgUnit, **period: dt.date) -> Dossier:
    first, last = period.get("first", dt.date(2023, 8, 1)), period.get("last", clock.today())
    row = new_dossier(actor=b.SYSTEM, unit=unit, first=first, last=last)
    build_dossier(actor=b.SYSTEM, dossier=row)
    return row


def _archive(row: Dossier) -> zipfile.ZipFile:
    return zipfile.ZipFile(open_dossier(actor=b.SYSTEM, dossier=row))


def test_it_holds_the_units_papers_and_rows_and_none_of_the_neighbour(unit: OrgUnit) -> None:
    row = _built(unit)

    with _archive(row) as archive:
        names = archive.namelist()
        book = openpyxl.load_workbook(io.BytesIO(archive.read("00-muc-luc.xlsx")))
        cover, index = archive.read("00-bia.pdf"), archive.read("00-muc-luc.pdf")
    told = "\n".join(str(cell) for sheet in book for line in sheet.values for cell in line if cell)
    printed = text_of(cover) + text_of(index)

    assert [one for one in names if one.endswith(".pdf") and "/" in one] == [
        "02-quyet-dinh/001-12a-qd-ubnd-bo-nhiem-hieu-truong.pdf",
        "04-bien-ban/001-1a-bb-ban-giao-tai-khoan-quan-tri.pdf",
        "06-cam-ket/001-cam-ket-cua-van-thu.pdf",
    ]
    for text in ("Hiệu Trưởng A", "Người Đi A", "12A/QĐ-UBND", "Danh sách A", "hta", "(chưa có số)"):
        assert text in told, text
        assert text in printed, text
    for text in ("Hiệu Trưởng B", "Người Đi B", "12B/QĐ-UBND", "Danh sách B", "htb"):
        assert text not in told + printed, text
    assert ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in printed, is_pdf_a_2b(cover)) == (True, True)


def test_heads_stand_with_their_decisions_or_the_flag(unit: OrgUnit) -> None:
    head = UnitHead.objects.select_related("staff", "unit").get(unit=unit)
    with _archive(_built(unit)) as archive:
        bare = text_of(archive.read("00-muc-luc.pdf"))
    keep_decision(actor=b.SYSTEM, head=head, upload=files.upload(files.pdf(marker="Quyết định")))

    with _archive(_built(unit)) as archive:
        names, sums = archive.namelist(), archive.read(SUMS).decode()

    assert "chưa lưu tệp quyết định" in " ".join(bare.split())
    assert "01-thu-truong/001-quyet-dinh-12a-qd-ubnd-hieu-truong-a.pdf" in names
    assert f"{head.sha256}  01-thu-truong/" in sums


def test_every_kind_of_paper_has_its_part() -> None:
    assert {kind for *_, kinds in papers._PARTS for kind in kinds} == set(DocumentKind)


def test_the_list_of_hashes_is_right_and_read_by_sha256sum(unit: OrgUnit, tmp_path) -> None:
    row = _built(unit)
    with _archive(row) as archive:
        archive.extractall(tmp_path / "out")
        sums = archive.read(SUMS).decode()

    done = subprocess.run(["sha256sum", "-c", "--quiet", SUMS], cwd=tmp_path / "out", capture_output=True, text=True)

    listed = {line.split("  ", 1)[1] for line in sums.splitlines()}
    on_disk = {str(path.relative_to(tmp_path / "out")) for path in (tmp_path / "out").rglob("*") if path.is_file()}
    assert (done.returncode, done.stderr) == (0, "")
    assert listed == on_disk - {SUMS}
    assert row.content_sha256 == hashlib.sha256(sums.encode()).hexdigest()


def test_two_dossiers_of_one_state_are_the_same_and_of_another_are_not(unit: OrgUnit) -> None:
    first, second = _built(unit), _built(unit)
    withdraw_document(actor=b.SYSTEM, document=unit.documents.get(kind="handover"), reason="Ký nhầm người")
    third = _built(unit)

    assert first.content_sha256 == second.content_sha256
    assert first.file_sha256 == second.file_sha256
    assert third.content_sha256 != first.content_sha256


def test_a_period_leaves_out_what_lies_outside_it(unit: OrgUnit) -> None:
    before = _built(unit, first=dt.date(2021, 1, 1), last=dt.date(2022, 12, 31))

    assert before.counts["quyet-dinh"] == {"rows": 0, "files": 0}
    assert before.counts["thu-truong"]["rows"] == 1
    assert (before.counts["thoi-viec"]["rows"], before.counts["tai-du-lieu"]["rows"]) == (0, 0)


def test_grants_without_paper_stand_in_a_part_of_their_own(unit: OrgUnit) -> None:
    Grant.objects.filter(account__username="hta").update(valid_from=dt.date(2023, 9, 1))

    counts = _built(unit).counts

    assert counts["quyen"]["rows"] >= 1
    assert counts["quyen-chua-van-ban"]["rows"] == Grant.objects.filter(unit=unit, paper_id=None).count()


def test_a_changed_file_is_left_out_and_named_on_the_cover(unit: OrgUnit) -> None:
    paper = unit.documents.get(kind="handover")
    store._path(paper.file.sha256).write_bytes(b"%PDF-forged")

    row = _built(unit)

    with _archive(row) as archive:
        assert not any("bien-ban/" in name for name in archive.namelist())
        assert "Tệp đã bị thay đổi" in text_of(archive.read("00-bia.pdf"))
    assert (row.counts["bien-ban"], len(row.warnings)) == ({"rows": 1, "files": 0}, 1)


def test_a_module_adds_a_part(unit: OrgUnit, monkeypatch) -> None:
    monkeypatch.setattr(registry, "_sections", dict(registry._sections))
    register_section(
        Section(
            "thu", "Phần thử", 1, (SectionColumn("x", "Cột", 10),), lambda unit, period: Contents([{"x": unit.name}])
        )
    )

    row = _built(unit)

    assert (sections()[0].code, row.counts["thu"]) == ("thu", {"rows": 1, "files": 0})


def test_a_wrong_period_is_refused_in_words(unit: OrgUnit) -> None:
    today = clock.today()
    for first, last, field in (
        (None, today, "first"),
        (today, None, "last"),
        (today, today + dt.timedelta(days=1), "last"),
        (today, today - dt.timedelta(days=1), "last"),
        (today - dt.timedelta(days=3000), today, "first"),
    ):
        with pytest.raises(InvalidRecord) as refused:
            new_dossier(actor=b.SYSTEM, unit=unit, first=first, last=last)
        assert list(refused.value.fields) == [field]


def test_it_is_opened_by_unit_and_above_until_its_last_day(unit: OrgUnit) -> None:
    row = _built(unit)
    head = actor_for(b.account("ht", "school_head", unit))
    above = actor_for(b.account("so", "department_admin", b.department()))
    for actor in (head, above):
        assert open_dossier(actor=actor, dossier=row).exists()
    for stranger in (
        b.account("vt", "school_clerk", unit),
        b.account("khac", "school_head", b.school("Trường xa").unit),
    ):
        with pytest.raises(NotAllowed):
            open_dossier(actor=actor_for(stranger), dossier=row)
        with pytest.raises(NotAllowed):
            new_dossier(actor=actor_for(stranger), unit=unit, first=row.first_on, last=row.last_on)
    assert Event.objects.filter(kind="dossier:open").count() == 2

    path = open_dossier(actor=head, dossier=row)
    clock.move_to(clock.now() + dt.timedelta(days=31))
    with pytest.raises(DossierError, match="hết hạn") as over:
        open_dossier(actor=head, dossier=row)
    assert (over.value.code, drop_expired(), path.exists()) == ("DOS-02", 1, False)


def test_a_dossier_that_was_changed_is_not_handed_out(unit: OrgUnit) -> None:
    row = _built(unit)
    path = open_dossier(actor=b.SYSTEM, dossier=row)
    path.write_bytes(path.read_bytes() + b"x")

    with pytest.raises(DossierError) as changed:
        open_dossier(actor=b.SYSTEM, dossier=row)

    assert changed.value.code == "DOS-03"


@pytest.mark.server
def test_both_walls_show_a_dossier_to_its_unit_and_above(unit: OrgUnit, as_web) -> None:
    row = _built(unit)
    for name, role, where, sees in (
        ("ht", "school_head", unit, True),
        ("so", "department_admin", b.department(), True),
        ("khac", "school_head", b.school("Trường xa").unit, False),
    ):
        account = b.account(name, role, where)
        filtered = visible(Dossier.objects.all(), actor_for(account), Permission.DOSSIER_READ)
        with as_web(account):
            assert (list(Dossier.objects.all()) == [row], list(filtered) == [row]) == (sees, sees), name


def test_the_background_run_builds_it_and_says_how_it_ended(unit: OrgUnit) -> None:
    row = new_dossier(actor=b.SYSTEM, unit=unit, first=dt.date(2023, 8, 1), last=clock.today())
    job = Job.objects.create(kind="dossier:build", title="x", args={"dossier_id": row.pk, "unit_id": unit.pk})

    build(job.pk)

    job.refresh_from_db()
    row.refresh_from_db()
    assert (job.state, row.made_at is not None) == (JobState.DONE, True)
    assert job.result["files"] == sum(one["files"] for one in row.counts.values()) + 3


def test_the_command_writes_the_file_and_says_what_is_in_it(own_database, tmp_path) -> None:
    code = "T0001"
    with psycopg.connect(own_database.url) as owner:
        owner.execute(
            "INSERT INTO orgs_orgunit (public_id, code, name, kind) VALUES (gen_random_uuid(), %s, 'Sở', 'department')",
            [code],
        )
    out = tmp_path / "ho-so.zip"

    period = ("--from", "2023-09-01", "--to", "2024-05-31")
    done = own_database.csdl("dossier", "build", "--unit", code, *period, "--out", str(out), "--json")
    again = own_database.csdl("dossier", "build", "--unit", code, *period, "--json")
    wrong = own_database.csdl("dossier", "build", "--unit", "khong-co", *period, check=False)

    told = json.loads(done.stdout)
    assert told["content_sha256"] == json.loads(again.stdout)["content_sha256"]
    assert hashlib.sha256(out.read_bytes()).hexdigest() == told["file_sha256"]
    assert (wrong.returncode, "CLI-02" in wrong.stderr) == (2, True)
