"""What a school is and has in a year: profile, sites, rooms – by the school alone, in an open year, taken back."""

import datetime as dt

import pytest

from csdl.access.actors import actor_for
from csdl.accounts.errors import InvalidRecord, NotAllowed
from csdl.audit.edits import EditedMeanwhile, changes_of, version_of
from csdl.audit.models import Event
from csdl.orgs.actions import (
    RoomCount,
    add_site,
    change_profile,
    change_site,
    confirm_profile,
    copy_rooms,
    end_site,
    make_main_site,
    save_rooms,
    undo_profile_edit,
    undo_rooms,
    undo_site_edit,
)
from csdl.orgs.errors import SiteError
from csdl.orgs.models import SchoolProfile, SchoolSite
from csdl.orgs.queries import room_counts, room_edits
from csdl.years.errors import YearError
from csdl.years.models import SchoolYear
from tests import builders as b

pytestmark = pytest.mark.django_db
CLASSROOM, LIBRARY = ("03", "01"), ("03", "03")


class Place:
    """A school with its clerk, and the clerk of the school beside it."""

    def __init__(self) -> None:
        self.school = b.school(years=(2023, 2024))
        self.profile = SchoolProfile.objects.get(school=self.school, start_year=2023)
        self.main = SchoolSite.objects.get(school=self.school, start_year=2023)
        self.clerk = actor_for(b.account("vanthu", "school_clerk", self.school.unit))
        self.stranger = actor_for(b.account("vanthu2", "school_clerk", b.school("Trường THCS Kế Bên").unit))

    def site(self, code: str = "02", name: str = "Điểm thôn Đông") -> SchoolSite:
        return add_site(
            actor=self.clerk, school=self.school, start_year=2023, values={"code": code, "name": name, "extra": {}}
        )

    def rooms(self, year: int = 2023, seen: int | None = None, **counts: tuple[int, int, int]) -> int:
        cells = {
            {"classroom": CLASSROOM, "library": LIBRARY}[name]: RoomCount(*count) for name, count in counts.items()
        }
        return save_rooms(actor=self.clerk, school=self.school, start_year=year, counts=cells, seen=seen)


@pytest.fixture
def place(db: None) -> Place:
    return Place()


def test_a_site_is_added_changed_and_taken_back(place: Place) -> None:
    site = place.site()
    change_site(actor=place.clerk, site=site, values={"name": "Điểm thôn Đoài", "extra": {"KhoangCach": 2.5}}, seen=0)
    (edit,) = changes_of(site)

    assert [(change.label, change.old, change.new) for change in edit.changes] == [
        ("Tên điểm trường", "Điểm thôn Đông", "Điểm thôn Đoài"),
        ("Khoảng cách đến điểm trường chính (km)", None, 2.5),
    ]
    undo_site_edit(actor=place.clerk, site=site, key=edit.key)
    assert (site.name, site.extra, site.is_main) == ("Điểm thôn Đông", {}, False)


def test_every_fault_of_a_site_is_said_at_once(place: Place) -> None:
    with pytest.raises(InvalidRecord) as refused:
        add_site(
            actor=place.clerk,
            school=place.school,
            start_year=2023,
            values={"code": "01", "name": "", "commune_code": "xxxxx", "extra": {"KhoangCach": "xa"}},
        )

    assert sorted(refused.value.fields) == ["code", "commune_code", "extra", "name"]


def test_the_main_site_changes_in_one_act_and_back(place: Place) -> None:
    site = place.site()

    make_main_site(actor=place.clerk, site=site)
    place.main.refresh_from_db()
    assert (place.main.is_main, site.is_main) == (False, True)

    undo_site_edit(actor=place.clerk, site=site, key=changes_of(site)[0].key)
    place.main.refresh_from_db()
    assert (place.main.is_main, site.is_main) == (True, False)


