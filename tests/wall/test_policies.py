"""The second wall: under the web role the database itself shows each account its own part and nothing else."""

import datetime as dt
import re

import psycopg
import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from csdl.access.acting import TOKEN_HOURS, act_as, token_for
from csdl.access.actions import refresh_scopes
from csdl.access.actors import actor_for
from csdl.access.models import Grant
from csdl.access.queries import visible
from csdl.accounts.permissions import Permission
from csdl.audit.models import Event
from csdl.intake.models import ColumnMapping, ImportRow, ImportRun
from csdl.jobs.models import Job
from csdl.lib.gate import declarations, open_tables
from csdl.lib.records import Record
from csdl.rollover.models import Choice, PlanClass
from csdl.staff.models import StaffMember
from csdl.students.models import Guardian, Student
from csdl.wall.migrating import stale
from csdl.wall.policies import policy_statements
from csdl.years.models import Enrolment, SchoolClass, YearResult
from tests import builders as b

pytestmark = [pytest.mark.django_db, pytest.mark.server]


@pytest.fixture
def two_schools():
    """Two schools of one office, one of another; each with two classes and pupils."""
    b.school_year(2024)
    office, other_office = b.office("Phòng GDĐT Lê Chân"), b.office("Phòng GDĐT Ngô Quyền")
    made = {}
    for key, parent in (("own", office), ("neighbour", office), ("far", other_office)):
        where = b.school(f"Trường THCS {key}", parent=parent)
        classes = [b.school_class(where, name, "07") for name in ("7A", "7B")]
        for school_class in classes:
            enrolment = b.pupil(school_class, name=f"Học sinh {key} {school_class.name}")
            Guardian.objects.create(student=enrolment.student, relation="mother", full_name="Mẹ")
        teacher = b.teacher(where, f"Cô giáo {key}")
        b.homeroom(teacher, classes[0])
        made[key] = (where, classes)
    return office, made


def _seen() -> dict[str, list[str]]:
    """What plain SQL without any filter shows."""
    return {
        "students": sorted(Student.objects.values_list("full_name", flat=True)),
        "guardians": sorted(Guardian.objects.values_list("student__full_name", flat=True)),
        "enrolments": sorted(Enrolment.objects.values_list("student__full_name", flat=True)),
        "results": sorted(YearResult.objects.values_list("enrolment__student__full_name", flat=True)),
        "classes": sorted(SchoolClass.objects.values_list("school__unit__name", "name")),
        "staff": sorted(StaffMember.objects.values_list("full_name", flat=True)),
    }


def _expected(*pairs: tuple[str, str], staff: tuple[str, ...]) -> dict[str, list]:
    names = sorted(f"Học sinh {key} {name}" for key, name in pairs)
    return {
        "students": names,
        "guardians": names,
        "enrolments": names,
        "results": names,
        "classes": sorted((f"Trường THCS {key}", name) for key, name in pairs),
        "staff": sorted(f"Cô giáo {key}" for key in staff),
    }


def test_a_head_sees_the_own_school_and_nothing_of_the_neighbour(two_schools, as_web) -> None:
    _, made = two_schools
    head = b.account("hieu.truong", "school_head", made["own"][0].unit)

    with as_web(head):
        assert _seen() == _expected(("own", "7A"), ("own", "7B"), staff=("own",))


def test_a_homeroom_teacher_sees_one_class(two_schools, as_web) -> None:
    _, made = two_schools
    where, classes = made["own"]
    teacher = b.account("gvcn.7a", "homeroom_teacher", where.unit, classes=classes[:1])

    with as_web(teacher):
        assert _seen() == _expected(("own", "7A"), staff=())


def test_a_homeroom_teacher_corrects_the_files_of_one_class_and_nothing_else(two_schools, as_web) -> None:
    _, made = two_schools
    where, classes = made["own"]
    teacher = b.account("gvcn.7a", "homeroom_teacher", where.unit, classes=classes[:1])

    with as_web(teacher), connection.cursor() as cursor:
        changed = {}
        for table in ("students_student", "students_guardian", "years_enrolment", "years_schoolclass"):
            cursor.execute(f"UPDATE {table} SET changed_at = changed_at")
            changed[table] = cursor.rowcount
    assert changed == {"students_student": 1, "students_guardian": 1, "years_enrolment": 0, "years_schoolclass": 0}


