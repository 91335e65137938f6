"""Fields without a column of their own: folded in the form, shown in the file; a guardian left out of the page."""

from collections.abc import Callable

import pytest
from django.urls import reverse

from csdl.staff.models import StaffMember, StaffPosting
from csdl.students.models import Guardian, Student
from tests.portals.places import Places

pytestmark = pytest.mark.django_db


def test_a_pupils_other_fields_are_written_and_shown(places: Places, web_client: Callable) -> None:
    client = web_client(places.accounts["clerk"])
    pupil = places.own_pupil.student
    said = {
        "full_name": pupil.full_name,
        "birth_date": "07/10/2012",
        "gender_code": "01",
        "citizen_id_no": pupil.citizen_id_no,
        "extra-NhomMau": "4",
        "extra-DoiVien": "1",
        "extra-NgayVaoDoi": "15/05/2021",
        "phien-ban": "0",
    }
    address = reverse("school:student-edit", args=[pupil.public_id])

    done = client.post(address, said, follow=True).content.decode()
    form = client.get(address).content.decode()
    wrong = client.post(address, said | {"extra-NgayVaoDoi": "31/02/2021"}).content.decode()

    assert Student.objects.get(pk=pupil.pk).extra == {
        "NhomMau": 4,
        "DoiVien": 1,
        "NgayVaoDoi": "2021-05-15T00:00:00",
    }
    assert "<dt>Nhóm máu</dt><dd>Nhóm O</dd>" in done
    assert "<dt>Ngày vào đội</dt><dd>15/05/2021</dd>" in done
    assert 'value="15/05/2021"' in form
    assert '<details class="panel fold"><summary>' in form
    assert '<details class="panel fold" open>' in wrong


def test_a_teachers_other_fields_are_written_and_shown(places: Places, web_client: Callable) -> None:
    StaffMember.objects.filter(pk=places.own_teacher.pk).update(teacher_subject_code="01")
    StaffPosting.objects.filter(staff=places.own_teacher).update(contract_code="07")
    client = web_client(places.accounts["clerk"])
    said = {
        "full_name": "Bùi Thu Trang",
        "birth_date": "03/04/1990",
        "gender_code": "02",
        "teacher_subject_code": "01",
        "extra-DangVien": "1",
        "extra-TrinhDoTinHoc": "02",
        "phien-ban": "0",
    }

    done = client.post(
        reverse("school:staff-edit", args=[places.own_teacher.public_id]), said, follow=True
    ).content.decode()

    assert StaffMember.objects.get(pk=places.own_teacher.pk).extra == {"DangVien": 1, "TrinhDoTinHoc": 2}
    assert "<dt>Đảng viên</dt><dd>Có</dd>" in done


def test_an_ended_guardian_leaves_page_search_and_comes_back(places: Places, web_client: Callable) -> None:
    client = web_client(places.accounts["clerk"])
    page = reverse("school:student-detail", args=[places.own_pupil.student.public_id])
    found = reverse("school:student-list", args=[places.school.unit.public_id]) + "?tim=0912345678"
    end = reverse("school:guardian-end", args=[places.own_guardian.public_id])
    assert "Nguyễn Thị Lan" in client.get(found).content.decode().split('id="results"')[1]

    refused = client.post(end, {"reason": ""}).content.decode()
    ended = client.post(end, {"reason": "Ghi nhầm"}, follow=True).content.decode()

    assert "Hãy nhập mục này." in refused
    assert "Chưa có thông tin cha mẹ, người giám hộ." in ended
    assert "Nguyễn Thị Lan" not in client.get(found).content.decode().split('id="results"')[1]
    assert client.get(end).status_code == 404
    key = ended.split('name="lan" value="')[1].split('"')[0]
    undo = reverse("school:student-undo", args=[places.own_pupil.student.public_id])
    client.post(undo, {"lan": key, "cua": str(places.own_guardian.public_id)})
    assert "Phạm Thị Hoa" in client.get(page).content.decode().split('id="guardians"')[1].split("</section>")[0]
    assert Guardian.objects.get().ended_on is None
