"""A school's import page: files refused in one sentence, a run made of a good one, a list pasted into a class."""

import io
from collections.abc import Callable

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from csdl.audit.models import Event
from csdl.intake.models import ImportRun
from tests.portals.places import Places

pytestmark = pytest.mark.django_db


def _xlsx() -> bytes:
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file)
    book.add_worksheet().write_row(0, 0, ["Họ và tên", "Ngày sinh"])
    book.close()
    return file.getvalue()


def _sent(client, places: Places, name: str, content: bytes, kind: str = "pupils"):  # type: ignore[no-untyped-def]
    file = SimpleUploadedFile(name, content)
    address = reverse("school:import-list", args=[places.school.unit.public_id])
    return client.post(address, {"kind": kind, "file": file})


def test_a_file_becomes_a_run_that_is_read(places: Places, web_client: Callable) -> None:
    client = web_client(places.accounts["clerk"])

    answer = _sent(client, places, "x" * 300 + ".xlsx", _xlsx())

    run = ImportRun.objects.get(account=places.accounts["clerk"])
    assert answer.headers["Location"] == reverse("desk:import-run", args=[run.public_id])
    assert (run.kind, run.unit_id, run.start_year, len(run.file_name)) == ("pupils", places.school.pk, 2024, 200)
    assert run.file_name.endswith("….xlsx")
    assert run.job is not None
    page = client.get(reverse("school:import-list", args=[places.school.unit.public_id])).content.decode()
    assert "Đang xử lý" in page


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.xlsx", b"", "Tệp trống, không có dữ liệu."),
        ("a.xlsx", b"chi la chu", "Tệp không phải bảng tính Excel .xlsx."),
        ("a.xls", bytes.fromhex("d0cf11e0a1b11ae1") + b"0" * 600, "Tệp là Excel đời cũ (.xls) hoặc có mật khẩu."),
        ("a.xlsx", b"PK" + b"0" * 2**20, "Tệp nặng 2 MB, quá 1 MB."),
    ],
)
def test_a_file_that_cannot_be_taken_is_refused_in_a_sentence(
    places: Places,
    web_client: Callable,
    settings,
    name: str,
    content: bytes,
    sentence: str,  # type: ignore[no-untyped-def]
) -> None:
    settings.UPLOAD_LIMIT_BYTES = 1 << 20  # the handler of uploads and the form go by the same number
    client = web_client(places.accounts["clerk"])

    answer = _sent(client, places, name, content)

    assert (answer.status_code, sentence in answer.content.decode()) == (409, True)
    assert ImportRun.objects.filter(account=places.accounts["clerk"]).count() == 0


def test_a_list_pasted_into_a_class_becomes_a_run(places: Places, web_client: Callable) -> None:
    client = web_client(places.accounts["clerk"])
    address = reverse("school:class-paste", args=[places.own_class.public_id])

    asked = client.post(address, {"danh-sach": "Vũ Gia Bảo\t02/03/2012", "viec": "xem"})
    answer = client.post(
        address,
        {
            "danh-sach": "Vũ Gia Bảo\t02/03/2012", "viec": "lap", "so-cot": "2", "cot-0": "full_name",
            "cot-1": "birth_date",
        },
    )  # fmt: skip

    run = ImportRun.objects.get(account=places.accounts["clerk"])
    assert (asked.status_code, "Cột nào là mục nào" in asked.content.decode()) == (200, True)
    assert answer.headers["Location"] == reverse("desk:import-run", args=[run.public_id])
    assert run.options["pasted"]["rows"] == [["Vũ Gia Bảo", "02/03/2012", "7A"]]
    assert run.job is not None


def test_the_whole_school_leaves_with_its_purpose(places: Places, web_client: Callable) -> None:
    client = web_client(places.accounts["clerk"])
    address = reverse("school:import-workbook", args=[places.school.unit.public_id])

    refused = client.post(address, {"purpose": "", "nouns": ["pupils"]})
    taken = client.post(address, {"purpose": "check", "nouns": ["classes", "pupils"]})

    assert "Hãy chọn mục đích sử dụng dữ liệu." in refused.content.decode()
    assert taken.content[:2] == b"PK"
    assert Event.objects.filter(kind__startswith="data:export", unit_id=places.school.pk).count() == 1
