"""When a grant holds: its days to the second, the person's posting, what is left for reading; and what it opens."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError, connection, transaction

from csdl.access.actions import give_role
from csdl.access.actors import GrantActor
from csdl.access.enums import GrantState, Ground
from csdl.access.models import Grant, ScopeLevel, ScopeUnit
from csdl.access.queries import grantable_permissions, preview, visible, why
from csdl.accounts.models import Account
from csdl.accounts.permissions import Permission
from csdl.lib import clock
from csdl.rollover.models import Choice, PlanRow
from csdl.staff.actions import (
    StaffChange,
    StaffChangeKind,
    change_staff_in_bulk,
    end_posting,
    plan_staff_bulk,
    undo_staff_bulk,
)
from csdl.staff.models import StaffMember, StaffPosting, StaffYear, UnitHead
from csdl.students.models import Student
from csdl.years.models import Enrolment, SchoolClass
from tests import builders as b

pytestmark = [pytest.mark.django_db, pytest.mark.server]

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")


def _names(as_web, account, model=Student) -> int:
    with as_web(account):
        return model.objects.count()


@pytest.fixture
def school():
    where = b.school("Trường TH và THCS", parent=b.office(), levels=("02", "03"))
    for name, grade in (("5A", "05"), ("6A", "06")):
        b.pupil(b.school_class(where, name, grade))
    return where


def _clerk(where, role_code: str = "student_records"):
    """An account of somebody who works at the school."""
    account = b.account("van.thu", role_code, where.unit)
    person = b.teacher(where, "Lê Minh Ngọc")
    StaffMember.objects.filter(pk=person.pk).update(account=account)
    return account, StaffPosting.objects.get(staff=person)


def test_a_grant_ends_at_midnight_without_any_job(school, as_web) -> None:
    account = b.account("gvcn", "student_records", school.unit)
    Grant.objects.filter(account=account).update(valid_to=dt.date(2024, 9, 1))

    clock.move_to(dt.datetime(2024, 8, 31, 23, 59, 59, tzinfo=HANOI))
    before = _names(as_web, account), GrantActor(account).can(Permission.STUDENT_READ)
    clock.move_to(dt.datetime(2024, 9, 1, tzinfo=HANOI))
    after = _names(as_web, account), GrantActor(account).can(Permission.STUDENT_READ)

    assert (before, after) == ((2, True), (0, False))


def test_a_grant_begins_on_its_day_without_any_job(school, as_web) -> None:
    account = b.account("gvcn", "student_records", school.unit)
    Grant.objects.filter(account=account).update(valid_from=dt.date(2024, 9, 1))

    clock.move_to(dt.datetime(2024, 8, 31, 23, 59, 59, tzinfo=HANOI))
    before = _names(as_web, account)
    clock.move_to(dt.datetime(2024, 9, 1, tzinfo=HANOI))

    assert (before, _names(as_web, account)) == (0, 2)


def test_an_ended_grant_whose_renewal_waits_reads_and_writes_nothing(school, as_web) -> None:
    account = b.account("van.thu", "student_records", school.unit)
    today = clock.today()
    day = dt.timedelta(days=1)
    Grant.objects.filter(account=account).update(valid_to=today, read_until=today + 14 * day)

    actor = GrantActor(account)
    with as_web(account), connection.cursor() as cursor:
        seen = Student.objects.count()
        cursor.execute("UPDATE students_student SET phone = '1'")
        written = cursor.rowcount
    assert (seen, written) == (2, 0)
    assert (actor.can(Permission.STUDENT_READ), actor.can(Permission.STUDENT_EDIT)) == (True, False)

    clock.move_to(clock.now() + 14 * day)
    assert (_names(as_web, account), GrantActor(account).grants) == (0, [])


@pytest.mark.parametrize("state", [GrantState.INACTIVE, GrantState.SUSPENDED, GrantState.ENDED])
def test_only_an_active_grant_opens_anything(school, as_web, state) -> None:
    account = b.account("van.thu", "school_clerk", school.unit)

    Grant.objects.filter(account=account).update(state=state)

    assert (_names(as_web, account), GrantActor(account).grants) == (0, [])


def test_a_posting_that_ends_takes_the_rights_with_it_on_its_day(school, as_web) -> None:
    account, posting = _clerk(school)
    tomorrow = clock.today() + dt.timedelta(days=1)

    end_posting(actor=b.SYSTEM, posting=posting, status_code="02", on=tomorrow)
    before = _names(as_web, account)
    clock.move_to(clock.now() + dt.timedelta(days=1))

    assert (before, _names(as_web, account)) == (2, 0)
    assert GrantActor(account).grants == []


def test_many_postings_that_end_and_their_undo_move_the_rights_at_once(school, as_web) -> None:
    account, posting = _clerk(school)
    rows = StaffPosting.objects.filter(pk=posting.pk)
    change = StaffChange(StaffChangeKind.END, "05", clock.today())
    plan = plan_staff_bulk(actor=b.SYSTEM, unit=school.unit, rows=rows, change=change)

    event = change_staff_in_bulk(actor=b.SYSTEM, unit=school.unit, rows=rows, change=change, seal=plan.seal)
    after = _names(as_web, account)
    undo_staff_bulk(actor=b.SYSTEM, unit=school.unit, event=event)

    assert (after, _names(as_web, account)) == (0, 2)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE staff_staffposting SET status_code = '03' WHERE id = %(posting)s",
        "UPDATE staff_staffposting SET unit_id = %(elsewhere)s WHERE id = %(posting)s",
        "UPDATE staff_staffposting SET valid_to = csdl_today() WHERE id = %(posting)s",
        "UPDATE staff_staffyear SET posting_id = posting_id;"
        " DELETE FROM staff_staffyear WHERE posting_id = %(posting)s;"
        " DELETE FROM staff_staffposting WHERE id = %(posting)s",
    ],
)
def test_whatever_road_a_posting_ends_by_the_scope_ends_in_the_same_statement(school, statement: str) -> None:
    account, posting = _clerk(school)
    elsewhere = b.office("Phòng khác")
    assert ScopeUnit.objects.filter(account=account).exists()

    with connection.cursor() as cursor:
        for one in statement.split(";"):
            cursor.execute(one, {"posting": posting.pk, "elsewhere": elsewhere.pk})

    held = ScopeUnit.objects.filter(account=account, valid_from__lte=clock.today())
    assert not held.exclude(valid_to__lte=clock.today()).exists()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE years_homeroomassignment SET valid_to = csdl_today() WHERE class_id = %(led)s",
        "UPDATE years_homeroomassignment SET staff_id = %(other)s WHERE class_id = %(led)s",
        "UPDATE years_homeroomassignment SET class_id = %(beside)s WHERE class_id = %(led)s",
        "UPDATE years_homeroomassignment SET state = 'proposed' WHERE class_id = %(led)s",
        "DELETE FROM years_homeroomassignment WHERE class_id = %(led)s",
    ],
)
def test_whatever_road_a_homeroom_assignment_ends_by_the_right_over_the_class_ends_in_the_same_statement(
    school, as_web, statement: str
) -> None:
    led, beside = SchoolClass.objects.get(name="6A"), b.school_class(school, "6B", "06")
    account = b.account("gvcn", "homeroom_teacher", school.unit, classes=[led])
    person, other = b.teacher(school), b.teacher(school)
    StaffMember.objects.filter(pk=person.pk).update(account=account)
    without = _names(as_web, account)
    b.homeroom(person, led)
    before = _names(as_web, account)

    with connection.cursor() as cursor:
        cursor.execute(statement, {"led": led.pk, "beside": beside.pk, "other": other.pk})

    actor = GrantActor(account)
    assert (without, before, _names(as_web, account)) == (0, 1, 0)
    assert not actor.can(Permission.STUDENT_READ, on=led)
    assert not visible(Student.objects.all(), actor, Permission.STUDENT_READ).exists()


def test_only_the_rights_at_the_unit_left_end(school) -> None:
    """Clerk at one school, inspector's eyes at another where the person works as well."""
    account, posting = _clerk(school)
    beside = b.school("Trường bên cạnh", parent=school.unit.parent)
    StaffPosting.objects.create(
        staff_id=posting.staff_id, unit=beside.unit, valid_from=dt.date(2020, 1, 1), staff_group_code="03"
    )
    b.give_role(
        actor=b.SYSTEM, account=account, role_code="inspector", unit=beside.unit, valid_from=dt.date(2020, 1, 1)
    )

    posting.valid_to = clock.today()
    posting.save()

    assert [held.unit_id for held in GrantActor(account).grants] == [beside.pk]


