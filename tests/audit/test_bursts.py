"""Many profiles in a short time are told to the head, once for a burst."""

import datetime as dt

import pytest
from django.utils import timezone

from csdl.access.actors import actor_for
from csdl.accounts.errors import CsdlError, InvalidRecord, NotAllowed
from csdl.audit import bursts
from csdl.audit.bursts import may_settle, note_profile_read, open_bursts, settle_burst
from csdl.audit.models import Event
from tests import builders as b

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def measure(monkeypatch) -> None:
    monkeypatch.setattr(bursts, "_measures", lambda: {"student:read": bursts.Measure(3, 10)})


def _read(actor, where, times: int, home=None) -> None:
    for number in range(times):
        note_profile_read(actor=actor, student=str(number), unit_id=where.pk, home_unit_id=(home or where).pk)


def test_the_measure_is_data() -> None:
    measure = bursts.__dict__["_measures"]
    assert measure()["student:read"].most == 3
    from importlib import reload

    assert reload(bursts)._measures() == {"student:read": bursts.Measure(60, 10)}


def test_one_profile_more_than_allowed_raises_one_flag() -> None:
    unit = b.school().unit
    clerk = actor_for(b.account("vt", "school_clerk", unit))

    _read(clerk, unit, 3)
    before = Event.objects.filter(kind="audit:burst").count()
    _read(clerk, unit, 5)

    (flag,) = Event.objects.filter(kind="audit:burst")
    assert before == 0
    assert (flag.unit_id, flag.data) == (unit.pk, {"who": clerk.label, "count": 4, "minutes": 10})
    assert Event.objects.filter(kind="student:read").count() == 8


def test_the_same_pupil_again_is_no_burst() -> None:
    unit = b.school().unit
    clerk = actor_for(b.account("vt", "school_clerk", unit))

    for _ in range(3):
        _read(clerk, unit, 3)

    assert not Event.objects.filter(kind="audit:burst").exists()


def test_reads_of_an_hour_ago_and_of_others_do_not_count() -> None:
    unit = b.school().unit
    clerk, head = (
        actor_for(b.account(name, role, unit)) for name, role in (("vt", "school_clerk"), ("ht", "school_head"))
    )

    _read(clerk, unit, 3)
    Event.objects.update(at=timezone.now() - dt.timedelta(minutes=11))
    _read(head, unit, 3)
    _read(clerk, unit, 3)

    assert not Event.objects.filter(kind="audit:burst").exists()


def test_an_officer_is_told_to_the_own_unit_and_to_the_pupils_school() -> None:
    office = b.office()
    school = b.school(parent=office).unit
    officer = actor_for(b.account("phong", "office_head", office))

    _read(officer, school, 4, home=office)

    assert set(Event.objects.filter(kind="audit:burst").values_list("unit_id", flat=True)) == {office.pk, school.pk}


def test_a_flag_is_settled_once_by_somebody_else_with_a_note() -> None:
    unit = b.school().unit
    clerk, head, inspector = (
        actor_for(b.account(name, role, unit))
        for name, role in (("vt", "school_clerk"), ("ht", "school_head"), ("ttra", "inspector"))
    )
    _read(clerk, unit, 4)
    _read(head, unit, 4)
    flags = {flag.account_id: flag for flag in open_bursts([unit.pk])}

    for other in (clerk, inspector):
        assert not may_settle(other, unit)
        with pytest.raises(NotAllowed):
            settle_burst(actor=other, event=flags[head.account_id], note="không có quyền")
    assert may_settle(head, unit)
    with pytest.raises(CsdlError, match="chính mình"):
        settle_burst(actor=head, event=flags[head.account_id], note="tự xem xét")
    with pytest.raises(InvalidRecord):
        settle_burst(actor=head, event=flags[clerk.account_id], note=" ok ")
    settle_burst(actor=head, event=flags[clerk.account_id], note="In thẻ học sinh đầu năm")
    with pytest.raises(CsdlError, match="đã được xem xét"):
        settle_burst(actor=head, event=flags[clerk.account_id], note="lần thứ hai")

    assert list(open_bursts([unit.pk])) == [flags[head.account_id]]
    assert list(open_bursts([unit.pk], but=head.account_id)) == []


def test_noting_a_read_is_cheap(django_assert_max_num_queries) -> None:
    unit = b.school().unit
    clerk = actor_for(b.account("vt", "school_clerk", unit))

    with django_assert_max_num_queries(4):  # a savepoint, the act, one look back, the savepoint's end
        _read(clerk, unit, 1)