@pytest.mark.parametrize(
    ("model", "values"),
    [(Student, {"full_name": "Phạm Thị Mới"}), (StaffMember, {"full_name": "Thầy Mới"})],
)
def test_a_person_just_written_down_is_seen_by_who_wrote_until_somebody_is_tied(
    two_schools, as_web, model, values
) -> None:
    _, made = two_schools
    clerk = b.account("van.thu", "school_clerk", made["own"][0].unit)
    other = b.account("van.thu.khac", "school_clerk", made["neighbour"][0].unit)

    with as_web(clerk):
        person = model.objects.create(created_by=clerk.pk, **values)
        assert model.objects.filter(pk=person.pk).exists()
    with as_web(other):
        assert not model.objects.filter(pk=person.pk).exists()
        with pytest.raises(DatabaseError), transaction.atomic():
            model.objects.create(created_by=clerk.pk, **values)  # not in another's name
    if model is Student:
        there = made["neighbour"][1][0]
        Enrolment.objects.create(
            start_year=there.start_year,
            student=person,
            school_id=there.school_id,
            school_class=there,
            first_class=there,
            grade_code=there.grade_code,
            admission_kind="1",
            enrolled_on=dt.date(there.start_year, 9, 1),
        )
    else:
        b.StaffPosting.objects.create(
            staff=person, unit=made["neighbour"][0].unit, valid_from=dt.date(2020, 1, 1), staff_group_code="03"
        )
    with as_web(clerk):
        assert not model.objects.filter(pk=person.pk).exists()
    with as_web(other):
        assert model.objects.filter(pk=person.pk).exists()


def test_an_import_is_seen_by_its_own_school(two_schools, as_web) -> None:
    _, made = two_schools
    for where, _classes in made.values():
        run = ImportRun.objects.create(kind="pupils", unit=where.unit, start_year=2024, file_name="a.xlsx")
        ImportRow.objects.create(run=run, noun="pupils", sheet="S", row_no=2, label="Học sinh", state="created")
        ColumnMapping.objects.create(unit=where.unit, noun="pupils", headers_key="x")
    clerk = b.account("van.thu", "school_clerk", made["own"][0].unit)

    with as_web(clerk):
        assert [model.objects.count() for model in (ImportRun, ImportRow, ColumnMapping)] == [1, 1, 1]
        assert ImportRun.objects.get().unit_id == made["own"][0].unit.pk


def test_who_asked_for_an_import_reads_it_no_more_after_leaving_the_unit(two_schools, as_web) -> None:
    _, made = two_schools
    here, elsewhere = made["own"][0].unit, made["neighbour"][0].unit
    asker = b.account("van.thu", "school_clerk", here)
    run = ImportRun.objects.create(kind="pupils", unit=here, start_year=2024, file_name="a.xlsx", account_id=asker.pk)
    ImportRow.objects.create(run=run, noun="pupils", sheet="S", row_no=2, label="Học sinh", state="created")

    def reached() -> dict[str, int]:
        """By the gate and by plain SQL."""
        actor = actor_for(asker)
        with as_web(asker):
            return {
                model.__name__: (visible(model.objects.all(), actor, Permission.DATA_IMPORT).count(),
                                 model.objects.count())
                for model in (ImportRun, ImportRow)
            }  # fmt: skip

    assert reached() == {"ImportRun": (1, 1), "ImportRow": (1, 1)}
    Grant.objects.filter(account=asker).update(unit=elsewhere)
    refresh_scopes([asker.pk])

    assert reached() == {"ImportRun": (0, 0), "ImportRow": (0, 0)}


def test_an_office_sees_its_own_schools(two_schools, as_web) -> None:
    office, _ = two_schools
    head = b.account("truong.phong", "office_head", office)

    with as_web(head):
        pairs = [(key, name) for key in ("own", "neighbour") for name in ("7A", "7B")]
        assert _seen() == _expected(*pairs, staff=("own", "neighbour"))


def test_the_department_sees_all(two_schools, as_web) -> None:
    director = b.account("so", "department_admin", b.department())

    with as_web(director):
        pairs = [(key, name) for key in ("own", "neighbour", "far") for name in ("7A", "7B")]
        assert _seen() == _expected(*pairs, staff=("own", "neighbour", "far"))


