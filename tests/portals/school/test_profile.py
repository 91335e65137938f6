"""The school's own page of a year: profile, sites, rooms; two editors side by side; nothing of a neighbour."""

from collections.abc import Callable

import pytest
from django.urls import reverse

from csdl.orgs.models import SchoolProfile, SchoolRooms, SchoolSite
from csdl.orgs.queries import RoomCount, room_counts
from tests.portals.places import Places

pytestmark = pytest.mark.django_db


def _url(name: str, places: Places) -> str:
    return reverse(f"school:{name}", args=[places.school.unit.public_id])


def test_a_carried_profile_waits_and_is_confirmed(places: Places, web_client: Callable) -> None:
    SchoolProfile.objects.filter(school=places.school, start_year=2024).update(is_confirmed=False)
    client = web_client(places.accounts["clerk"])

    before = client.get(_url("profile", places)).content.decode()
    after = client.post(_url("profile-confirm", places), follow=True).content.decode()

    assert "chưa xác nhận" in before
    assert "Đã xác nhận hồ sơ trường, năm học 2024-2025." in after
    assert "chưa xác nhận" not in after


def test_the_profile_is_corrected_with_its_yearly_flags_and_taken_back(places: Places, web_client: Callable) -> None:
    client = web_client(places.accounts["clerk"])
    said = {
        "level_group_code": "07",
        "ownership_code": "01",
        "phone": "0225 3842 123",
        "extra-Hoc2BuoiNgay": "1",
        "extra-DienTich": "5400,5",
        "phien-ban": "0",
    }

    done = client.post(_url("profile-edit", places), said, follow=True).content.decode()
    row = SchoolProfile.objects.get(school=places.school, start_year=2024)
    key = done.split('name="lan" value="')[1].split('"')[0]
    undone = client.post(_url("profile-undo", places), {"lan": key, "cua": ""}, follow=True).content.decode()

    assert (row.phone, row.extra) == ("0225 3842 123", {"Hoc2BuoiNgay": 1, "DienTich": 5400.5})
    assert "Học 2 buổi trên ngày</dt><dd>Có</dd>" in done
    assert "Đã hoàn tác: điện thoại, diện tích, học 2 buổi trên ngày." in undone


def test_faults_of_the_folded_groups_are_shown_open(places: Places, web_client: Callable) -> None:
    client = web_client(places.accounts["clerk"])

    body = client.post(_url("profile-edit", places), {"extra-DienTich": "rộng", "phien-ban": "0"}).content.decode()

    assert "“rộng” không phải số." in body
    assert "Nhóm cấp học: Hãy chọn một mục." in body
    assert '<details class="panel fold" open>' in body


def test_a_colleagues_newer_flag_is_shown_side_by_side(places: Places, web_client: Callable) -> None:
    client = web_client(places.accounts["clerk"])
    base = {"level_group_code": "07", "ownership_code": "01", "phien-ban": "0"}
    client.post(_url("profile-edit", places), base | {"extra-DienLuoi": "1"})

    body = client.post(_url("profile-edit", places), base | {"extra-DienLuoi": "0"}).content.decode()

    assert "Hồ sơ này đã được sửa sau khi trang được mở" in body
    assert "Người sửa: chính bạn (ở trang khác), " in body
    assert 'name="giu-extra-DienLuoi" value="theirs"> Có' in body
    assert (body.count('class="list list-cards both"'), body.count('data-label="Bạn nhập"')) == (1, 1)
    assert 'name="giu-extra-DienLuoi" value="mine"> Không' in body


def test_a_site_is_added_made_main_and_ended(places: Places, web_client: Callable) -> None:
    client = web_client(places.accounts["clerk"])
    client.post(_url("site-new", places), {"code": "02", "name": "Điểm thôn Đông", "extra-KhoangCach": "1,5"})
    main, new = SchoolSite.objects.filter(school=places.school, start_year=2024).order_by("code")

    refused = client.post(reverse("school:site-end", args=[main.public_id]), {"on": "01/09/2024"}).content.decode()
    turned = client.post(reverse("school:site-main", args=[new.public_id]), follow=True).content.decode()
    named = client.post(reverse("school:site-end", args=[main.public_id]), {"on": "01/09/2024"}).content.decode()

    assert "Điểm chính không kết thúc được" in refused
    assert "Điểm thôn Đông nay là điểm chính." in turned
    assert "Còn lớp 7A, lớp 7B học tại Điểm chính." in named
    assert new.extra == {"KhoangCach": 1.5}


def test_rooms_are_typed_as_one_table(places: Places, web_client: Callable) -> None:
    client = web_client(places.accounts["clerk"])

    done = client.post(
        _url("rooms", places), {"03-01-permanent": "12", "03-03-permanent": "1", "phien-ban": "0"}, follow=True
    ).content.decode()
    wrong = client.post(_url("rooms", places), {"03-01-permanent": "nhiều"}).content.decode()
    both = client.post(_url("rooms", places), {"03-01-permanent": "13", "phien-ban": "0"}).content.decode()
    key = done.split('name="lan" value="')[1].split('"')[0]
    undone = client.post(_url("rooms-undo", places), {"lan": key}, follow=True).content.decode()

    assert "Đã lưu 2 loại phòng." in done
    assert "“nhiều” không phải số phòng" in wrong
    assert 'name="giu-03-01-permanent" value="theirs"> 12' in both
    assert "Đã hoàn tác 2 loại phòng." in undone
    assert set(room_counts(places.school.pk, 2024).values()) == {RoomCount(0, 0, 0)}


def test_last_years_rooms_are_copied_on_request(places: Places, web_client: Callable) -> None:
    SchoolRooms.objects.create(
        school=places.school, start_year=2023, level_code="03", room_code="01", permanent_count=9
    )
    client = web_client(places.accounts["clerk"])

    body = client.post(_url("rooms-copy", places), follow=True).content.decode()

    assert "Đã lấy số liệu năm trước của 1 loại phòng." in body
    assert room_counts(places.school.pk, 2024) == {("03", "01"): RoomCount(9, 0, 0)}


@pytest.mark.parametrize(("role", "status"), [("department", 403), ("office", 403), ("homeroom", 403), ("nobody", 403)])
def test_who_does_not_keep_the_school_writes_nothing(
    places: Places, web_client: Callable, role: str, status: int
) -> None:
    client = web_client(places.accounts[role])
    site = SchoolSite.objects.get(school=places.school, start_year=2024)
    posts = [_url(name, places) for name in ("profile-confirm", "profile-undo", "rooms", "rooms-copy", "rooms-undo")]
    posts.append(reverse("school:site-main", args=[site.public_id]))

    assert [client.post(address, {"lan": "1"}).status_code for address in posts] == [status] * len(posts)


def test_a_neighbours_school_is_not_there(places: Places, web_client: Callable) -> None:
    client = web_client(places.accounts["clerk"])
    other = places.other_school.unit.public_id
    site = SchoolSite.objects.get(school=places.other_school, start_year=2024)
    gets = [reverse(f"school:{name}", args=[other]) for name in ("profile", "profile-edit", "rooms", "site-new")]
    gets += [reverse(f"school:{name}", args=[site.public_id]) for name in ("site-edit", "site-end")]
    posts = [reverse(f"school:{name}", args=[other]) for name in ("profile-confirm", "rooms", "rooms-copy")]
    posts.append(reverse("school:site-main", args=[site.public_id]))

    assert {client.get(address).status_code for address in gets} == {404}
    assert {client.post(address).status_code for address in posts} == {404}
