"""The turn of the year (R8): plans, runs, and the rows a person looks at before and after.

A run belongs to one school; a batch is one act of one person over one school, a group or the whole province. Every
row a run writes elsewhere carries its id. Tables: rollover_rolloverbatch, rollover_rolloverrun, rollover_classsum,
rollover_schoolrollover, rollover_planclass, rollover_planrow (partitioned by source year), rollover_choice.
"""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from csdl.jobs.models import Job
from csdl.lib import history
from csdl.lib.records import Record
from csdl.orgs.models import OrgUnit, School
from csdl.rollover.enums import Act, RunMode, RunState
from csdl.students.models import Student
from csdl.years.models import Enrolment, SchoolClass

__all__ = [
    "Choice",
    "ClassSum",
    "PlanClass",
    "PlanRow",
    "RolloverBatch",
    "RolloverRun",
    "SchoolRollover",
]


def _accounted_for(name: str) -> models.CheckConstraint:
    """Conservation: who came in was promoted, retained, completed, is pending or has left; nobody twice."""
    parts = models.F("promoted_count") + models.F("retained_count") + models.F("completed_count")
    return models.CheckConstraint(
        name=name, condition=models.Q(in_count=parts + models.F("pending_count") + models.F("left_count"))
    )


class RolloverBatch(Record):
    """One press of the button: whose, over which units, in which mode, and the log position it began at (P8)."""

    from_year = models.SmallIntegerField("từ năm học")
    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, null=True, related_name="+")
    mode = models.CharField("cách chạy", max_length=10, choices=RunMode.choices)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    actor_label = models.CharField(max_length=200)
    job = models.ForeignKey(Job, on_delete=models.PROTECT, null=True, related_name="+")
    log_position = models.CharField("vị trí nhật ký CSDL", max_length=40)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = "đợt kết chuyển"

    def __str__(self) -> str:
        return f"{self.from_year} → {self.from_year + 1}"


class RolloverRun(Record):
    """One run for one school, with the figures it left behind. A later partial run is a row of its own."""

    batch = models.ForeignKey(RolloverBatch, on_delete=models.PROTECT, related_name="runs")
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="rollover_runs")
    from_year = models.SmallIntegerField("từ năm học")
    state = models.CharField("tình trạng", max_length=10, choices=RunState.choices)
    in_count = models.IntegerField("có mặt cuối năm", default=0)
    promoted_count = models.IntegerField("lên lớp", default=0)
    retained_count = models.IntegerField("ở lại lớp", default=0)
    completed_count = models.IntegerField("hoàn thành cấp học", default=0)
    pending_count = models.IntegerField("chờ xử lý", default=0)
    left_count = models.IntegerField("đã rời trường", default=0)
    created_count = models.IntegerField("bản ghi tạo mới", default=0)
    exception_count = models.IntegerField("ngoại lệ", default=0)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "lần kết chuyển"
        indexes = [models.Index(fields=["school", "from_year", "-id"], name="run_by_school")]
        constraints = [
            _accounted_for("who_came_in_is_accounted_for"),
        ]

    def __str__(self) -> str:
        return f"{self.school_id} {self.from_year}"


class ClassSum(models.Model):
    """What became of one class in one run: who came in is accounted for, or the run does not commit.

    `source_class` is empty for pupils without a class.
    """

    run = models.ForeignKey(RolloverRun, on_delete=models.CASCADE, related_name="class_sums")
    source_class = models.ForeignKey(SchoolClass, on_delete=models.CASCADE, null=True, related_name="+")
    in_count = models.IntegerField("có mặt cuối năm")
    promoted_count = models.IntegerField("lên lớp")
    retained_count = models.IntegerField("ở lại lớp")
    completed_count = models.IntegerField("hoàn thành cấp học")
    pending_count = models.IntegerField("chờ xử lý")
    left_count = models.IntegerField("đã rời trường")
    created_count = models.IntegerField("bản ghi tạo mới")

    class Meta:
        verbose_name = "cân đối sĩ số của lớp"
        constraints = [
            _accounted_for("who_came_into_a_class_is_accounted_for"),
        ]

    def __str__(self) -> str:
        return f"{self.run_id} {self.source_class_id}"


