"""The life of a right: no power without paper, power by both papers, none when one of them falls; both walls agree."""

import datetime as dt
import json
import uuid
from collections.abc import Callable, Iterator

import pytest
from django.db import DatabaseError, connection, transaction

from csdl.access.actors import actor_for
from csdl.access.enums import GrantState
from csdl.access.models import Grant
from csdl.accounts.errors import InvalidRecord, NotAllowed
from csdl.accounts.models import Account
from csdl.accounts.permissions import Permission
from csdl.audit.kinds import said
from csdl.audit.models import Event
from csdl.delegation.actions import (
    Wanted,
    prepare_papers,
    withdraw_commitment,
    withdraw_minutes,
)
from csdl.delegation.models import Commitment, Minutes
from csdl.delegation.queries import grant_lines
from csdl.staff.models import StaffMember
from csdl.students.models import Student
from csdl.years.models import SchoolClass
from csdl.years.queries import classes
from tests.delegation.place import TODAY, Place, confirm, on, papers_of, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(db: None) -> Iterator[Place]:
    with on(TODAY):
        yield Place()


def _seen(as_web: Callable, who: StaffMember) -> tuple[list[str], list[str]]:
    """Classes by the gate and pupils by bare SQL, as that person."""
    account = Account.objects.get(pk=who.account_id)
    with as_web(account):
        actor = actor_for(account)
        by_gate = sorted(classes(actor).values_list("name", flat=True)) if actor.can(Permission.CLASS_READ) else []
        return by_gate, sorted(Student.objects.values_list("full_name", flat=True))


def test_a_right_has_power_only_with_minutes_and_commitment(place: Place, as_web: Callable) -> None:
    batch = place.prepare(place.homeroom(place.lan, place.class_a))
    minutes, commitment = papers_of(batch)
    assert _seen(as_web, place.lan) == ([], [])

    assert confirm(place.actor(place.head), minutes) == []
    assert confirm(place.actor(place.lan), minutes) == []
    assert _seen(as_web, place.lan) == ([], [])
    (grant,) = confirm(place.actor(place.lan), commitment)

    assert (grant.account_id, grant.ground, grant.paper_id) == (place.lan.account_id, "minutes", minutes.pk)
    assert _seen(as_web, place.lan) == (["7A"], ["Em lớp A"])
    assert minutes.paper_no == "01/2024/BB-CSDL"
    assert minutes.content["receiver"]["citizen_id_no"] == "031•••••••45"


def test_withdrawing_the_minutes_stops_the_right_at_once(place: Place, as_web: Callable) -> None:
    (grant,) = place.signed(place.homeroom(place.lan, place.class_a))
    assert _seen(as_web, place.lan) == (["7A"], ["Em lớp A"])

    made = withdraw_minutes(
        actor=place.actor(place.head), minutes=Minutes.objects.get(), reason="Thôi chủ nhiệm lớp 7A"
    )

    assert _seen(as_web, place.lan) == ([], [])
    grant.refresh_from_db()
    assert grant.state == GrantState.SUSPENDED
    assert "Biên bản số 01/2024/BB-CSDL hết hiệu lực ngày 05/09/2024: Thôi chủ nhiệm lớp 7A" in grant.suspended_because
    assert (made.kind, made.paper_no, made.content["revokes"]) == ("revocation", "02/2024/BB-CSDL", "01/2024/BB-CSDL")


def test_withdrawing_the_commitment_stops_every_right_of_the_person_there(place: Place, as_web: Callable) -> None:
    place.signed(place.homeroom(place.lan, place.class_a), place.homeroom(place.mai, place.class_b))

    withdraw_commitment(
        actor=place.actor(place.head),
        commitment=Commitment.objects.get(account=place.lan.account_id),
        reason="Vi phạm cam kết",
    )

    assert _seen(as_web, place.lan) == ([], [])
    assert _seen(as_web, place.mai) == (["7B"], ["Em lớp B"])


def test_minutes_withdrawn_after_the_commitment_are_the_reason_that_is_told(place: Place) -> None:
    place.signed(place.homeroom(place.lan, place.class_a))
    head, minutes = place.actor(place.head), Minutes.objects.get()
    withdraw_commitment(actor=head, commitment=Commitment.objects.get(), reason="Vi phạm cam kết")

    withdraw_minutes(actor=head, minutes=minutes, reason="Thôi chủ nhiệm")

    (line,) = grant_lines(Grant.objects.filter(role_code="homeroom_teacher").select_related("unit", "account"))
    assert line.standing == "Đã thu hồi"
    assert line.grant.suspended_because.endswith(": Thôi chủ nhiệm")


def test_replacing_minutes_stops_the_old_right_until_the_new_ones_are_signed(place: Place, as_web: Callable) -> None:
    place.signed(place.homeroom(place.lan, place.class_a))
    old = Minutes.objects.get()

    batch = prepare_papers(
        actor=place.actor(place.head),
        unit=place.unit,
        wanted=[place.homeroom(place.lan, place.class_b)],
        title="Đổi lớp",
        replaces=old,
    )
    assert _seen(as_web, place.lan) == ([], [])
    place.sign(batch)

    assert _seen(as_web, place.lan) == (["7B"], ["Em lớp B"])
    old.refresh_from_db()
    assert (old.state, old.void_reason) == ("voided", "Được thay thế bằng biên bản số 02/2024/BB-CSDL")