def test_who_was_appointed_from_above_holds_without_a_posting(school, as_web) -> None:
    account = b.account("hieu.truong", "school_head", school.unit)
    person = StaffMember.objects.create(full_name="Vũ Thị Mới", account=account)
    without = _names(as_web, account)

    appointment = UnitHead.objects.create(unit=school.unit, staff=person, valid_from=dt.date(2020, 1, 1))
    Grant.objects.filter(account=account).update(ground=Ground.APPOINTMENT, paper_id=appointment.pk)

    assert (without, _names(as_web, account)) == (0, 2)


def test_a_reader_writes_nothing_by_raw_sql(school, as_web) -> None:
    account = b.account("thanh.tra", "inspector", school.unit)

    with as_web(account), connection.cursor() as cursor:
        written = {}
        for table in (
            "students_student",
            "years_enrolment",
            "years_schoolclass",
            "staff_staffposting",
            "years_yearresult",
        ):
            cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608 - names of our own
            seen = cursor.fetchone()[0]
            cursor.execute(f"UPDATE {table} SET id = id WHERE id > 0")  # noqa: S608
            written[table] = (seen > 0, cursor.rowcount)
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608
            assert cursor.rowcount == 0
        with pytest.raises(DatabaseError), transaction.atomic():
            Student.objects.create(full_name="X", created_by=account.pk)
    assert written["students_student"] == (True, 0)
    assert {count for _, count in written.values()} == {0}