@pytest.mark.parametrize(
    ("role_code", "found"),
    [
        ("homeroom_teacher", ["own 7A"]),
        ("school_head", ["own 7A", "own 7B"]),
        ("office_head", ["neighbour 7A", "neighbour 7B", "own 7A", "own 7B"]),
        ("department_admin", ["far 7A", "far 7B", "neighbour 7A", "neighbour 7B", "own 7A", "own 7B"]),
    ],
)
def test_nobody_learns_by_name_of_a_pupil_out_of_reach(two_schools, as_web, role_code: str, found: list[str]) -> None:
    office, made = two_schools
    where, classes = made["own"]
    places = {"office_head": office, "department_admin": b.department()}
    tied = classes[:1] if role_code == "homeroom_teacher" else []
    account = b.account("x", role_code, places.get(role_code, where.unit), classes=tied)

    with as_web(account), connection.cursor() as cursor:
        cursor.execute("SELECT csdl_students_named(ARRAY['hoc', 'sinh'], 6)")
        keys = [row[0] for row in cursor.fetchall()]
        cursor.execute("SELECT csdl_students_named(ARRAY['hoc', 'sinh'], 5)")
        too_many = cursor.fetchall()

    names = Student.objects.filter(pk__in=keys).values_list("full_name", flat=True)
    assert sorted(name.removeprefix("Học sinh ") for name in names) == found
    assert too_many == [(None,)]


@pytest.mark.parametrize(("role_code", "count"), [("school_head", 0), ("office_head", 0), ("department_admin", 3)])
def test_the_first_of_a_crowd_are_told_to_whom_all_is_open(two_schools, as_web, role_code: str, count: int) -> None:
    office, made = two_schools
    places = {"office_head": office, "department_admin": b.department()}
    account = b.account("x", role_code, places.get(role_code, made["own"][0].unit))
    asked = "SELECT csdl_students_first_named(ARRAY['hoc', 'sinh'], %s::smallint, 3)"

    with as_web(account), connection.cursor() as cursor:
        keys = {}
        for year in (2023, 2024):
            cursor.execute(asked, [year])
            keys[year] = [row[0] for row in cursor.fetchall()]

    in_order = Student.objects.order_by("sort_key", "pk").values_list("pk", flat=True)
    assert keys == {2023: list(in_order[:count]), 2024: []}


def test_nobody_and_a_forged_token_see_nothing(two_schools, as_web) -> None:
    nothing = _expected(staff=())

    with as_web(None):
        assert _seen() == nothing
        with connection.cursor() as cursor:
            # Not a number of an account, but a token nobody can guess, is what names the actor.
            cursor.execute("SELECT set_config('csdl.acting', gen_random_uuid()::text, true)")
        assert _seen() == nothing


def test_a_blocked_account_sees_nothing(two_schools, as_web) -> None:
    _, made = two_schools
    head = b.account("hieu.truong", "school_head", made["own"][0].unit)
    head.is_active = False
    head.save()

    with as_web(None):
        with connection.cursor() as cursor:
            cursor.execute("SELECT csdl_issue_acting_token(%s)", [head.pk])
            (token,) = cursor.fetchone()
        act_as(str(token or ""), head)
        assert _seen() == _expected(staff=())


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE students_student SET full_name = 'X'",
        "UPDATE years_enrolment SET status_on = '2024-01-01'",
        "DELETE FROM years_yearresult",
    ],
)
def test_writes_do_not_reach_the_neighbour(two_schools, as_web, statement: str) -> None:
    _, made = two_schools
    head = b.account("hieu.truong", "school_head", made["own"][0].unit)

    with as_web(head), connection.cursor() as cursor:
        cursor.execute(statement)
        assert cursor.rowcount == 2