def test_nobody_gives_more_than_they_hold(place: Place) -> None:
    """Permissions, place, level, time; to oneself, without an account, a stranger: every fault at once."""
    chief = place.actor(place.chief)
    officers = [person(place.office, f"Chuyên viên {level}", f"cv{level}", position="24", group="09") for level in "12"]
    ends = dt.date(2024, 11, 1)

    with pytest.raises(InvalidRecord) as refused:
        prepare_papers(
            actor=chief,
            unit=place.office,
            title="x",
            wanted=[
                Wanted(officers[0].account_id, "student_records", TODAY, ends),
                Wanted(place.chief.account_id, "level_officer", TODAY, ends, ("02",)),
                Wanted(place.lan.account_id, "level_officer", TODAY, ends, ("02",)),
                Wanted(officers[1].account_id, "level_officer", TODAY - dt.timedelta(days=1), ends, ("03",)),
            ],
        )

    text = "\n".join(refused.value.problems)
    assert "Chuyên viên 1: người phân quyền không có quyền “" in text
    assert "Đỗ Hải Yến: không ai tự phân quyền cho mình." in text
    assert "Nguyễn Thị Lan: không phải người đang công tác tại đơn vị." in text
    assert "Chuyên viên 2: quyền không bắt đầu trước ngày lập biên bản (05/09/2024)." in text
    assert not Minutes.objects.exists()


def test_the_same_right_is_not_made_twice(place: Place) -> None:
    place.prepare(place.homeroom(place.lan, place.class_a))
    place.signed(place.homeroom(place.mai, place.class_b))

    with pytest.raises(InvalidRecord) as refused:
        place.prepare(place.homeroom(place.lan, place.class_a), place.homeroom(place.mai, place.class_a, place.class_b))

    assert [problem.split(":")[0] for problem in refused.value.problems] == ["Nguyễn Thị Lan", "Trần Thị Mai"]
    assert "đang chờ ký" in refused.value.problems[0]
    assert "đã có quyền" in refused.value.problems[1]


def test_only_head_and_administrator_give_rights(place: Place) -> None:
    for who in (place.chief, place.clerk, place.lan):
        with pytest.raises(NotAllowed):
            place.prepare(place.homeroom(place.mai, place.class_b), actor=place.actor(who))
    assert not Grant.objects.filter(role_code="homeroom_teacher").exists()


