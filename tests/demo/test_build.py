"""The made-up province as a whole: what stands in the database after a build."""

import datetime as dt
from collections import Counter

import pytest
from django.db import connection, transaction
from django.db.models import Count, F, Q, Sum
from django.test import Client
from django.urls import reverse

from csdl.access.models import Grant
from csdl.accounts.models import Account
from csdl.codes.models import Commune, District
from csdl.delegation.models import Minutes
from csdl.demo.accounts import DEMO_PASSWORD, current_codes, sign_in_lines, sign_ins
from csdl.demo.build import build_province
from csdl.demo.errors import DemoError
from csdl.lib import clock
from csdl.lib.vietnamese import fold
from csdl.orgs.enums import UnitKind
from csdl.orgs.models import OrgUnit, School, SchoolProfile
from csdl.staff.models import StaffMember, StaffPosting, UnitHead
from csdl.students.models import Guardian, Student
from csdl.years.enums import GONE_STATUSES
from csdl.years.models import (
    ClassMove,
    Enrolment,
    HomeroomAssignment,
    SchoolClass,
    SchoolYear,
    ScopeClass,
    TeachingAssignment,
    YearResult,
)

# One worker builds the province for all of them.
pytestmark = pytest.mark.xdist_group("demo province")
PUPILS = 3_000


@pytest.fixture(scope="module")
def province(django_db_setup, django_db_blocker):
    """One province for the module's tests, taken back afterwards."""
    with django_db_blocker.unblock():
        with transaction.atomic():
            report = build_province(pupils=PUPILS, start_year=2023)
            yield report
            transaction.set_rollback(True)
        connection.close()


@pytest.fixture
def built(province, db):
    return province


def there_as(prefix: str = "") -> Q:
    """Who is there on the year's last day."""
    return Q(**{f"{prefix}left_on__isnull": True}) | Q(**{f"{prefix}left_on__gt": "2024-05-31"})


def test_build_makes_exactly_the_wanted_pupils_and_keeps_every_kind(built):
    kinds = set(OrgUnit.objects.values_list("kind", flat=True))
    offices = set(OrgUnit.objects.filter(kind=UnitKind.DISTRICT_OFFICE).values_list("code", flat=True))
    districts = set(District.objects.filter(province_code="31").values_list("code", flat=True))
    groups = set(SchoolProfile.objects.values_list("level_group_code", flat=True))

    assert Student.objects.count() == built.pupils == PUPILS
    assert kinds == set(UnitKind.values) - {UnitKind.COMMUNE_COMMITTEE}
    assert offices == {f"31{code}" for code in districts}
    assert groups == {"01", "04", "05", "06", "07", "08", "09", "10", "11", "12", "13", "14", "19"}
    assert "(tỉnh mẫu)" in OrgUnit.objects.get(parent=None).name
    assert School.objects.exclude(source__made_up=True).count() == 0
    assert Student.objects.exclude(extra__made_up=True).count() == 0
    assert StaffMember.objects.exclude(extra__made_up=True).count() == 0


def test_build_leaves_the_year_ended_and_the_next_one_open(built):
    years = list(SchoolYear.objects.order_by("start_year").values_list("start_year", "state", "is_current"))

    assert years == [(2023, "open", True), (2024, "open", False)]
    assert clock.today().isoformat() == "2024-08-05"
    assert Enrolment.objects.filter(start_year=2024).count() == 0


def test_no_class_is_larger_than_the_law_allows(built):
    limits = {"01": 15, "02": 20, "03": 25, "04": 25, "05": 30, "06": 35}
    rows = SchoolClass.objects.annotate(size=Count("enrolments", filter=there_as("enrolments__")))

    for row in rows:
        limit = 10 if row.is_special else limits.get(row.age_group_code) or {"02": 35}.get(row.level_code, 45)
        assert row.size <= limit, (row.school_id, row.name, row.size)