def test_a_closed_year_takes_no_write(two_schools, as_web) -> None:
    _, made = two_schools
    head = b.account("hieu.truong", "school_head", made["own"][0].unit)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE years_schoolyear SET state = 'closed' WHERE start_year = 2023")

    with as_web(head), connection.cursor() as cursor:
        cursor.execute("UPDATE years_enrolment SET status_on = '2024-01-01'")
        assert cursor.rowcount == 0
        cursor.execute("SELECT count(*) FROM years_enrolment")
        assert cursor.fetchone() == (2,)


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM years_enrolment_2023",  # a partition ignores its parent's policies
        "SELECT * FROM accounts_actingtoken",
        "INSERT INTO access_scopeall SELECT 1, 1",
        "UPDATE access_grant SET role_code = 'department_admin'",
        "DELETE FROM audit_event",
        "DELETE FROM students_studentevent",
        "ALTER TABLE students_student DISABLE ROW LEVEL SECURITY",
        "INSERT INTO audit_event (actor_label, kind, data) VALUES ('khác', 'x', '{}')",  # in nobody's name
        "INSERT INTO audit_event (sealed_no, actor_label, kind, data) VALUES (1, 'khác', 'x', '{}')",
        "UPDATE jobs_job SET state = 'done'",
        "INSERT INTO jobs_job (kind, title, args, state, total_count, done_count, message, result)"
        " VALUES ('x', 'x', '{}', 'queued', 0, 0, '', '{}')",
        "UPDATE codes_grade SET name_vi = 'X'",
        "DELETE FROM years_classscope",
        "UPDATE rollover_classsum SET in_count = 0",
        "UPDATE rollover_rolloverbatch SET mode = 'single'",
        "SELECT csdl_seal_events()",
        "SELECT csdl_make_log_root('2024-08-05')",
        "UPDATE audit_event SET sealed_hash = NULL",
        "UPDATE audit_event SET data = '{}'",
        "INSERT INTO audit_event (id, actor_label, kind, data) VALUES (1, 'khác', 'x', '{}')",
        "INSERT INTO audit_event (sealed_hash, actor_label, kind, data) VALUES ('', 'khác', 'x', '{}')",
        "DELETE FROM audit_chainhead",
        "UPDATE audit_chainhead SET last_no = 0",
        "INSERT INTO audit_logroot (day, made_at, root_hash, chain_count, event_count) VALUES (now(), now(), '', 0, 0)",
        "UPDATE audit_roothead SET last_no = 0",
        "DELETE FROM documents_document",
    ],
)
def test_the_web_role_may_not(two_schools, as_web, statement: str) -> None:
    _, made = two_schools
    head = b.account("hieu.truong", "school_head", made["own"][0].unit)

    with as_web(head), pytest.raises(DatabaseError) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert isinstance(refused.value.__cause__, psycopg.errors.InsufficientPrivilege)


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("UPDATE years_schoolyear SET ends_on = ends_on + 1", 0),
        ("UPDATE orgs_orgunit SET name = 'X'", 0),
        ("UPDATE orgs_schoollevel SET level_code = level_code", 0),
        ("UPDATE orgs_schoolprofile SET extra = '{}'", 1),
        ("UPDATE orgs_schoolsite SET name = name", 1),
        ("UPDATE years_classgrade SET grade_code = grade_code", 2),
        ("UPDATE rollover_planclass SET name = 'X'", 2),
    ],
)
def test_tables_that_all_may_read_are_written_by_few(two_schools, as_web, statement: str, expected: int) -> None:
    _, made = two_schools
    b.school_year(2025)
    for _where, classes in made.values():
        for school_class in classes:
            PlanClass.objects.create(
                from_year=2024, school_id=school_class.school_id, source_class=school_class, grade_code="08", ordinal=1
            )
    head = b.account("hieu.truong", "school_head", made["own"][0].unit)

    with as_web(head), connection.cursor() as cursor:
        cursor.execute(statement)
        assert cursor.rowcount == expected


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM years_homeroomassignment",
        "UPDATE years_classgrade SET grade_code = grade_code",
        "UPDATE orgs_schoolprofile SET extra = '{}'",
        "UPDATE orgs_schoollevel SET level_code = level_code",
    ],
)
def test_no_table_of_a_closed_year_takes_a_write(two_schools, as_web, statement: str) -> None:
    director = b.account("so", "department_admin", b.department())
    with connection.cursor() as cursor:
        cursor.execute("UPDATE years_schoolyear SET state = 'closed'")

    with as_web(director), connection.cursor() as cursor:
        cursor.execute(statement)
        assert cursor.rowcount == 0