@pytest.mark.parametrize(
    ("role_code", "expected"),
    [
        ("staff_records", {"students": 0, "enrolments": 0, "staff": 1, "grants": 1}),
        ("student_records", {"students": 2, "enrolments": 2, "staff": 0, "grants": 1}),
        ("unit_admin", {"students": 0, "enrolments": 0, "staff": 1, "grants": 2}),
        ("exports", {"students": 0, "enrolments": 0, "staff": 0, "grants": 1}),
    ],
)
def test_a_function_opens_its_own_areas_alone(school, as_web, role_code: str, expected: dict) -> None:
    b.teacher(school)
    b.account("hieu.truong", "school_head", school.unit)
    account = b.account("van.thu", role_code, school.unit)

    with as_web(account):
        models = {"students": Student, "enrolments": Enrolment, "staff": StaffMember, "grants": Grant}
        assert {name: model.objects.count() for name, model in models.items()} == expected


@pytest.mark.parametrize(
    ("role_code", "expected"),
    [
        ("student_records", (2, 0, 0)),
        ("results", (0, 2, 0)),
        ("staff_records", (0, 0, 1)),
        ("school_head", (2, 2, 1)),
        ("unit_admin", (0, 0, 0)),
    ],
)
def test_a_function_writes_its_own_areas_alone(school, as_web, role_code: str, expected: tuple) -> None:
    b.teacher(school)
    account = b.account("van.thu", role_code, school.unit)

    with as_web(account), connection.cursor() as cursor:
        found = []
        for table in ("students_student", "years_yearresult", "staff_staffposting"):
            cursor.execute(f"UPDATE {table} SET id = id")  # noqa: S608 - names of our own
            found.append(cursor.rowcount)
    assert tuple(found) == expected