class SchoolRollover(models.Model):
    """Where one school stands in one turn of the year: the figures of the state now, and the plan last looked at.

    `fingerprint` is the hash of the plan's rows: a run refuses a plan that changed after the person looked at it.
    """

    from_year = models.SmallIntegerField("từ năm học")
    school = models.ForeignKey(School, on_delete=models.CASCADE, related_name="rollovers")
    state = models.CharField("tình trạng", max_length=10, choices=RunState.choices)
    in_count = models.IntegerField("có mặt cuối năm", default=0)
    promoted_count = models.IntegerField("lên lớp", default=0)
    retained_count = models.IntegerField("ở lại lớp", default=0)
    completed_count = models.IntegerField("hoàn thành cấp học", default=0)
    pending_count = models.IntegerField("chờ xử lý", default=0)
    left_count = models.IntegerField("đã rời trường", default=0)
    created_count = models.IntegerField("bản ghi đã tạo", default=0)
    exception_count = models.IntegerField("ngoại lệ", default=0)
    blocked_reason = models.CharField("chưa thể chạy vì", max_length=300, blank=True)
    fingerprint = models.CharField(max_length=32, blank=True)
    planned_at = models.DateTimeField(null=True)
    last_run = models.ForeignKey(RolloverRun, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = "kết chuyển của trường"
        constraints = [
            models.UniqueConstraint(fields=["school", "from_year"], name="a_school_turns_each_year_once"),
            _accounted_for("who_is_planned_is_accounted_for"),
        ]

    def __str__(self) -> str:
        return f"{self.school_id} {self.from_year}"


class PlanClass(models.Model):
    """A class of the new year as planned: continued from a class of the old year, or an empty entry class.

    `name` can be changed by the school until the run, which finds or makes the class of that name.
    """

    from_year = models.SmallIntegerField()
    school = models.ForeignKey(School, on_delete=models.CASCADE, related_name="+")
    source_class = models.ForeignKey(SchoolClass, on_delete=models.CASCADE, related_name="+")
    is_entry = models.BooleanField(
        default=False,
        help_text="new entry class shaped like the source class, without pupils",
    )
    name = models.CharField("tên lớp mới", max_length=60, blank=True)
    is_name_chosen = models.BooleanField(default=False)
    grade_code = models.CharField("khối", max_length=2)
    age_group_code = models.CharField("nhóm tuổi", max_length=2, blank=True)
    ordinal = models.SmallIntegerField(help_text="place of the class among those of its grade, for matching cohorts")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["from_year", "source_class", "is_entry"],
                name="a_class_is_planned_once",
            ),
        ]
        indexes = [models.Index(fields=["school", "from_year"], name="plan_class_by_school")]

    def __str__(self) -> str:
        return self.name


class PlanRow(models.Model):
    """What the plan does with one enrolment: act, target, and the rule and reason a person can check.

    Partitioned by `from_year`; the database's key is (from_year, enrolment_id), which enrolment ids being of one
    sequence makes as good as enrolment_id alone.
    """

    enrolment = models.OneToOneField(
        Enrolment,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        primary_key=True,
        related_name="+",
    )
    from_year = models.SmallIntegerField()
    student = models.ForeignKey(Student, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+")
    school = models.ForeignKey(School, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+")
    source_class = models.ForeignKey(
        SchoolClass,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        null=True,
        related_name="+",
    )
    act = models.CharField("xử lý", max_length=10, choices=Act.choices)
    rule_code = models.CharField("quy tắc", max_length=10)
    outcome = models.CharField("kết quả cuối năm", max_length=30, blank=True)
    target_grade_code = models.CharField("khối mới", max_length=2, blank=True)
    plan_class = models.ForeignKey(
        PlanClass,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        null=True,
        related_name="rows",
    )
    is_chosen = models.BooleanField("do đơn vị chọn", db_default=False)

    class Meta:
        verbose_name = "dòng kế hoạch kết chuyển"

    def __str__(self) -> str:
        return f"{self.enrolment_id}: {self.act}"


@history.track()
class Choice(models.Model):
    """What a person decided about one pupil of the plan: another class, or an outcome only the head decides.

    Kept apart from the plan's rows, so that planning again never loses a decision.
    """

    from_year = models.SmallIntegerField()
    enrolment = models.ForeignKey(Enrolment, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+")
    school = models.ForeignKey(School, on_delete=models.CASCADE, related_name="+")
    plan_class = models.ForeignKey(PlanClass, on_delete=models.SET_NULL, null=True, related_name="+")
    act = models.CharField("quyết định", max_length=10, choices=Act.choices, blank=True)
    note = models.CharField("căn cứ", max_length=300, blank=True)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    chosen_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["from_year", "enrolment"], name="a_pupil_is_decided_once")]

    def __str__(self) -> str:
        return f"{self.enrolment_id}: {self.act}"