def test_a_plan_stands_once_the_year_it_leads_into_is_closed(two_schools, as_web) -> None:
    _, made = two_schools
    where, (school_class, _) = made["own"]
    b.school_year(2025)
    enrolment = Enrolment.objects.get(school_class=school_class)
    Choice.objects.create(from_year=2024, enrolment=enrolment, school=where)
    head = b.account("hieu.truong", "school_head", where.unit)

    with as_web(head):
        assert Choice.objects.update(note="mở") == 1
    with connection.cursor() as cursor:
        cursor.execute("UPDATE years_schoolyear SET state = 'closed' WHERE start_year = 2025")
    with as_web(head):
        assert Choice.objects.update(note="khóa") == 0


def test_runs_and_events_are_seen_by_who_did_them_and_by_the_units_they_touch(two_schools, as_web) -> None:
    office, made = two_schools
    own, neighbour = made["own"][0].unit, made["neighbour"][0].unit
    officer = b.account("truong.phong", "office_head", office)
    head = b.account("hieu.truong", "school_head", own)
    other = b.account("hieu.truong.2", "school_head", neighbour)
    for title, who, unit in (("phòng", officer, office), ("trường", head, own), ("bên cạnh", other, neighbour)):
        Job.objects.create(kind="x", title=title, account=who, args={"unit_id": unit.pk})
        Event.objects.create(kind="x", actor_label=title, account=who, unit_id=unit.pk)

    def seen() -> tuple[set[str], set[str]]:
        events = Event.objects.filter(kind="x")
        return set(Job.objects.values_list("title", flat=True)), set(events.values_list("actor_label", flat=True))

    with as_web(head):
        # A run of the office over the school is known to it; what the office did otherwise is not.
        assert seen() == ({"phòng", "trường"}, {"trường"})
    with as_web(officer):
        assert seen() == ({"phòng", "trường", "bên cạnh"}, {"phòng", "trường", "bên cạnh"})
    with as_web(None):
        assert seen() == (set(), set())


def test_a_token_lives_as_long_as_a_sign_in_and_ends_with_it(as_web, client) -> None:
    head = b.account("hieu.truong", "school_head", b.school().unit)
    token = token_for(head)
    act_as(token, head)
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(expires_at - issued_at) FROM accounts_actingtoken")
        assert cursor.fetchone() == (dt.timedelta(hours=TOKEN_HOURS),)
        cursor.execute("UPDATE accounts_actingtoken SET expires_at = now() - interval '1 second'")
        other = token_for(head)
        cursor.execute("SELECT array_agg(token::text) FROM accounts_actingtoken")
        assert cursor.fetchone() == ([other],)

        client.force_login(head, backend="allauth.account.auth_backends.AuthenticationBackend")
        client.get("/")
        held = client.session["acting_token"][1]
        client.post("/accounts/logout/")
        cursor.execute("SELECT array_agg(token::text) FROM accounts_actingtoken")
        assert held != other
        assert cursor.fetchone() == ([other],)


def test_functions_with_the_owners_rights_find_only_our_tables() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT proname, array_to_string(proconfig, ';'), current_schema() FROM pg_proc"
            " WHERE prosecdef AND pronamespace = current_schema()::regnamespace"
        )
        found = cursor.fetchall()
    assert "csdl_account_id" in {name for name, _, _ in found}
    for name, settings, schema in found:
        assert settings == f"search_path={schema}, pg_temp", name


def test_the_account_is_looked_up_once_a_statement(two_schools, as_web) -> None:
    _, made = two_schools
    head = b.account("hieu.truong", "school_head", made["own"][0].unit)

    with as_web(head), connection.cursor() as cursor:
        cursor.execute("EXPLAIN (VERBOSE) SELECT * FROM years_enrolment")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    calls = [line for line in plan.splitlines() if "csdl_account_id()" in line]
    assert calls
    assert all(line.strip().startswith("Output:") for line in calls), plan  # the result of an InitPlan, never a filter