def test_who_manages_accounts_changes_no_staff_record(school, as_web) -> None:
    """Not the person, the posting, the year's row nor the head, by raw SQL; only that somebody without account has one,
    and that at the own unit alone."""
    person, taken, spare = b.teacher(school), b.teacher(school), b.teacher(school)
    used = Account.objects.create_user(username="dang.dung", password="mat-khau-thu", full_name="Đang Dùng")
    setup = Account.objects.create_user(username="khoi.tao", full_name="Khởi Tạo")
    give_role(
        actor=b.SYSTEM, account=setup, role_code="department_admin", unit=b.department(), valid_from=dt.date(2020, 1, 1)
    )
    stranger = b.teacher(b.school("Trường bên cạnh", parent=school.unit.parent))
    UnitHead.objects.create(unit=school.unit, staff=person, valid_from=dt.date(2020, 1, 1))
    admin = b.account("quan.tri", "unit_admin", school.unit)
    clerk = b.account("van.thu", "staff_records", school.unit)
    free = [Account.objects.create_user(username=f"moi{number}", full_name="Mới") for number in range(3)]
    StaffMember.objects.filter(pk=taken.pk).update(account=free[2])

    def link(who, account) -> int:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT csdl_link_accounts(%s, %s)", [[who.pk], [account.pk]])
            return cursor.fetchone()[0]

    with as_web(admin), connection.cursor() as cursor:
        written = {}
        for table in ("staff_staffmember", "staff_staffposting", "staff_staffyear", "staff_unithead"):
            cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608 - names of our own
            seen = cursor.fetchone()[0]
            cursor.execute(f"UPDATE {table} SET id = id")  # noqa: S608
            written[table] = (seen, cursor.rowcount)
        with pytest.raises(DatabaseError), transaction.atomic():
            StaffMember.objects.create(full_name="Người Bịa", created_by=admin.pk)
        linked = [link(person, free[0]), link(taken, free[1])]
        # Nobody's account becomes a teacher's: an operator's with rights, one by which somebody signs in.
        linked += [link(spare, one) for one in (setup, used)]
        with pytest.raises(DatabaseError, match="whoever manages those of the unit"):
            link(stranger, free[1])
    with as_web(clerk), pytest.raises(DatabaseError, match="whoever manages those of the unit"):
        link(person, free[1])

    assert written == {
        "staff_staffmember": (3, 0), "staff_staffposting": (3, 0), "staff_staffyear": (3, 0), "staff_unithead": (1, 0)
    }  # fmt: skip
    assert linked == [1, 0, 0, 0]
    assert StaffMember.objects.get(pk=person.pk).account == free[0]


def test_several_grants_add_up_each_within_its_own_part(school, as_web) -> None:
    """Pupils here, staff there: neither grant opens the other's area at the other's school."""
    beside = b.school("Trường bên cạnh", parent=school.unit.parent)
    b.pupil(b.school_class(beside, "6B", "06"))
    for where in (school, beside):
        b.teacher(where)
    account = b.account("van.thu", "student_records", school.unit)
    b.give_role(
        actor=b.SYSTEM, account=account, role_code="staff_records", unit=beside.unit, valid_from=dt.date(2020, 1, 1)
    )

    with as_web(account):
        pupils = set(Enrolment.objects.values_list("school_id", flat=True))
        postings = set(StaffPosting.objects.values_list("unit_id", flat=True))
    assert (pupils, postings) == ({school.pk}, {beside.pk})


def _officer(where, *levels: str):
    account = b.account("chuyen.vien", "level_officer", where)
    Grant.objects.filter(account=account).update(level_codes=list(levels))
    return account


def test_an_officer_of_one_level_reaches_its_schools_whole_and_its_part_of_the_others(school, as_web) -> None:
    office = school.unit.parent
    primary = b.school("Trường TH", parent=office, levels=("02",))
    b.pupil(b.school_class(primary, "1A", "01"))
    secondary = b.school("Trường THCS", parent=office, levels=("03",))
    b.pupil(b.school_class(secondary, "9A", "09"))
    unplaced = b.pupil(SchoolClass.objects.get(name="5A"))
    Enrolment.objects.filter(pk=unplaced.pk).update(school_class=None, first_class=None)
    both = b.teacher(school, "Dạy cả hai cấp")
    StaffPosting.objects.filter(staff=both).update(level_codes=["02", "03"])
    other = b.teacher(school, "Dạy THCS")
    StaffPosting.objects.filter(staff=other).update(level_codes=["03"])
    account = _officer(office, "02")

    with as_web(account):
        by_policies = (
            sorted(SchoolClass.objects.values_list("name", flat=True)),
            sorted(Enrolment.objects.values_list("grade_code", flat=True)),
            sorted(StaffMember.objects.values_list("full_name", flat=True)),
        )
    actor = GrantActor(account)
    by_filter = (
        sorted(visible(SchoolClass.objects.all(), actor, Permission.CLASS_READ).values_list("name", flat=True)),
        sorted(visible(Enrolment.objects.all(), actor, Permission.STUDENT_READ).values_list("grade_code", flat=True)),
        sorted(visible(StaffMember.objects.all(), actor, Permission.STAFF_READ).values_list("full_name", flat=True)),
    )
    assert by_policies == by_filter == (["1A", "5A"], ["01", "05", "05"], ["Dạy cả hai cấp"])
    assert actor.can(Permission.CLASS_READ, on=SchoolClass.objects.get(name="5A"))
    assert not actor.can(Permission.CLASS_READ, on=SchoolClass.objects.get(name="6A"))


