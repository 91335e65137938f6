"""Pages of one import: the plan in words, rows left out, conflicts decided, the fault file, a fixed query count."""

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from csdl.access.actors import actor_for
from csdl.intake.actions import want_rows
from csdl.intake.enums import RowState, RunState
from csdl.intake.models import ColumnMapping, ImportRow, ImportRun
from csdl.intake.problems import ProblemKind
from csdl.jobs.models import Job, JobState
from tests.portals.places import Places

pytestmark = pytest.mark.django_db


def _run(places: Places, **values: Any) -> ImportRun:
    given: dict[str, Any] = {
        "kind": "pupils",
        "unit": places.school.unit,
        "start_year": 2024,
        "account": places.accounts["clerk"],
        "file_name": "danh-sach-7a.xlsx",
        "file_sha256": "0" * 64,
        "state": RunState.PLANNED,
    }
    return ImportRun.objects.create(**given | values)


def _row(run: ImportRun, row_no: int, label: str, state: str, **values: Any) -> ImportRow:
    given = {"noun": "pupils", "sheet": "Học sinh", "target_id": row_no}
    return ImportRow.objects.create(run=run, row_no=row_no, label=label, state=state, **given | values)


def _problem(column: str, value: str, code: ProblemKind, message: str, **more: str) -> dict[str, Any]:
    return {"sheet": "Học sinh", "row": 0, "column": column, "value": value, "code": code, "message": message} | more


def _plan(places: Places) -> ImportRun:
    """One row of each state: a pupil to come, a phone to change, nothing, a quarrel with a colleague, a refusal."""
    run = _run(places)
    new = {"full_name": "Vũ Gia Bảo", "birth_date": "2012-03-02", "gender_code": "01", "citizen_id_no": "031212009999"}
    _row(run, 5, "Vũ Gia Bảo", RowState.CREATED, values=new)
    _row(
        run, 6, "Nguyễn Thị Lan", RowState.UPDATED,
        changes=[{"column": "phone", "old": "0912345678", "new": "0987654321"}],
        problems=[_problem("phone", "987654321", ProblemKind.VALUE_APPROXIMATED, "Dùng 0987654321.")],
    )  # fmt: skip
    _row(run, 7, "Trần Minh Đạt", RowState.UNCHANGED)
    theirs = {"column": "birth_date", "old": "2012-05-19", "new": "2012-09-15", "their": True}
    _row(run, 8, "Đỗ Thị Ánh", RowState.CONFLICT, is_wanted=False, changes=[theirs])
    _row(
        run, 9, "Lê Văn Chín", RowState.REJECTED,
        problems=[_problem("birth_date", "31/02/2012", ProblemKind.CODE_MISSING, "Không có ngày này trong lịch.")],
    )  # fmt: skip
    run.counts = {"pupils": dict.fromkeys(RowState.values, 1)}
    run.save()
    return run


def _said(body: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body))


def _rows(body: str) -> list[int]:
    return [int(number) for number in re.findall(r'data-label="Dòng">(\d+)<', body)]


def test_a_plan_says_who_what_and_what_would_be_right(places: Places, web_client: Callable) -> None:
    run = _plan(places)
    client = web_client(places.accounts["clerk"])

    body = client.get(reverse("desk:import-run", args=[run.public_id])).content.decode()

    said = _said(body)
    # Refused, to be chosen and changed rows come first.
    assert _rows(body) == [9, 8, 6, 5, 7]
    assert "Ghi vào hệ thống (1 thêm mới, 1 cập nhật)" in said
    assert "Ngày sinh: 02/03/2012" in said
    assert "Giới tính: Nam" in said
    assert "Điện thoại: 091•••••78 → 098•••••21" in said
    assert "Ngày sinh: 19/05/2012 → 15/09/2012" in said
    assert "người khác vừa sửa" in said
    assert "Ngày sinh “31/02/2012”: Không có ngày này trong lịch." in said
    for number in ("0912345678", "0987654321", "987654321", "031212009999"):
        assert number not in body