def test_no_policy_calls_a_function_row_by_row(two_schools, as_web) -> None:
    _, made = two_schools
    head = b.account("hieu.truong", "school_head", made["own"][0].unit)

    filters = []
    with as_web(head), connection.cursor() as cursor:
        # A join with the rows of a function, which was called once, names the function in its filter.
        cursor.execute("SET LOCAL enable_nestloop = off")
        for model in declarations:
            cursor.execute(f"EXPLAIN (VERBOSE) SELECT * FROM {model._meta.db_table}")
            filters += [line.strip() for (line,) in cursor.fetchall() if "Filter:" in line]
    assert len(filters) >= len(declarations)
    # Whether a person is tied is asked of those alone whom the account itself wrote down.
    tied = re.compile(r"created_by = \(InitPlan \d+\)\.col1\) AND \(NOT csdl_(student|staff)_is_tied\(")
    assert [line for line in filters if "csdl_" in tied.sub("", line)] == []


def test_one_index_says_by_what_a_pupil_is_reached() -> None:
    """Asked of every pupil of a list: an index that lacks one of the columns costs ten times as much."""
    rule = declarations[Enrolment]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT array_agg(attname::text ORDER BY attnum) FROM pg_attribute"
            " WHERE attrelid = 'enrolment_by_student'::regclass"
        )
        ((first, *others),) = cursor.fetchone()
    assert first == "student_id"
    assert {rule.unit_column, rule.class_column, rule.grade_column} == set(others)


def test_every_record_notes_when_it_changed() -> None:
    records = {model for model in apps.get_models() if issubclass(model, Record)}
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'touch'")
        touched = {row[0] for row in cursor.fetchall()}
    assert {model._meta.db_table for model in records} <= touched


def test_the_web_role_makes_no_temporary_tables(own_database) -> None:
    own_database.csdl("db", "prepare")

    with (
        psycopg.connect(own_database.app_url, autocommit=True) as web,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        web.execute("CREATE TEMPORARY TABLE audit_event (id int)")


def test_autocommit_queries_of_the_web_role_see_nothing(own_database) -> None:
    """A real second login: what escapes the request's transaction has no actor."""
    with psycopg.connect(own_database.url) as owner:
        owner.execute(
            "INSERT INTO students_student (full_name, birth_date, gender_code, ethnic_code, nationality_code,"
            " religion_code, citizen_id_no, id_state, moet_code, local_code, birth_place, origin_place,"
            " permanent_commune_code, permanent_address, current_commune_code, current_address, phone, email,"
            " policy_code, is_disabled, disability_code, extra) VALUES ('A', NULL, '', '', 'VN', '', '',"
            " 'missing', '', '', '', '', '', '', '', '', '', '', '', false, '', '{}')"
        )

    with psycopg.connect(own_database.app_url, autocommit=True) as web:
        assert web.execute("SELECT count(*) FROM students_student").fetchone() == (0,)
        assert web.execute("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user").fetchone() == (
            False,
            False,
        )
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            web.execute("SET ROLE csdl_test_owner")
        owned = "SELECT count(*) FROM pg_class WHERE pg_get_userbyid(relowner) = current_user"
        assert web.execute(owned).fetchone() == (0,)


def test_policies_in_the_database_are_those_declared() -> None:
    assert not stale()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_policies WHERE tablename NOT LIKE 'procrastinate%%'")
        (in_database,) = cursor.fetchone()
    assert in_database == sum(1 for text in policy_statements() if text.startswith("CREATE POLICY"))
    with connection.cursor() as cursor:
        for model in [*declarations, *(model for model, rule in open_tables.items() if rule.written_by)]:
            cursor.execute("SELECT relrowsecurity FROM pg_class WHERE oid = %s::regclass", [model._meta.db_table])
            assert cursor.fetchone() == (True,), model._meta.label


def test_changing_a_row_keeps_the_old_one_with_the_actor(two_schools, as_web) -> None:
    _, made = two_schools
    head = b.account("hieu.truong", "school_head", made["own"][0].unit)

    with as_web(head):
        student = Student.objects.get(full_name="Học sinh own 7A")
        student.full_name = "Học sinh đổi tên"
        student.save()
        (old,) = Student.pgh_event_models["update"].objects.all()
        assert (old.full_name, old.pgh_context["label"]) == ("Học sinh own 7A", "hieu.truong")

    neighbour = b.account("hieu.truong.2", "school_head", made["neighbour"][0].unit)
    with as_web(neighbour):
        assert not Student.pgh_event_models["update"].objects.exists()