def test_whoever_was_there_at_the_end_has_a_result_except_the_listed_few(built):
    there = Enrolment.objects.filter(there_as())
    undecided = next(kind["count"] for kind in built.dirt if kind["name"] == "undecided")
    without = there.exclude(pk__in=YearResult.objects.values("enrolment_id")).count()
    strangers = YearResult.objects.exclude(enrolment__in=there).count()

    assert strangers == 0
    assert without <= undecided
    assert YearResult.objects.count() == there.count() - without


def test_results_fit_the_grade(built):
    completed = {
        "completed_primary": {"05"},
        "completed_lower_secondary": {"09", "23"},
        "completed_upper_secondary": {"12", "15"},
        "graduated": {"12", "15"},
        "completed_preschool": {"17"},
    }
    pairs = set(YearResult.objects.values_list("outcome", "enrolment__grade_code"))
    last = {code for codes in completed.values() for code in codes} - {"17"}

    assert all(grade in completed[outcome] for outcome, grade in pairs if outcome in completed)
    assert not {grade for outcome, grade in pairs if outcome == "promoted"} & last
    regimes = set(YearResult.objects.values_list("regime", "enrolment__grade_code"))
    older = {grade for regime, grade in regimes if regime in ("tt22_2016", "tt58")}
    assert {regime for regime, _ in regimes} == {"preschool", "tt27", "tt22_2016", "tt22", "tt58", "tt43"}
    assert older == {"05", "09", "12", "15", "23"} & {grade for _, grade in regimes}
    assert (
        YearResult.objects.filter(outcome="promoted", learning_level__in=("Chưa đạt", "CHT", "Yếu", "Kém")).count() == 0
    )


def test_leavers_have_a_day_and_a_reason_or_a_destination(built):
    gone = Enrolment.objects.filter(status_code__in=GONE_STATUSES)

    assert gone.count() > 0
    assert gone.filter(status_on__isnull=True).count() == 0
    assert gone.filter(status_code__in=("04", "08", "11"), transfer_destination_code="").count() == 0
    assert gone.filter(status_code__in=("05", "09", "12"), leaving_reason_code="").count() == 0
    assert gone.filter(status_code__in=("11", "12")).exclude(left_on__month=6).count() == 0
    twice = Enrolment.objects.values("student").annotate(spells=Count("pk")).filter(spells__gt=1).count()
    assert twice == Enrolment.objects.count() - PUPILS


def test_class_moves_join_classes_of_one_grade(built):
    for move in ClassMove.objects.select_related("from_class", "to_class", "enrolment"):
        assert move.from_class.grade_code == move.to_class.grade_code
        assert (move.enrolment.first_class_id, move.enrolment.school_class_id) == (
            move.from_class_id,
            move.to_class_id,
        )


def test_clean_pupils_have_numbers_that_fit_them(built):
    verified = Student.objects.filter(id_state="verified", birth_date__isnull=False)

    for number, gender, born in verified.values_list("citizen_id_no", "gender_code", "birth_date"):
        assert len(number) == 12
        assert (int(number[3]) % 2 == 1) == (gender == "02")
        assert 1900 + int(number[3]) // 2 * 100 + int(number[4:6]) == born.year
    assert verified.values("moet_code").distinct().count() == verified.count()
    communes = set(Commune.objects.filter(province_code="31").values_list("code", flat=True))
    assert set(Student.objects.values_list("permanent_commune_code", flat=True)) - {""} <= communes


def test_dirt_is_found_in_the_rows_as_often_as_the_report_says(built):
    reported = {kind["name"]: kind["count"] for kind in built.dirt}
    names = list(Student.objects.values_list("full_name", flat=True))
    found = {
        "id_missing": Student.objects.filter(id_state="missing", citizen_id_no="").count(),
        "id_short": Student.objects.filter(citizen_id_no__regex=r"^\d{1,11}$").count(),
        "name_spaces": sum("  " in name for name in names),
        "name_capitals": sum(name.isupper() for name in names),
        "birth_date_missing": Student.objects.filter(birth_date=None).count(),
        "birth_place_missing": Student.objects.filter(birth_place="").count(),
        "commune_missing": Student.objects.filter(permanent_commune_code="").count(),
        "disability_unknown": Student.objects.filter(is_disabled=True, disability_code="").count(),
        "guardian_missing": Student.objects.filter(guardians=None).count(),
        "unplaced": Enrolment.objects.filter(school_class=None).count(),
        "homeroom_missing": SchoolClass.objects.filter(homerooms=None).count(),
        "session_missing": SchoolClass.objects.filter(session_code="").count(),
    }

    assert found == {name: reported[name] for name in found}
    assert reported["id_missing"] > 0
    assert sum(fold(name).title() == name for name in names) >= reported["name_bare"]