def test_a_class_of_another_school_is_never_tied(place: Place, as_web: Callable) -> None:
    place.signed(place.homeroom(place.lan, place.class_a, place.other_class))

    assert _seen(as_web, place.lan) == (["7A"], ["Em lớp A"])


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE access_grant SET state = 'active'",
        "INSERT INTO years_classscope (grant_id, class_id) SELECT g.id, c.id FROM access_grant g, years_schoolclass c",
        """SELECT csdl_propose_grants(jsonb_build_array(jsonb_build_object('account_id', csdl_account_id(),
           'role_code', 'school_head', 'unit_id', (SELECT min(unit_id) FROM access_grant), 'valid_from', '2024-09-05',
           'ground', 'minutes', 'public_id', gen_random_uuid())))""",
        "SELECT csdl_move_grants(jsonb_agg(jsonb_build_object('id', id, 'state', 'active'))) FROM access_grant",
        "SELECT csdl_move_grants(jsonb_agg(jsonb_build_object('id', id, 'valid_to', '2030-01-01'))) FROM access_grant",
    ],
)
def test_the_web_role_makes_no_power_by_itself(place: Place, as_web: Callable, statement: str) -> None:
    place.prepare(place.homeroom(place.lan, place.class_a))

    with (
        as_web(Account.objects.get(pk=place.lan.account_id)),
        pytest.raises(DatabaseError),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


@pytest.mark.parametrize(
    ("changed", "fits"),
    [
        ({"role_code": "student_records"}, True),
        ({"role_code": "rollover"}, True),
        # More areas than a head of a school has; longer than the own right; a role that nobody has.
        ({"role_code": "department_admin"}, False),
        ({"valid_to": "2026-01-01"}, False),
        ({"valid_to": None}, False),
        ({"role_code": "khong-co"}, False),
        # A right by appointment is the head's of such a unit and no other.
        ({"role_code": "department_admin", "ground": "appointment"}, False),
    ],
)
def test_the_database_lets_nobody_give_more_than_they_hold(
    place: Place, as_web: Callable, changed: dict, fits: bool
) -> None:
    """The head's own right ends with the year; by the function of the database, without the action that looks first."""
    Grant.objects.filter(account=place.head.account_id).update(ground="setup", valid_to=dt.date(2025, 8, 1))
    draft = {
        "account_id": place.lan.account_id, "role_code": "student_records", "unit_id": place.unit.pk,
        "ground": "minutes", "valid_from": "2024-09-05", "valid_to": "2025-08-01", "level_codes": [], "class_ids": [],
        "public_id": str(uuid.uuid4()),
    } | changed  # fmt: skip

    with as_web(Account.objects.get(pk=place.head.account_id)), connection.cursor() as cursor:
        if fits:
            cursor.execute("SELECT csdl_propose_grants(%s)", [json.dumps([draft])])
            assert Grant.objects.filter(state="inactive").count() == 1
        else:
            with pytest.raises(DatabaseError, match="nobody gives more than they hold"), transaction.atomic():
                cursor.execute("SELECT csdl_propose_grants(%s)", [json.dumps([draft])])


def test_not_even_the_owner_activates_a_right_without_its_papers(place: Place) -> None:
    place.prepare(place.homeroom(place.lan, place.class_a))

    with pytest.raises(DatabaseError, match="only with its signed minutes"), transaction.atomic():
        Grant.objects.filter(role_code="homeroom_teacher").update(state=GrantState.ACTIVE)


def test_a_signed_paper_is_never_changed(place: Place) -> None:
    place.signed(place.homeroom(place.lan, place.class_a))

    for changed in ({"content": {}}, {"state": "draft"}, {"signed_on": dt.date(2024, 9, 4)}):
        with pytest.raises(DatabaseError, match="a signed paper is never changed"), transaction.atomic():
            Minutes.objects.update(**changed)


def test_the_neighbour_sees_no_paper(place: Place, as_web: Callable) -> None:
    place.signed(place.homeroom(place.lan, place.class_a))
    from tests.delegation.place import heads

    heads(place.neighbour.unit, place.stranger)

    def counts() -> tuple[int, int, int]:
        return Minutes.objects.count(), Commitment.objects.count(), Grant.objects.filter(ground="minutes").count()

    with as_web(Account.objects.get(pk=place.stranger.account_id)):
        assert counts() == (0, 0, 0)
    with as_web(Account.objects.get(pk=place.mai.account_id)):
        assert counts() == (0, 0, 0)
    with as_web(Account.objects.get(pk=place.lan.account_id)):
        assert counts() == (1, 1, 1)
    with as_web(Account.objects.get(pk=place.head.account_id)):
        assert counts() == (1, 1, 1)
    with as_web(Account.objects.get(pk=place.chief.account_id)):
        assert counts() == (1, 1, 1)


def test_a_batch_of_any_size_asks_the_same_number_of_questions(
    place: Place, django_assert_num_queries: Callable
) -> None:
    from django.test.utils import CaptureQueriesContext

    people = [person(place.unit, f"Giáo viên {n}", f"gv{n}") for n in range(8)]
    rooms = [SchoolClass.objects.create(
        school=place.school, start_year=2024, name=f"8{n}", grade_code="08", level_code="03"
    ) for n in range(8)]  # fmt: skip
    actor = place.actor(place.head)
    assert actor.grants

    def asked(count: int, since: int) -> int:
        wanted = [place.homeroom(people[n], rooms[n]) for n in range(since, since + count)]
        with CaptureQueriesContext(
            connection,
        ) as captured:
            place.prepare(*wanted, actor=actor)
        return len(captured)

    asked(1, 7)
    assert asked(1, 0) == asked(5, 1)


def test_everything_is_in_the_log(place: Place) -> None:
    place.signed(place.homeroom(place.lan, place.class_a))
    minutes = Minutes.objects.get()
    withdraw_minutes(actor=place.actor(place.head), minutes=minutes, reason="Thôi chủ nhiệm")
    told = {one.kind: said(one.kind, one.data) for one in Event.objects.all()}
    assert f"Thu hồi biên bản số {minutes.paper_no} của Nguyễn Thị Lan" in told["delegation:withdraw"]
    assert "Thu hồi quyền của Nguyễn Thị Lan, tài khoản lan (" in told["grant:suspend"]

    kinds = list(Event.objects.filter(unit_id=place.unit.pk).order_by("pk").values_list("kind", flat=True))
    assert [kind for kind in kinds if kind.startswith(("delegation:", "grant:"))][-5:] == [
        "grant:propose", "delegation:prepare", "delegation:sign", "grant:activate", "grant:suspend",
        "delegation:withdraw",
    ][-5:]  # fmt: skip


def test_withdrawing_minutes_that_are_not_signed_is_in_the_log_as_well(place: Place) -> None:
    place.prepare(place.homeroom(place.lan, place.class_a))
    minutes = Minutes.objects.get()
    answered = withdraw_minutes(actor=place.actor(place.head), minutes=minutes, reason="Lập nhầm người")

    told = [(one.kind, said(one.kind, one.data)) for one in Event.objects.filter(unit_id=place.unit.pk).order_by("pk")]
    assert answered == minutes
    assert [kind for kind, _ in told][-2:] == ["grant:end", "delegation:withdraw"]
    assert told[-1][1] == (
        f"Thu hồi biên bản số {minutes.paper_no} của Nguyễn Thị Lan khi chưa ký xong: Lập nhầm người"
    )