def test_rows_are_narrowed_by_state_fault_mark_and_name(places: Places, web_client: Callable) -> None:
    run = _plan(places)
    client = web_client(places.accounts["clerk"])
    address = reverse("desk:import-run", args=[run.public_id])

    found = {
        query: _rows(client.get(f"{address}?{query}").content.decode())
        for query in (
            *("trang-thai=created", "trang-thai=conflict", "trang-thai=none", f"loi={ProblemKind.CODE_MISSING.value}"),
            *("rieng=canh-bao", "rieng=nguoi-khac", "rieng=bo-ra", "tim=do thi anh", "tim=khong co ai"),
            *("rieng=se-ghi", "rieng=cap-nhat", "sap-xep=dong"),
        )
    }

    assert found == {
        "trang-thai=created": [5],
        "trang-thai=conflict": [8],
        "trang-thai=none": [9, 8, 6, 5, 7],
        f"loi={ProblemKind.CODE_MISSING.value}": [9],
        "rieng=canh-bao": [6],
        "rieng=nguoi-khac": [8],
        "rieng=bo-ra": [],
        "tim=do thi anh": [8],
        "tim=khong co ai": [],
        "rieng=se-ghi": [6, 5],
        "rieng=cap-nhat": [6],
        "sap-xep=dong": [5, 6, 7, 8, 9],
    }


def test_ticks_and_choices_of_a_page_are_kept(places: Places, web_client: Callable) -> None:
    run = _plan(places)
    keys = dict(run.rows.values_list("row_no", "pk"))
    client = web_client(places.accounts["clerk"])

    answer = client.post(
        reverse("desk:import-rows", args=[run.public_id]),
        {"dong": [keys[5], keys[6], keys[8]], "ghi": [keys[6]], f"chon-{keys[8]}": "lay-theo-tep"},
        headers={"HX-Request": "true"},
    )

    wanted = dict(run.rows.values_list("row_no", "is_wanted"))
    assert wanted == {5: False, 6: True, 7: True, 8: True, 9: True}
    assert "Ghi vào hệ thống (2 cập nhật)" in _said(answer.content.decode())
    assert "<html" not in answer.content.decode()


def test_rows_that_go_along_are_said_and_the_page_is_shown_anew(places: Places, web_client: Callable) -> None:
    run = _run(places, kind="school")
    made = _row(run, 3, "6A9", RowState.CREATED, noun="classes", sheet="Lớp học", target_id=900)
    pupil = _row(run, 4, "Vũ Gia Bảo", RowState.CREATED, kept={"class_id": 900})
    client = web_client(places.accounts["clerk"])
    address = reverse("desk:import-rows", args=[run.public_id])

    out = client.post(address, {"dong": [made.pk, pupil.pk], "ghi": [pupil.pk]}, headers={"HX-Request": "true"})

    assert (out.headers["HX-Refresh"], out.content) == ("true", b"")
    assert list(run.rows.values_list("is_wanted", flat=True)) == [False, False]
    page = _said(client.get(reverse("desk:import-run", args=[run.public_id])).content.decode())
    assert "Bỏ ra thêm 1 dòng vì các dòng ấy cần đến dòng vừa bỏ." in page
    back = client.post(address, {"dong": [made.pk, pupil.pk], "ghi": [pupil.pk]}, follow=True)
    assert list(run.rows.values_list("is_wanted", flat=True)) == [True, True]
    assert "Lấy lại thêm 1 dòng mà dòng vừa chọn cần đến." in _said(back.content.decode())


@pytest.mark.parametrize(
    ("act", "query", "wanted"),
    [
        ("lay-theo-tep", "", {5: True, 6: True, 8: True}),
        ("giu-hien-tai", "", {5: True, 6: True, 8: False}),
        ("bo-ra", "", {5: False, 6: False, 8: False}),
        ("bo-ra", "?trang-thai=created", {5: False, 6: True, 8: False}),
    ],
)
def test_all_rows_that_are_found_are_decided_at_once(
    places: Places, web_client: Callable, act: str, query: str, wanted: dict[int, bool]
) -> None:
    run = _plan(places)
    client = web_client(places.accounts["clerk"])

    answer = client.post(f"{reverse('desk:import-rows', args=[run.public_id])}{query}", {"viec": act})

    assert answer.headers["Location"] == f"{reverse('desk:import-run', args=[run.public_id])}{query}#dong"
    found = dict(run.rows.filter(row_no__in=wanted).values_list("row_no", "is_wanted"))
    assert found == wanted