def test_a_site_ends_only_when_empty_and_not_the_main_one(place: Place) -> None:
    site = place.site()
    school_class = b.school_class(place.school, "6A", "06")
    with pytest.raises(InvalidRecord) as refused:
        end_site(actor=place.clerk, site=place.main, on=dt.date(2025, 1, 1))
    end_site(actor=place.clerk, site=site, on=dt.date(2024, 1, 2))

    assert refused.value.problems == [
        "Điểm chính không kết thúc được. Hãy chọn một điểm trường khác làm điểm chính trước.",
        "Còn lớp 6A học tại Điểm chính. Hãy xếp sang điểm trường khác trước.",
        "Hãy nhập ngày trong năm học, từ 01/07/2023 đến 30/06/2024.",
    ]
    assert (school_class.site_id, site.closed_on) == (place.main.pk, dt.date(2024, 1, 2))
    with pytest.raises(SiteError, match="ORG-02"):
        change_site(actor=place.clerk, site=site, values={"name": "Khác"}, seen=None)
    undo_site_edit(actor=place.clerk, site=site, key=changes_of(site)[0].key)
    assert site.closed_on is None


def test_a_carried_profile_is_confirmed_or_corrected(place: Place) -> None:
    SchoolProfile.objects.filter(pk=place.profile.pk).update(is_confirmed=False)
    place.profile.refresh_from_db()

    confirm_profile(actor=place.clerk, profile=place.profile)
    change_profile(
        actor=place.clerk,
        profile=place.profile,
        values={"phone": "0225 3842 123", "extra": {"Hoc2BuoiNgay": 1}},
        seen=version_of(place.profile),
    )

    assert (place.profile.is_confirmed, place.profile.phone, place.profile.extra) == (
        True,
        "0225 3842 123",
        {"Hoc2BuoiNgay": 1},
    )
    undo_profile_edit(actor=place.clerk, profile=place.profile, key=changes_of(place.profile)[0].key)
    assert (place.profile.phone, place.profile.extra) == ("", {})
    kinds = Event.objects.filter(kind__startswith="school:").order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["school:confirm_profile", "school:change_profile", "school:undo_profile_edit"]


def test_every_fault_of_a_profile_is_said_at_once_and_old_words_of_a_file_stay(place: Place) -> None:
    SchoolProfile.objects.filter(pk=place.profile.pk).update(extra={"Cũ": "chữ của tệp"})
    place.profile.refresh_from_db()
    values = {
        "level_group_code": "",
        "ownership_code": "77",
        "phone": "12",
        "email": "không",
        "website": "trang tin",
        "commune_code": "0",
        "extra": {"Cũ": "chữ của tệp", "DienLuoi": 3},
    }

    with pytest.raises(InvalidRecord) as refused:
        change_profile(actor=place.clerk, profile=place.profile, values=values, seen=None)

    assert {name: len(texts) for name, texts in refused.value.fields.items()} == {
        "level_group_code": 1,
        "ownership_code": 1,
        "phone": 1,
        "email": 1,
        "website": 1,
        "commune_code": 1,
        "extra": 1,
    }


def test_two_people_change_two_fields_of_extra_or_the_same_one(place: Place) -> None:
    seen = version_of(place.profile)
    change_profile(actor=place.clerk, profile=place.profile, values={"extra": {"DienLuoi": 1}}, seen=seen)

    change_profile(actor=place.clerk, profile=place.profile, values={"extra": {"CoChiBoDang": 1}}, seen=seen)
    with pytest.raises(EditedMeanwhile) as refused:
        change_profile(actor=place.clerk, profile=place.profile, values={"extra": {"DienLuoi": 0}}, seen=seen)

    assert place.profile.extra == {"DienLuoi": 1, "CoChiBoDang": 1}
    assert [(one.name, one.theirs, one.mine) for one in refused.value.overlaps] == [("extra-DienLuoi", 1, 0)]


def test_rooms_are_saved_as_a_set_and_taken_back(place: Place) -> None:
    assert place.rooms(classroom=(10, 2, 0), library=(1, 0, 0)) == 2
    assert place.rooms(classroom=(12, 2, 0), library=(1, 0, 0)) == 1
    newest = room_edits(place.school.pk, 2023)[0]

    assert newest.data["before"] == [["03", "01", 10, 2, 0]]
    assert undo_rooms(actor=place.clerk, school=place.school, start_year=2023, key=newest.pk) == 1
    assert room_counts(place.school.pk, 2023) == {CLASSROOM: RoomCount(10, 2, 0), LIBRARY: RoomCount(1, 0, 0)}
    place.rooms(classroom=(9, 2, 0))
    with pytest.raises(EditedMeanwhile):
        undo_rooms(actor=place.clerk, school=place.school, start_year=2023, key=newest.pk)