def test_what_names_no_level_is_seen_by_the_officers_of_every_level_of_the_school(school, as_web) -> None:
    """The clerk whose posting names no level, that posting's year, the head, the plan: by officers of primary and of
    lower secondary schools, each its own pupils of the plan; not by one of upper secondary schools, nor elsewhere."""
    office = school.unit.parent
    clerk = b.teacher(school, "Văn thư không cấp")
    only = b.teacher(school, "Dạy THCS")
    StaffPosting.objects.filter(staff=only).update(level_codes=["03"])
    UnitHead.objects.create(unit=school.unit, staff=clerk, valid_from=dt.date(2020, 1, 1))
    elsewhere = b.school("Trường TH và THCS khác", parent=b.office("Phòng khác"), levels=("02", "03"))
    b.teacher(elsewhere, "Người nơi khác")
    b.pupil(b.school_class(elsewhere, "5B", "05"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT csdl_make_plan_partition(2023::smallint)")
    for one in Enrolment.objects.all():
        of_plan = {"from_year": 2023, "enrolment": one, "school_id": one.school_id}
        PlanRow.objects.create(**of_plan, student_id=one.student_id, act="promote", rule_code="X")
        Choice.objects.create(**of_plan)
    accounts = {}
    for level in ("02", "03", "04"):
        accounts[level] = b.account(f"cv{level}", "level_officer", office)
        Grant.objects.filter(account=accounts[level]).update(level_codes=[level])
    asked = (
        (StaffMember, Permission.STAFF_READ, "full_name"),
        (StaffYear, Permission.STAFF_READ, "posting__staff__full_name"),
        (UnitHead, Permission.STAFF_READ, "unit_id"),
        (PlanRow, Permission.ROLLOVER_READ, "enrolment__grade_code"),
        (Choice, Permission.ROLLOVER_READ, "enrolment__grade_code"),
    )

    found, filtered = {}, {}
    for level, account in accounts.items():
        actor = GrantActor(account)
        filtered[level] = [
            sorted(visible(model.objects.all(), actor, may).values_list(name, flat=True)) for model, may, name in asked
        ]
        with as_web(account):
            found[level] = [sorted(model.objects.values_list(name, flat=True)) for model, _, name in asked]

    assert found == filtered == {
        "02": [["Văn thư không cấp"], ["Văn thư không cấp"], [school.pk], ["05"], ["05"]],
        "03": [["Dạy THCS", "Văn thư không cấp"], ["Dạy THCS", "Văn thư không cấp"], [school.pk], ["06"], ["06"]],
        "04": [[], [], [], [], []],
    }  # fmt: skip
    posting = StaffPosting.objects.get(staff=clerk)
    told = {level: GrantActor(account).can(Permission.STAFF_READ, on=posting) for level, account in accounts.items()}
    assert told == {"02": True, "03": True, "04": False}
    assert [one.how for one in why(accounts["02"], clerk, Permission.STAFF_READ)] == ["level"]
    rows = {"Nhân sự": StaffPosting.objects.all(), "Kế hoạch": PlanRow.objects.all()}
    shown = {
        level: preview(role_code="level_officer", unit=office, level_codes=[level], rows=rows) for level in accounts
    }
    assert shown == {
        "02": {"Nhân sự": 1, "Kế hoạch": 1}, "03": {"Nhân sự": 2, "Kế hoạch": 1}, "04": {"Nhân sự": 0, "Kế hoạch": 0}
    }  # fmt: skip


def test_a_class_opened_later_is_reached_by_its_level_at_once(school, as_web) -> None:
    account = _officer(b.department(), "02")

    b.school_class(school, "4A", "04")
    b.school_class(school, "7A", "07")

    with as_web(account):
        assert sorted(SchoolClass.objects.values_list("name", flat=True)) == ["4A", "5A"]


def test_a_school_that_begins_to_teach_another_level_is_reached_by_part(as_web) -> None:
    where = b.school("Trường TH", parent=b.office(), levels=("02",))
    account = _officer(where.unit.parent, "02")
    whole = ScopeUnit.objects.filter(account=account).count()

    where.levels.create(start_year=2023, level_code="03")

    assert (whole, ScopeUnit.objects.filter(account=account).count()) == (1, 0)
    assert ScopeLevel.objects.filter(account=account).count() == 5


def test_no_web_account_writes_a_grant_by_itself(school, as_web) -> None:
    """Grants come and change by the functions of delegation alone, which look at who acts and at the papers."""
    admin = b.account("quan.tri", "unit_admin", school.unit)
    clerk = b.account("van.thu", "school_clerk", school.unit)

    with as_web(admin):
        with pytest.raises(DatabaseError), transaction.atomic():
            Grant.objects.create(
                account=clerk, role_code="results", unit=school.unit, valid_from=clock.today(), granted_by=admin
            )
        for change in ({"role_code": "school_head"}, {"state": GrantState.ENDED}, {"valid_to": None}):
            with pytest.raises(DatabaseError), transaction.atomic():
                Grant.objects.filter(account=clerk).update(**change)
    assert [held.role.code for held in GrantActor(clerk).grants] == ["school_clerk"]


def test_why_a_row_is_seen_names_grant_and_scope(school) -> None:
    class_5a = SchoolClass.objects.get(name="5A")
    pupil = Student.objects.get(enrolments__school_class=class_5a)
    accounts = {
        "unit": b.account("van.thu", "student_records", school.unit),
        "class": b.account("gvcn", "homeroom_teacher", school.unit, classes=[class_5a]),
        "level": _officer(school.unit.parent, "02"),
        "all": b.account("so", "department_admin", b.department()),
    }
    stranger = b.account("khac", "student_records", b.school("Trường khác").unit)

    found = {how: why(account, pupil, Permission.STUDENT_READ) for how, account in accounts.items()}

    assert {how: [one.how for one in reasons] for how, reasons in found.items()} == {how: [how] for how in accounts}
    assert found["unit"][0].grant == Grant.objects.get(account=accounts["unit"])
    assert (found["class"][0].class_id, found["level"][0].level_code) == (class_5a.pk, "02")
    assert isinstance(found["level"][0].tie, Enrolment)
    assert why(stranger, pupil, Permission.STUDENT_READ) == []


@pytest.mark.parametrize(
    ("role_code", "levels", "expected"),
    [
        ("student_records", (), {"lớp": 2, "học sinh": 2, "cán bộ": 0}),
        ("inspector", ("02",), {"lớp": 1, "học sinh": 1, "cán bộ": 1}),
        ("staff_records", (), {"lớp": 2, "học sinh": 0, "cán bộ": 2}),
    ],
)
def test_a_preview_counts_what_the_grant_then_shows(school, as_web, role_code, levels, expected) -> None:
    for level in ("02", "03"):
        person = b.teacher(school)
        StaffPosting.objects.filter(staff=person).update(level_codes=[level])
    rows = {"lớp": SchoolClass.objects.all(), "học sinh": Student.objects.all(), "cán bộ": StaffMember.objects.all()}

    told = preview(role_code=role_code, unit=school.unit, level_codes=levels, rows=rows)

    account = b.account("x", role_code, school.unit)
    Grant.objects.filter(account=account).update(level_codes=list(levels))
    with as_web(account):
        shown = {name: queryset.all().count() for name, queryset in rows.items()}
    assert told == shown == expected


def test_the_holder_of_the_administration_account_gives_what_the_head_may(school) -> None:
    admin = GrantActor(b.account("quan.tri", "unit_admin", school.unit))
    head = GrantActor(b.account("hieu.truong", "school_head", school.unit))
    beside = b.school("Trường bên cạnh", parent=school.unit.parent)

    assert grantable_permissions(head, school.unit) <= grantable_permissions(admin, school.unit)
    assert not admin.can(Permission.STUDENT_READ)
    assert grantable_permissions(admin, beside.unit) == frozenset()