def test_a_row_of_another_run_is_not_touched(places: Places, web_client: Callable) -> None:
    run, other = _plan(places), _run(places)
    foreign = _row(other, 5, "Vũ Gia Bảo", RowState.CREATED)
    client = web_client(places.accounts["clerk"])

    client.post(reverse("desk:import-rows", args=[run.public_id]), {"dong": [foreign.pk]})

    foreign.refresh_from_db()
    assert foreign.is_wanted is True


def test_the_fault_file_holds_each_problem_with_its_place(places: Places, web_client: Callable) -> None:
    run = _plan(places)
    client = web_client(places.accounts["clerk"])

    answer = client.get(reverse("desk:import-faults", args=[run.public_id]))

    rows = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0)
    assert rows.to_python()[1:] == [
        [
            "Học sinh",
            6.0,
            "Nguyễn Thị Lan",
            "Điện thoại",
            "987••••21",
            "Mã được quy đổi gần đúng",
            "Dùng 098•••••21.",
            "Có",
        ],
        [
            *("Học sinh", 9.0, "Lê Văn Chín", "Ngày sinh", "31/02/2012", "Thiếu mã trường"),
            *("Không có ngày này trong lịch.", "Không"),
        ],
    ]


def test_a_plan_takes_as_many_statements_for_one_row_as_for_many(places: Places, web_client: Callable) -> None:
    run = _run(places)
    address = reverse("desk:import-run", args=[run.public_id])

    def fill(numbers: range) -> None:
        for number in numbers:
            values = {"full_name": f"Em {number}", "permanent_commune_code": "11377", "ethnic_code": "01"}
            fault = _problem("birth_date", "?", ProblemKind.DATE_UNREADABLE, "Hãy ghi ngày.")
            _row(run, number, f"Em {number}", RowState.CREATED, values=values, problems=[fault])

    def statements() -> int:
        client = web_client(places.accounts["clerk"])
        client.get(address)
        with CaptureQueriesContext(connection) as caught:
            client.get(address)
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")
        return len(caught)

    fill(range(1, 2))
    few = statements()
    fill(range(2, 45))

    assert statements() == few


@pytest.mark.parametrize(
    ("state", "values", "said"),
    [
        (RunState.PLANNED, {}, "Tệp không có dòng dữ liệu nào"),
        (RunState.REFUSED, {"message": "Tệp không phải bảng tính Excel .xlsx."}, "Tệp không phải bảng tính Excel"),
        (RunState.APPLIED, {}, "Đã ghi vào hệ thống"),
        (RunState.UNDONE, {}, "Đã hoàn tác"),
    ],
)
def test_each_state_has_its_page(
    places: Places, web_client: Callable, state: str, values: dict[str, str], said: str
) -> None:
    run = _run(places, state=state, **values)
    client = web_client(places.accounts["clerk"])

    answer = client.get(reverse("desk:import-run", args=[run.public_id]))

    assert (answer.status_code, said in _said(answer.content.decode())) == (200, True)


def test_progress_survives_the_tab_and_leads_to_the_plan(places: Places, web_client: Callable) -> None:
    job = Job.objects.create(
        kind="intake:plan", title="Đọc và kiểm tra tệp", account=places.accounts["clerk"], state=JobState.RUNNING,
        done_count=300, total_count=1800, message="Kiểm tra từng dòng",
    )  # fmt: skip
    run = _run(places, state=RunState.UPLOADED, job=job)
    address = reverse("desk:import-run", args=[run.public_id])
    client = web_client(places.accounts["clerk"])

    page = _said(client.get(address).content.decode())
    poll = client.get(f"{address}?tien-do=1", headers={"HX-Request": "true"})
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
    Job.objects.update(state=JobState.DONE)
    ImportRun.objects.update(state=RunState.PLANNED)
    client = web_client(places.accounts["clerk"])
    done = client.get(f"{address}?tien-do=1", headers={"HX-Request": "true"})

    assert "Kiểm tra từng dòng 300 / 1.800 (17%)" in page
    assert "Có thể đóng trang này" in page
    assert poll.content.decode().lstrip().startswith('<section id="job-progress"')
    assert done.headers["HX-Redirect"] == address


