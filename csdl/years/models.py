"""School years, classes, who learns and teaches in them, and what the year decided.

`Enrolment` and `YearResult` are partitioned by school year (D16): their tables, keys and foreign keys are made in
`migrations/sql/`, the database's key is (start_year, id), and Django's foreign keys to them carry no constraint of
their own. No row of a finished year is changed by the next one. Tables: years_*.
"""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models.functions import Now

from csdl.access.models import SCOPE_KEY, Grant, Scope
from csdl.lib import history
from csdl.lib.records import Record, dates
from csdl.orgs.models import School, SchoolSite
from csdl.staff.models import StaffMember
from csdl.students.models import Student
from csdl.years.enums import AdmissionKind, AssignmentState, Outcome, YearState

__all__ = [
    "ClassGrade",
    "ClassMove",
    "ClassScope",
    "Enrolment",
    "HomeroomAssignment",
    "SchoolClass",
    "SchoolYear",
    "ScopeClass",
    "TeachingAssignment",
    "YearResult",
]


@history.track()
class SchoolYear(models.Model):
    """2024 = 2024-2025, with its dates. One year is current; a closed year takes no write."""

    start_year = models.SmallIntegerField("năm bắt đầu", primary_key=True)
    starts_on = models.DateField("ngày đầu năm học", help_text="first day the year's enrolments may begin")
    opening_on = models.DateField("ngày khai giảng")
    semester2_on = models.DateField("ngày bắt đầu học kì II")
    ends_on = models.DateField(
        "ngày kết thúc năm học",
        help_text="inclusive: whoever is here that day is rolled over",
    )
    state = models.CharField(
        "tình trạng",
        max_length=10,
        choices=YearState.choices,
        default=YearState.PLANNED,
    )
    is_current = models.BooleanField("năm học hiện tại", default=False)

    class Meta:
        verbose_name = "năm học"
        ordering = ["-start_year"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_current"],
                condition=models.Q(is_current=True),
                name="one_year_is_current",
            ),
            ExclusionConstraint(
                name="school_years_do_not_overlap",
                expressions=[(dates("starts_on", "ends_on"), RangeOperators.OVERLAPS)],
            ),
            models.CheckConstraint(
                name="a_school_year_runs_in_order",
                condition=models.Q(starts_on__lte=models.F("opening_on"))
                & models.Q(opening_on__lt=models.F("semester2_on"))
                & models.Q(semester2_on__lt=models.F("ends_on")),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return f"{self.start_year}-{self.start_year + 1}"


@history.track(exclude=("sort_key",))
class SchoolClass(Record):
    """A class in one year (field list class). `lineage` is the class of the year before whose pupils it continues."""

    start_year = models.SmallIntegerField("năm học")
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="classes")
    name = models.CharField("tên lớp", max_length=60)
    sort_key = models.GeneratedField(
        expression=models.Func("name", function="csdl_class_key"),
        output_field=models.TextField(db_collation="C"),
        db_persist=True,
    )
    grade_code = models.CharField("khối", max_length=2)
    level_code = models.CharField("cấp học", max_length=2)
    age_group_code = models.CharField("nhóm tuổi", max_length=2, blank=True)
    mixed_age = models.SmallIntegerField("ghép độ tuổi", default=0)
    site = models.ForeignKey(
        SchoolSite,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name="điểm trường",
    )
    is_combined = models.BooleanField("lớp ghép", default=False)
    session_code = models.CharField("buổi học", max_length=1, blank=True)
    sessions_per_week_code = models.CharField("số buổi/tuần", max_length=2, blank=True)
    is_gifted = models.BooleanField("lớp chuyên", default=False)
    gifted_stream_code = models.CharField("hệ chuyên", max_length=2, blank=True)
    is_semi_boarding = models.BooleanField("bán trú", default=False)
    fl1_code = models.CharField("ngoại ngữ 1", max_length=2, blank=True)
    fl2_code = models.CharField("ngoại ngữ 2", max_length=2, blank=True)
    is_special = models.BooleanField("lớp chuyên biệt", default=False)
    seq_no = models.SmallIntegerField("thứ tự", default=0)
    lineage = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    is_confirmed = models.BooleanField("đã xác nhận", default=True)
    extra = models.JSONField(default=dict)
    created_by = models.BigIntegerField(null=True)
    run_id = models.BigIntegerField(null=True)

    class Meta:
        verbose_name = "lớp"
        constraints = [
            models.UniqueConstraint(
                fields=["start_year", "school", "name"],
                name="a_class_name_is_used_once_a_year",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ClassGrade(models.Model):
    """A grade that a class admits: its own; a combined class has several. Enrolments point here, so that no pupil's
    grade disagrees with the class. The class's own grade is added by a trigger."""

    start_year = models.SmallIntegerField()
    school = models.ForeignKey(School, on_delete=models.CASCADE, related_name="+")
    school_class = models.ForeignKey(
        SchoolClass,
        on_delete=models.CASCADE,
        related_name="grades",
        db_column="class_id",
    )
    grade_code = models.CharField(max_length=2)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["start_year", "school", "school_class", "grade_code"],
                name="a_class_admits_a_grade_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.school_class_id} {self.grade_code}"


@history.track()
class Enrolment(Record):
    """One student at one school in one year, from day to day; a return after leaving is a second row.

    `left_on` is the first day the pupil is no longer there; empty: until the year's window ends. A rollover never
    touches the row: "completed" is the year result plus the absence of a next row (D6).
    """

    public_id = models.UUIDField(db_default=models.Func(function="gen_random_uuid"), editable=False)
    start_year = models.SmallIntegerField("năm học")
    student = models.ForeignKey(
        Student,
        on_delete=models.PROTECT,
        db_constraint=False,
        related_name="enrolments",
    )
    school = models.ForeignKey(School, on_delete=models.PROTECT, db_constraint=False, related_name="enrolments")
    grade_code = models.CharField("khối", max_length=2)
    school_class = models.ForeignKey(
        SchoolClass,
        on_delete=models.PROTECT,
        db_constraint=False,
        null=True,
        related_name="enrolments",
        db_column="class_id",
        verbose_name="lớp hiện tại",
    )
    first_class = models.ForeignKey(
        SchoolClass,
        on_delete=models.PROTECT,
        db_constraint=False,
        null=True,
        related_name="+",
        verbose_name="lớp đầu năm",
    )
    enrolled_on = models.DateField("ngày vào")
    left_on = models.DateField("ngày rời trường", null=True)
    status_code = models.CharField("trạng thái", max_length=2, db_default="01")
    status_on = models.DateField("ngày trạng thái", null=True)
    admission_kind = models.CharField("loại nhập học", max_length=1, choices=AdmissionKind.choices)
    leaving_reason_code = models.CharField("lý do thôi học", max_length=2, blank=True, db_default="")
    transfer_destination_code = models.CharField("nơi chuyển đi", max_length=2, blank=True, db_default="")
    repeat_count = models.SmallIntegerField("số lần lưu ban trong cấp", db_default=0)
    needs_confirmation = models.BooleanField("cần xác nhận diện chính sách, hỗ trợ", db_default=False)
    previous_id = models.BigIntegerField(
        null=True, help_text="enrolment of the year before, where a rollover wrote this"
    )
    extra = models.JSONField(db_default={})
    created_by = models.BigIntegerField(null=True)
    run_id = models.BigIntegerField(null=True)

    class Meta:
        verbose_name = "học sinh trong năm học"

    def __str__(self) -> str:
        return f"{self.student_id} @ {self.school_id} {self.start_year}"


@history.track()
class ClassMove(models.Model):
    """That enrolment went from class A to class B on a day; rows only for movers."""

    start_year = models.SmallIntegerField()
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, db_constraint=False, related_name="moves")
    from_class = models.ForeignKey(SchoolClass, on_delete=models.PROTECT, null=True, related_name="+")
    to_class = models.ForeignKey(SchoolClass, on_delete=models.PROTECT, null=True, related_name="+")
    moved_on = models.DateField()
    created_by = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    def __str__(self) -> str:
        return f"{self.enrolment_id}: {self.from_class_id} -> {self.to_class_id}"


@history.track()
class HomeroomAssignment(models.Model):
    """Who leads a class (giáo viên chủ nhiệm) on the days from–to."""

    school_class = models.ForeignKey(
        SchoolClass,
        on_delete=models.PROTECT,
        related_name="homerooms",
        db_column="class_id",
    )
    staff = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="homerooms")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    state = models.CharField(
        max_length=10,
        choices=AssignmentState.choices,
        default=AssignmentState.CONFIRMED,
    )
    created_by = models.BigIntegerField(null=True)
    run_id = models.BigIntegerField(null=True)

    class Meta:
        verbose_name = "phân công chủ nhiệm"
        constraints = [
            ExclusionConstraint(
                name="a_class_has_one_homeroom_teacher_on_a_day",
                expressions=[
                    ("school_class", RangeOperators.EQUAL),
                    (dates("valid_from", "valid_to"), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.school_class_id}: {self.staff_id}"


@history.track()
class TeachingAssignment(models.Model):
    """Who teaches a class which subject in which semester (phân công chuyên môn; field list class_subject)."""

    school_class = models.ForeignKey(
        SchoolClass,
        on_delete=models.PROTECT,
        related_name="teaching",
        db_column="class_id",
    )
    subject_code = models.CharField("môn học", max_length=2)
    staff = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="teaching")
    semester = models.SmallIntegerField("học kì")
    periods_per_week = models.DecimalField("số tiết/tuần", max_digits=4, decimal_places=1, null=True)
    state = models.CharField(
        max_length=10,
        choices=AssignmentState.choices,
        default=AssignmentState.CONFIRMED,
    )
    created_by = models.BigIntegerField(null=True)
    run_id = models.BigIntegerField(null=True)

    class Meta:
        verbose_name = "phân công chuyên môn"
        constraints = [
            models.UniqueConstraint(
                fields=["school_class", "subject_code", "semester", "staff"],
                name="a_teaching_assignment_is_said_once",
            ),
            models.CheckConstraint(name="a_semester_is_1_or_2", condition=models.Q(semester__in=[1, 2])),
        ]

    def __str__(self) -> str:
        return f"{self.school_class_id} {self.subject_code}: {self.staff_id}"


@history.track()
class YearResult(models.Model):
    """What the year decided about an enrolment, by the regulation that held for its grade.

    `regime` names that regulation as `data/regimes.csv` lists them by grade and year: grades 5, 9 and 12 of 2023-2024
    were still judged by older ones (results-and-promotion §2, §3.6). A revised decision is a new row; one is current.
    """

    start_year = models.SmallIntegerField()
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, db_constraint=False, related_name="results")
    outcome = models.CharField("kết quả cuối năm", max_length=30, choices=Outcome.choices)
    regime = models.CharField("quy định đánh giá", max_length=10)
    learning_level = models.CharField("kết quả học tập", max_length=10, blank=True, db_default="")
    training_level = models.CharField("kết quả rèn luyện", max_length=10, blank=True, db_default="")
    absence_count = models.SmallIntegerField("số buổi nghỉ", null=True)
    note = models.TextField("ghi chú", blank=True, db_default="")
    is_current = models.BooleanField(db_default=True)
    decided_by = models.BigIntegerField(null=True)
    decided_on = models.DateField("ngày quyết định", null=True)
    changed_at = models.DateTimeField(db_default=Now(), editable=False)
    run_id = models.BigIntegerField(null=True)

    class Meta:
        verbose_name = "kết quả năm học"

    def __str__(self) -> str:
        return f"{self.enrolment_id}: {self.outcome}"


class ClassScope(models.Model):
    """Ties a grant of class kind to the class it reaches (homeroom teachers)."""

    grant = models.ForeignKey(Grant, on_delete=models.CASCADE, related_name="class_scopes")
    school_class = models.ForeignKey(SchoolClass, on_delete=models.PROTECT, related_name="+", db_column="class_id")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["grant", "school_class"], name="a_class_scope_is_said_once")]

    def __str__(self) -> str:
        return f"{self.grant_id} {self.school_class_id}"


class ScopeClass(Scope):
    """A class that an account reaches; derived from ClassScope, read by the row policies."""

    school_class = models.ForeignKey(SchoolClass, on_delete=models.CASCADE, related_name="+", db_column="class_id")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "school_class", *SCOPE_KEY],
                name="a_scope_class_is_said_once",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.school_class_id}"