def test_every_unit_has_one_head_and_every_person_one_post(built):
    assert UnitHead.objects.values("unit").distinct().count() == UnitHead.objects.count() == OrgUnit.objects.count()
    assert StaffPosting.objects.count() == StaffMember.objects.count()
    heads = UnitHead.objects.filter(unit_id=F("staff__postings__unit_id"), staff__postings__status_code="01")
    assert heads.count() == OrgUnit.objects.count()
    leaders = HomeroomAssignment.objects.filter(staff__postings__unit_id=F("school_class__school_id"))
    assert leaders.count() == HomeroomAssignment.objects.count()
    load = TeachingAssignment.objects.filter(semester=1).values("staff").annotate(periods=Sum("periods_per_week"))
    assert max(row["periods"] for row in load) <= 35


def test_most_families_have_a_mother_and_many_a_father(built):
    counts = dict(Guardian.objects.values_list("relation").annotate(count=Count("pk")))

    assert counts["mother"] / PUPILS > 0.9
    assert 1.5 < sum(counts.values()) / PUPILS < 1.75


def test_sample_accounts_sign_in_and_reach_their_part(built):
    reached = {}
    for item in built.sign_ins:
        client = Client()
        assert client.login(username=item.username, password=DEMO_PASSWORD), item
        account = Account.objects.get(username=item.username)
        reached[item.username] = (account.grants.get().role_code, account.staff_member.full_name == account.full_name)

    assert reached == {
        "so.giamdoc": ("department_admin", True),
        "phong.lechan": ("office_head", True),
        "tieuhoc.hieutruong": ("school_head", True),
        "thcs.hieutruong": ("school_head", True),
        "thcs.vanthu": ("school_clerk", True),
        "thcs.chunhiem": ("homeroom_teacher", True),
        "phong.mamnon": ("level_officer", True),
        "phong.tieuhoc": ("level_officer", True),
        "phong.thcs": ("level_officer", True),
    }
    assert sign_ins() == built.sign_ins
    assert len(sign_in_lines()) == 10
    teacher = Account.objects.get(username="thcs.chunhiem")
    assert teacher.grants.get().class_scopes.count() == 1
    opened = ScopeClass.objects.get(account=teacher)
    assert opened.school_class_id == teacher.grants.get().class_scopes.get().school_class_id
    assert (opened.valid_from, opened.valid_to) == (dt.date(2023, 8, 15), teacher.grants.get().valid_to)
    grounds = Counter(Grant.objects.values_list("ground", "state"))
    assert grounds == {("appointment", "active"): 4, ("minutes", "active"): 5}
    assert set(Minutes.objects.values_list("state", "signed_by")) == {("signed", "made_up")}


def test_the_sample_head_has_a_second_factor_whose_code_is_known(built):
    client = Client()

    asked = client.post(reverse("account_login"), {"login": "so.giamdoc", "password": DEMO_PASSWORD})
    code = current_codes()[0]["code"]
    inside = client.post(asked.url, {"code": code})

    assert asked.url == reverse("mfa_authenticate")
    assert (inside.status_code, inside.url) == (302, "/")


def test_build_refuses_a_database_that_is_not_empty(built):
    with pytest.raises(DemoError) as caught:
        build_province(pupils=2_000, start_year=2023)

    assert caught.value.code == "DEMO-01"
    assert Student.objects.count() == PUPILS