def test_a_neighbours_import_does_not_exist_and_a_teacher_has_none(places: Places, web_client: Callable) -> None:
    run = _run(places, unit=places.other_school.unit, account=None)
    _row(run, 5, "Lê Văn Láng Giềng", RowState.CREATED)
    pages = ("desk:import-run", "desk:import-columns", "desk:import-undo", "desk:import-faults")

    found = {}
    for role in ("clerk", "homeroom", "nobody"):
        client = web_client(places.accounts[role])
        found[role] = [client.get(reverse(page, args=[run.public_id])).status_code for page in pages]
        found[role] += [
            client.post(reverse(f"desk:import-{act}", args=[run.public_id])).status_code
            for act in ("rows", "apply", "replan", "undo")
        ]

    assert found == {"clerk": [404] * 8, "homeroom": [403] * 8, "nobody": [403] * 8}


def test_unknown_headers_are_tied_once_and_remembered(places: Places, web_client: Callable) -> None:
    asked = {
        "sheet": "Danh sách",
        "headers": ["Tên các cháu", "Ngày sinh của các cháu"],
        "found": {},
        "missing": ["full_name", "birth_date"],
        "headers_key": "0" * 64,
    }
    run = _run(places, state=RunState.UPLOADED, options={"mapping_needed": {"pupils": asked}})
    address = reverse("desk:import-columns", args=[run.public_id])
    client = web_client(places.accounts["clerk"])

    sent = client.get(reverse("desk:import-run", args=[run.public_id]))
    page = client.get(address).content.decode()
    refused = client.post(address, {"pupils:birth_date": "Tên các cháu"})
    tied = client.post(address, {"pupils:full_name": "Tên các cháu", "pupils:birth_date": "Ngày sinh của các cháu"})

    run.refresh_from_db()
    chosen = {"full_name": "Tên các cháu", "birth_date": "Ngày sinh của các cháu"}
    assert sent.headers["Location"] == address
    assert '<option value="Ngày sinh của các cháu" selected>' in page
    assert (refused.status_code, "Hãy chọn cột của tệp ứng với “Họ và tên”." in refused.content.decode()) == (409, True)
    assert tied.headers["Location"] == reverse("desk:import-run", args=[run.public_id])
    assert run.mapping == {"pupils": chosen}
    assert run.job is not None
    assert list(ColumnMapping.objects.values_list("unit_id", "mapping")) == [(places.school.pk, chosen)]


def test_columns_of_a_plan_that_were_not_read_are_tied_from_its_page(places: Places, web_client: Callable) -> None:
    asked = {
        "sheet": "Học sinh",
        "headers": ["Họ và tên", "Ngày sinh", "Mẹ"],
        "found": {"full_name": "Họ và tên", "birth_date": "Ngày sinh"},
        "missing": [],
        "headers_key": "1" * 64,
    }
    run = _plan(places)
    note = _problem("", "Mẹ", ProblemKind.COLUMN_UNREAD, "Cột C “Mẹ” không được đọc.")
    run.options = {"columns": {"pupils": asked}, "notes": [note]}
    run.save()
    address = reverse("desk:import-columns", args=[run.public_id])
    client = web_client(places.accounts["clerk"])

    plan = client.get(reverse("desk:import-run", args=[run.public_id])).content.decode()
    page = client.get(address).content.decode()
    tied = client.post(
        address,
        {"pupils:full_name": "Họ và tên", "pupils:birth_date": "Ngày sinh", "pupils:mother_full_name": "Mẹ"},
    )

    run.refresh_from_db()
    assert f'href="{address}"' in plan
    assert "Cột của tệp chưa ứng với mục nào: <strong>“Mẹ”</strong>." in page
    assert tied.headers["Location"] == reverse("desk:import-run", args=[run.public_id])
    assert (run.mapping, run.job is not None) == ({"pupils": {"mother_full_name": "Mẹ"}}, True)
    assert ColumnMapping.objects.get().mapping == {"mother_full_name": "Mẹ"}


def test_columns_that_nobody_read_are_named_on_the_plan(places: Places, web_client: Callable) -> None:
    run = _plan(places)
    run.options = {"notes": [_problem("", "Sở thích", ProblemKind.COLUMN_UNREAD, "Cột H “Sở thích” không được đọc.")]}
    run.save()
    client = web_client(places.accounts["clerk"])

    said = _said(client.get(reverse("desk:import-run", args=[run.public_id])).content.decode())

    assert "Nhận xét chung về tệp" in said
    assert "Cột H “Sở thích” không được đọc." in said


