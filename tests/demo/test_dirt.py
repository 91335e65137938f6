import pytest

from csdl.demo.dirt import CLASS_DIRT, PUPIL_DIRT, STAFF_DIRT, Kin, Pupil
from csdl.demo.names import read_data

KINDS = {kind.name: kind for kind in PUPIL_DIRT}


def clean() -> Pupil:
    kin = Kin("mother", "Trần Thị Hoa", 1985, "Công nhân", "0912345678", "")
    return Pupil(
        "Nguyễn Thị Đào", "2015-02-03", "02", "031315123456", "verified", "Thành phố Hải Phòng", "11296",
        twin_no="031315000001", kin=[kin],
    )  # fmt: skip


@pytest.mark.parametrize("name", sorted(KINDS))
def test_each_kind_changes_a_pupil(name):
    pupil = clean()

    KINDS[name].spoil(pupil)

    assert pupil != clean()


def test_a_broken_number_is_no_longer_verified():
    broken = ("id_missing", "id_short", "id_gender", "id_year", "id_doubled")
    states = {}
    for name in broken:
        pupil = clean()
        KINDS[name].spoil(pupil)
        states[name] = (pupil.citizen_id_no, pupil.gender_code, pupil.id_state)

    assert states == {
        "id_missing": ("", "02", "missing"),
        "id_short": ("31315123456", "02", "claimed"),
        "id_gender": ("031315123456", "01", "claimed"),
        "id_year": ("031316123456", "02", "claimed"),
        "id_doubled": ("031315000001", "02", "claimed"),
    }


def test_kinds_are_named_once_and_stay_a_small_share():
    kinds = [*PUPIL_DIRT, *CLASS_DIRT, *STAFF_DIRT]

    assert len({kind.name for kind in kinds}) == len(kinds)
    assert sum(kind.share for kind in PUPIL_DIRT) < 0.05
    assert KINDS["undecided"].share <= 0.002


def test_shares_of_events_and_results_leave_room_or_fill_the_thousand():
    events: dict[str, float] = {}
    for row in read_data("year_events"):
        events[row["level_code"]] = events.get(row["level_code"], 0) + float(row["per_mille"])
    results: dict[str, float] = {}
    for row in read_data("year_results"):
        results[row["regime"]] = results.get(row["regime"], 0) + float(row["per_mille"])

    assert max(events.values()) < 60
    assert all(990 < total < 1010 for total in results.values())