def test_rooms_counted_by_two_people_meet_cell_by_cell(place: Place) -> None:
    place.rooms(classroom=(10, 2, 0))
    seen = room_edits(place.school.pk, 2023)[0].pk
    place.rooms(classroom=(11, 2, 0))

    place.rooms(classroom=(10, 3, 0), seen=seen)
    assert room_counts(place.school.pk, 2023) == {CLASSROOM: RoomCount(11, 3, 0)}
    with pytest.raises(EditedMeanwhile) as refused:
        place.rooms(classroom=(12, 3, 0), seen=seen)
    assert [(one.name, one.base, one.theirs, one.mine) for one in refused.value.overlaps] == [
        ("03-01-permanent", 10, 11, 12)
    ]


def test_last_years_rooms_fill_what_is_empty(place: Place) -> None:
    place.rooms(classroom=(10, 0, 0), library=(1, 0, 0))
    place.rooms(2024, library=(2, 0, 0))

    assert copy_rooms(actor=place.clerk, school=place.school, start_year=2024) == 1
    assert room_counts(place.school.pk, 2024) == {CLASSROOM: RoomCount(10, 0, 0), LIBRARY: RoomCount(2, 0, 0)}
    with pytest.raises(SiteError, match="ORG-04"):
        copy_rooms(actor=place.clerk, school=place.school, start_year=2023)


def test_rooms_of_another_level_and_numbers_out_of_range_are_refused(place: Place) -> None:
    with pytest.raises(InvalidRecord) as refused:
        save_rooms(
            actor=place.clerk,
            school=place.school,
            start_year=2023,
            counts={("02", "07"): RoomCount(1, 0, 0), CLASSROOM: RoomCount(1000, 0, -1)},
            seen=None,
        )

    assert sorted(refused.value.fields) == ["02-07-permanent", "03-01-permanent", "03-01-temporary"]


def test_the_neighbour_writes_nothing(place: Place) -> None:
    site = place.site()
    acts = (
        lambda who: add_site(actor=who, school=place.school, start_year=2023, values={"code": "9", "name": "X"}),
        lambda who: change_site(actor=who, site=site, values={"name": "X"}, seen=None),
        lambda who: end_site(actor=who, site=site, on=dt.date(2024, 1, 1)),
        lambda who: make_main_site(actor=who, site=site),
        lambda who: undo_site_edit(actor=who, site=site, key=1),
        lambda who: change_profile(actor=who, profile=place.profile, values={"phone": "0225384212"}, seen=None),
        lambda who: confirm_profile(actor=who, profile=place.profile),
        lambda who: save_rooms(actor=who, school=place.school, start_year=2023, counts={}, seen=None),
        lambda who: copy_rooms(actor=who, school=place.school, start_year=2023),
        lambda who: undo_rooms(actor=who, school=place.school, start_year=2023, key=1),
    )

    for act in acts:
        with pytest.raises(NotAllowed):
            act(place.stranger)


def test_a_closed_year_takes_nothing(place: Place) -> None:
    site = place.site()
    SchoolYear.objects.filter(pk=2023).update(state="closed")
    acts = (
        lambda: place.site("03", "Điểm mới"),
        lambda: change_site(actor=place.clerk, site=site, values={"name": "X"}, seen=None),
        lambda: confirm_profile(actor=place.clerk, profile=place.profile),
        lambda: place.rooms(classroom=(1, 0, 0)),
    )

    for act in acts:
        with pytest.raises(YearError, match="YEAR-02"):
            act()


def test_the_wall_holds_rooms_and_sites_of_a_neighbour(place: Place, as_web) -> None:  # type: ignore[no-untyped-def]
    site = place.site()
    with as_web(b.account("vanthu3", "school_clerk", b.school("Trường THCS Thứ Ba").unit)):
        assert SchoolSite.objects.filter(pk=site.pk).update(name="Của tôi") == 0
        assert SchoolProfile.objects.filter(pk=place.profile.pk).update(phone="0") == 0
        assert list(room_edits(place.school.pk, 2023)) == []