def test_the_list_of_runs_counts_what_is_written_and_what_was_left_out(places: Places, web_client: Callable) -> None:
    run = _plan(places)
    actor = actor_for(places.accounts["clerk"])
    rows = {row.row_no: row.pk for row in run.rows.all()}
    want_rows(actor=actor, run=run, row_ids=[rows[5]], is_wanted=False)
    target = places.own_pupil.student_id
    ImportRow.objects.filter(pk=rows[8]).update(target_id=target)
    want_rows(actor=actor, run=run, row_ids=[rows[8]], is_wanted=True)
    client = web_client(places.accounts["clerk"])

    said = _said(client.get(reverse("school:import-list", args=[places.school.unit.public_id])).content.decode())

    assert "2 cập nhật, 1 không đổi, 1 không nhận, 1 bỏ ra" in said


def test_an_undo_promises_no_more_than_it_does_and_is_asked_about_just_what_stays(
    places: Places, web_client: Callable
) -> None:
    run = _plan(places)
    run.state = RunState.APPLIED
    run.save()
    client = web_client(places.accounts["clerk"])
    page = reverse("desk:import-undo", args=[run.public_id])
    first = _said(client.get(page).content.decode())
    run.job = Job.objects.create(
        kind="intake:undo", title="Hoàn tác", account=places.accounts["clerk"], state=JobState.FAILED, args={},
        finished_at=timezone.now(), message="Danh sách đã thay đổi.",
        result={"problems": ["Dòng 5, Vũ Gia Bảo: hồ sơ đã được sửa sau khi nhập"],
                "facts": {"mark": "a1b2", "created": 1}},
    )  # fmt: skip
    run.save()

    body = client.get(page).content.decode()
    client.post(page, {"giu": "1", "danh-sach": "a1b2"})

    assert "Bỏ 1 dòng" not in first
    assert "Bỏ 0 dòng đã thêm, trả 1 dòng đã cập nhật về giá trị cũ, giữ lại 1 dòng nêu dưới đây." in _said(body)
    assert 'name="danh-sach" value="a1b2"' in body
    assert Job.objects.get(kind="intake:undo", state=JobState.QUEUED).args["agreed"] == "a1b2"


def test_what_was_taken_back_in_part_says_so(places: Places, web_client: Callable) -> None:
    run = _plan(places)
    stayed = run.rows.get(row_no=5).pk
    run.state, run.options = RunState.UNDONE, {"kept": {"created": 1, "updated": 0, "rows": [stayed]}}
    run.message = "Được giữ lại vì có dữ liệu mới phụ thuộc:\nDòng 5, Vũ Gia Bảo: hồ sơ đã được sửa sau khi nhập"
    run.save()
    client = web_client(places.accounts["clerk"])

    said = _said(client.get(reverse("desk:import-run", args=[run.public_id])).content.decode())

    assert "Đã hoàn tác một phần" in said
    assert "không còn trong hệ thống" in said
    assert "0 dòng đã thêm, nay bỏ" in said
    assert "1 giữ lại" in said
    assert "Giữ lại (1)" in said
    assert "Đã trả về giá trị cũ (1)" in said
    assert "Thêm mới (" not in said
    address = reverse("desk:import-run", args=[run.public_id])
    for mark, rows, word in (("giu-lai", [5], "Giữ lại"), ("tra-lai", [6], "Đã trả về giá trị cũ"), ("da-bo", [], "")):
        page = client.get(f"{address}?rieng={mark}")
        assert [line.row.row_no for line in page.context["listing"].items] == rows
        assert all(line.word == word for line in page.context["listing"].items)


def test_a_plan_says_what_it_takes_for_granted(places: Places, web_client: Callable) -> None:
    run = _plan(places)
    client = web_client(places.accounts["clerk"])

    said = _said(client.get(reverse("desk:import-run", args=[run.public_id])).content.decode())

    assert "hệ thống ghi từ 01/07/2024, Xét tuyển (đã học ở trường năm trước: Lên lớp)" in said


def test_rows_left_out_are_not_counted_as_written(places: Places, web_client: Callable) -> None:
    run = _plan(places)
    ImportRow.objects.filter(run=run, row_no=5).update(is_wanted=False)
    ImportRun.objects.filter(pk=run.pk).update(state=RunState.APPLIED)
    client = web_client(places.accounts["clerk"])

    body = client.get(reverse("desk:import-run", args=[run.public_id])).content.decode()

    assert "Thêm mới (" not in body
    assert "Đã bỏ ra (1)" in body
    assert "Cập nhật (1)" in body
