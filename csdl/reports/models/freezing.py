"""Reports: periods with their hours, one submission per (period, unit, level), and what each freeze counted.

A freeze is a Snapshot: the facts valid on the snapshot day as known at that moment. Its rows (`Counted…`), cells and
failed checks are never changed or deleted (a trigger refuses), so they need no history; they point at the records
they were taken from by number only and stand when those are gone. `CountedPupil` is partitioned by period.
Tables: reports_*.
"""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from csdl.jobs.models import Job
from csdl.lib import history
from csdl.lib.records import Record
from csdl.orgs.models import OrgUnit
from csdl.reports.enums import FreezeMode, Severity, SubmissionState

__all__ = [
    "CellRow",
    "CheckExplanation",
    "CountedClass",
    "CountedPupil",
    "CountedRoom",
    "CountedSchool",
    "CountedSite",
    "CountedStaff",
    "Deadline",
    "DeadlineExtension",
    "ErasedPerson",
    "FailedCheck",
    "FreezeRun",
    "ReportPeriod",
    "Snapshot",
    "Submission",
    "TypedCell",
]


@history.track()
class ReportPeriod(Record):
    """One reporting period of a school year, e.g. 2024-dau-nam. Its forms follow from the law valid on its day."""

    code = models.CharField("mã kỳ", max_length=40, unique=True)
    name = models.CharField("tên kỳ", max_length=120)
    kind = models.CharField("loại kỳ", max_length=10, help_text="as data/period_kinds.csv lists them")
    start_year = models.SmallIntegerField("năm học")
    snapshot_on = models.DateField("ngày chốt số liệu", help_text="the state at the end of this day")
    starts_on = models.DateField("đầu kỳ", help_text="movements are counted after the end of this day")
    four_eyes = models.BooleanField("người lập và người duyệt khác nhau", default=True)
    required_checks = ArrayField(
        models.CharField(max_length=40), default=list, help_text="names of the preconditions of sending"
    )
    locks_when_late = models.BooleanField("khóa khi quá hạn", default=False)
    source_text = models.TextField("nguyên văn của văn bản", blank=True, help_text="as printed, misprints too")
    note = models.TextField("ghi chú", blank=True, help_text="why a day outside its window was confirmed")
    created_by = models.BigIntegerField(null=True)

    class Meta:
        verbose_name = "kỳ báo cáo"
        ordering = ["-snapshot_on"]
        constraints = [
            models.CheckConstraint(
                name="a_period_ends_after_it_begins", condition=models.Q(starts_on__lte=models.F("snapshot_on"))
            ),
        ]

    def __str__(self) -> str:
        return self.name


@history.track()
class Deadline(models.Model):
    """The hour by which a kind of sender sends: a school, an office, the department. An empty level: every level."""

    period = models.ForeignKey(ReportPeriod, on_delete=models.CASCADE, related_name="deadlines")
    sender = models.CharField(
        "bên gửi",
        max_length=20,
        choices=[("school", "Trường"), ("office", "Phòng, xã, phường"), ("department", "Sở")],
    )
    level_code = models.CharField("cấp học", max_length=2, blank=True)
    due_at = models.DateTimeField("gửi trước", help_text="this very instant is late")
    received_on = models.DateField("ngày cấp trên nhận", null=True)
    source_text = models.TextField("nguyên văn của văn bản", blank=True, db_default="", help_text="as printed")
    note = models.CharField("lý do xác nhận", max_length=300, blank=True, db_default="")

    class Meta:
        verbose_name = "hạn gửi"
        constraints = [
            models.UniqueConstraint(fields=["period", "sender", "level_code"], name="a_sender_has_one_deadline"),
        ]

    def __str__(self) -> str:
        return f"{self.sender} {self.due_at:%d/%m/%Y %H:%M}"


@history.track()
class DeadlineExtension(models.Model):
    """A later hour for one unit, by whose decision and why. The newest for a level holds."""

    period = models.ForeignKey(ReportPeriod, on_delete=models.CASCADE, related_name="extensions")
    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="+")
    level_code = models.CharField("cấp học", max_length=2, blank=True)
    due_at = models.DateTimeField("gia hạn đến trước")
    decision_no = models.CharField("số văn bản", max_length=60, blank=True)
    decided_on = models.DateField("ngày văn bản", null=True)
    reason = models.CharField("lý do", max_length=300)
    granted_by = models.BigIntegerField(null=True)
    granted_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = "gia hạn"

    def __str__(self) -> str:
        return f"{self.unit_id} {self.due_at:%d/%m/%Y %H:%M}"


class FreezeRun(Record):
    """One press of the button: whose, over which units, in which mode."""

    period = models.ForeignKey(ReportPeriod, on_delete=models.PROTECT, related_name="runs")
    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, null=True, related_name="+")
    mode = models.CharField("cách chốt", max_length=10, choices=FreezeMode.choices)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    actor_label = models.CharField(max_length=200)
    job = models.ForeignKey(Job, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = "lần chốt số liệu"

    def __str__(self) -> str:
        return f"{self.period_id} {self.created_at:%d/%m/%Y %H:%M}"


@history.track()
class Submission(Record):
    """The report of one unit and level in one period. `snapshot` is the freeze that counts: the newest one, and after
    sending the one that was sent."""

    period = models.ForeignKey(ReportPeriod, on_delete=models.PROTECT, related_name="submissions")
    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="+")
    level_code = models.CharField("cấp học", max_length=2)
    state = models.CharField(
        "tình trạng", max_length=20, choices=SubmissionState.choices, default=SubmissionState.NOT_STARTED
    )
    snapshot = models.ForeignKey("Snapshot", on_delete=models.PROTECT, null=True, related_name="+")
    sent_at = models.DateTimeField("gửi lúc", null=True, help_text="the newest sending")
    late_minutes = models.IntegerField("muộn (phút)", null=True, help_text="of the first sending; empty: in time")
    open_until = models.DateTimeField("mở đến", null=True, help_text="an unlock; from then on it is locked again")

    class Meta:
        verbose_name = "báo cáo"
        constraints = [
            models.UniqueConstraint(fields=["period", "unit", "level_code"], name="a_unit_reports_a_level_once"),
        ]
        indexes = [models.Index(fields=["unit", "period"], name="submission_by_unit")]

    def __str__(self) -> str:
        return f"{self.period_id} {self.unit_id} {self.level_code}"


class Snapshot(Record):
    """One freeze of one report: valid on its day, known at its instant, kept for ever.

    What the unit was on that day stands in the row: its name, parent, ownership, region. `digest` is the hash of what
    was counted, without names: it stays true when a person is erased.
    """

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="snapshots")
    run = models.ForeignKey(FreezeRun, on_delete=models.PROTECT, related_name="snapshots")
    period = models.ForeignKey(ReportPeriod, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="+")
    level_code = models.CharField("cấp học", max_length=2)
    version = models.PositiveIntegerField("lần chốt")
    start_year = models.SmallIntegerField()
    valid_on = models.DateField("số liệu đến hết ngày")
    known_at = models.DateTimeField("chốt lúc")
    frozen_by = models.BigIntegerField(null=True)
    frozen_by_label = models.CharField("người chốt", max_length=200)
    basis = models.CharField("căn cứ", max_length=10)
    unit_name = models.CharField(max_length=200)
    unit_kind = models.CharField(max_length=30)
    parent = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, null=True, related_name="+")
    parent_name = models.CharField(max_length=200, blank=True)
    level_group_code = models.CharField(max_length=2, blank=True)
    ownership_code = models.CharField(max_length=2, blank=True)
    school_type_code = models.CharField(max_length=2, blank=True)
    region_code = models.CharField(max_length=2, blank=True)
    is_top_level = models.BooleanField(help_text="the school is counted once, at the highest level it teaches")
    pupil_count = models.IntegerField("học sinh", default=0)
    class_count = models.IntegerField("lớp", default=0)
    staff_count = models.IntegerField("cán bộ, giáo viên, nhân viên", default=0)
    error_count = models.IntegerField("ràng buộc sai", default=0)
    warning_count = models.IntegerField("ràng buộc cần xem", default=0)
    digest = models.CharField("mã băm", max_length=64, blank=True)

    class Meta:
        verbose_name = "bản chốt"
        constraints = [
            models.UniqueConstraint(fields=["submission", "version"], name="a_freeze_has_its_own_number"),
        ]
        indexes = [
            models.Index(fields=["run"], name="snapshot_by_run"),
            models.Index(fields=["unit", "period"], name="snapshot_by_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.submission_id} v{self.version}"


class _Counted(models.Model):
    """A row of a snapshot: what counting reads and what showing the row needs, in ten years too."""

    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(
        OrgUnit, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )

    class Meta:
        abstract = True


class CountedPupil(models.Model):
    """One pupil of the unit and level: present at the end of the day; in year-end periods who left within it too."""

    period = models.ForeignKey(ReportPeriod, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+")
    snapshot = models.ForeignKey(Snapshot, on_delete=models.DO_NOTHING, db_constraint=False, related_name="pupils")
    unit = models.ForeignKey(OrgUnit, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+")
    enrolment_id = models.BigIntegerField()
    student_id = models.BigIntegerField()
    class_id = models.BigIntegerField()
    class_name = models.CharField("lớp", max_length=60)
    full_name = models.CharField("họ và tên", max_length=120, help_text="empty once the person was erased")
    birth_date = models.DateField("ngày sinh", null=True)
    local_code = models.CharField("mã học sinh", max_length=50, blank=True)
    grade_code = models.CharField("khối", max_length=2)
    age = models.SmallIntegerField("tuổi", null=True)
    age_months = models.SmallIntegerField("tháng tuổi", null=True)
    age_group_code = models.CharField("nhóm tuổi", max_length=2, blank=True)
    is_female = models.BooleanField("nữ")
    is_minority = models.BooleanField("dân tộc thiểu số")
    is_very_small_group = models.BooleanField("dân tộc rất ít người")
    is_new_intake = models.BooleanField("tuyển mới đầu cấp")
    is_repeater = models.BooleanField("lưu ban")
    has_two_sessions = models.BooleanField("2 buổi/ngày")
    is_semi_boarder = models.BooleanField("bán trú")
    is_boarder = models.BooleanField("nội trú")
    is_ethnic_semi_boarder = models.BooleanField("PTDT bán trú")
    is_disabled = models.BooleanField("khuyết tật")
    disability_code = models.CharField("loại khuyết tật", max_length=2, blank=True)
    is_inclusive = models.BooleanField("học hòa nhập")
    is_special = models.BooleanField("học chuyên biệt")
    learns_informatics = models.BooleanField("học tin học")
    learns_foreign_language = models.BooleanField("học ngoại ngữ")
    learns_ethnic_language = models.BooleanField("học tiếng dân tộc")
    is_in_gifted_class = models.BooleanField("lớp chuyên")
    learns_vocation = models.BooleanField("học nghề")
    study_mode_code = models.CharField("hình thức học", max_length=2, blank=True)
    has_policy = models.BooleanField("diện chính sách")
    has_study_cost_support = models.BooleanField("hỗ trợ chi phí học tập")
    has_living_support = models.BooleanField("hỗ trợ ăn, ở, gạo")
    has_lunch_support = models.BooleanField("hỗ trợ ăn trưa")
    fee_support_code = models.CharField("hỗ trợ học phí", max_length=2, blank=True)
    is_nutrition_checked = models.BooleanField("kiểm tra dinh dưỡng")
    nutrition_code = models.CharField("dinh dưỡng", max_length=2, blank=True)
    is_present = models.BooleanField("đang học")
    was_here_at_start = models.BooleanField("có từ đầu năm")
    has_arrived = models.BooleanField("chuyển đến")
    has_returned = models.BooleanField("học lại")
    left_how = models.CharField("rời trường", max_length=12, blank=True)
    leaving_reason_code = models.CharField("lý do thôi học", max_length=2, blank=True)
    transfer_destination_code = models.CharField("nơi chuyển đi", max_length=2, blank=True)
    outcome = models.CharField("kết quả cuối năm", max_length=30, blank=True)
    learning_level = models.CharField("học tập", max_length=10, blank=True)
    training_level = models.CharField("rèn luyện", max_length=10, blank=True)

    class Meta:
        verbose_name = "học sinh được đếm"
        managed = False
        db_table = "reports_countedpupil"

    def __str__(self) -> str:
        return self.full_name


class ErasedPerson(models.Model):
    """Somebody whose name an order took out of the frozen rows, by key alone: later freezes count and do not name them.

    Written by the operator's command; freezes of the web read the keys through `csdl_erased_persons`.
    """

    student_id = models.BigIntegerField(null=True, unique=True)
    staff_id = models.BigIntegerField(null=True, unique=True)
    decision = models.CharField("số bản án, quyết định", max_length=200)
    erased_by_label = models.CharField("người thực hiện", max_length=200, blank=True)
    erased_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = "người đã xóa thông tin"
        constraints = [
            models.CheckConstraint(
                name="a_pupil_or_a_member_of_staff_is_erased",
                condition=models.Q(student_id__isnull=True) ^ models.Q(staff_id__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.student_id or self.staff_id} {self.decision}"


class CountedClass(_Counted):
    """A class with at least one pupil present; a combined class stands in the grade that most of its pupils are in."""

    class_id = models.BigIntegerField()
    name = models.CharField("lớp", max_length=60)
    grade_code = models.CharField("khối", max_length=2)
    age_group_code = models.CharField("nhóm tuổi", max_length=2, blank=True)
    mixed_age = models.SmallIntegerField("ghép độ tuổi")
    is_combined = models.BooleanField("lớp ghép")
    has_two_sessions = models.BooleanField("2 buổi/ngày")
    is_semi_boarding = models.BooleanField("bán trú")
    is_special = models.BooleanField("chuyên biệt")
    pupil_count = models.IntegerField("học sinh")
    disabled_count = models.IntegerField("học sinh khuyết tật hòa nhập")

    class Meta:
        verbose_name = "lớp được đếm"

    def __str__(self) -> str:
        return self.name


class CountedStaff(_Counted):
    """A member of staff at work at the unit, at the highest of the levels of the posting."""

    posting_id = models.BigIntegerField()
    staff_id = models.BigIntegerField()
    full_name = models.CharField("họ và tên", max_length=120, help_text="empty once the person was erased")
    birth_date = models.DateField("ngày sinh", null=True)
    category = models.CharField("nhóm", max_length=12, blank=True)
    position_code = models.CharField("chức vụ, vị trí", max_length=2, blank=True)
    employee_kind = models.CharField("việc", max_length=12, blank=True)
    preschool_part = models.CharField("phần mầm non", max_length=12, blank=True)
    subject_code = models.CharField("môn dạy", max_length=2, blank=True)
    training = models.CharField("trình độ", max_length=12, blank=True)
    training_standard_code = models.CharField("chuẩn đào tạo", max_length=2, blank=True)
    standard_rating_code = models.CharField("chuẩn nghề nghiệp", max_length=2, blank=True)
    contract_group = models.CharField("hợp đồng", max_length=12, blank=True)
    age = models.SmallIntegerField("tuổi", null=True)
    is_female = models.BooleanField("nữ")
    is_minority = models.BooleanField("dân tộc thiểu số")

    class Meta:
        verbose_name = "cán bộ được đếm"

    def __str__(self) -> str:
        return self.full_name


class CountedRoom(_Counted):
    """Rooms of one kind built in one way; `amount` of them."""

    rooms_id = models.BigIntegerField()
    room_code = models.CharField("loại phòng", max_length=4)
    build = models.CharField("kết cấu", max_length=12)
    amount = models.IntegerField("số phòng")

    class Meta:
        verbose_name = "phòng được đếm"

    def __str__(self) -> str:
        return f"{self.room_code} {self.build}"


class CountedSite(_Counted):
    """A site in use at the end of the day."""

    site_id = models.BigIntegerField()
    code = models.CharField("mã", max_length=20)
    name = models.CharField("tên", max_length=200)
    is_main = models.BooleanField("điểm chính")

    class Meta:
        verbose_name = "điểm trường được đếm"

    def __str__(self) -> str:
        return self.name


class CountedSchool(_Counted):
    """The school itself, as the form's first section asks; the rest of its facts stand in the snapshot."""

    name = models.CharField("trường", max_length=200)
    national_standard_code = models.CharField("chuẩn quốc gia", max_length=2, blank=True)
    class_count = models.IntegerField("lớp")
    inclusive_count = models.IntegerField("học sinh khuyết tật hòa nhập")
    other_site_count = models.IntegerField("điểm trường ngoài điểm chính")
    has_two_sessions = models.BooleanField("2 buổi/ngày")
    uses_computers = models.BooleanField("máy tính")
    uses_internet = models.BooleanField("Internet")
    has_grid_power = models.BooleanField("điện lưới")
    has_clean_water = models.BooleanField("nước sạch")
    has_toilets = models.BooleanField("công trình vệ sinh")
    has_handwash_programme = models.BooleanField("vệ sinh đôi tay")
    has_safety_education = models.BooleanField("giáo dục giới tính, phòng bạo lực")
    has_disabled_access = models.BooleanField("phù hợp người khuyết tật")
    has_counselling = models.BooleanField("tư vấn học đường")

    class Meta:
        verbose_name = "trường được đếm"

    def __str__(self) -> str:
        return self.name


class CellRow(_Counted):
    """One row of a frozen form. `figures` follow the columns of its set; null: cannot be filled, or not typed."""

    # The key below leads with it: no index of its own.
    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, db_index=False, related_name="cell_rows")
    form_code = models.CharField(max_length=12)
    place = models.SmallIntegerField(help_text="1 for the form's first row")
    indicator_code = models.CharField("mã số", max_length=6)
    figures = ArrayField(models.DecimalField(max_digits=16, decimal_places=3, null=True))

    class Meta:
        verbose_name = "dòng của biểu"
        constraints = [
            models.UniqueConstraint(fields=["snapshot", "form_code", "place"], name="a_frozen_form_has_a_row_once"),
        ]

    def __str__(self) -> str:
        return f"{self.form_code} {self.indicator_code}"


class FailedCheck(_Counted):
    """An identity that a frozen form breaks in one column; `expected` is what the other rows or columns give."""

    form_code = models.CharField(max_length=12)
    check_code = models.CharField("ràng buộc", max_length=12)
    severity = models.CharField("mức", max_length=8, choices=Severity.choices)
    indicator_code = models.CharField("mã số", max_length=6)
    column_code = models.CharField("cột", max_length=40)
    found = models.DecimalField(max_digits=16, decimal_places=3)
    expected = models.DecimalField(max_digits=16, decimal_places=3)

    class Meta:
        verbose_name = "ràng buộc không khớp"

    def __str__(self) -> str:
        return f"{self.form_code} {self.check_code}"


@history.track()
class TypedCell(models.Model):
    """A figure that people write into the draft; the next freeze takes it into the form."""

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="typed_cells")
    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="+")
    form_code = models.CharField(max_length=12)
    indicator_code = models.CharField("mã số", max_length=6)
    column_code = models.CharField("cột", max_length=40)
    figure = models.DecimalField("giá trị", max_digits=16, decimal_places=3)
    is_carried = models.BooleanField("lấy từ kỳ trước", default=False)
    typed_by = models.BigIntegerField(null=True)
    typed_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = "ô nhập tay"
        constraints = [
            models.UniqueConstraint(
                fields=["submission", "form_code", "indicator_code", "column_code"], name="a_cell_is_typed_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.form_code} {self.indicator_code}:{self.column_code}"


@history.track()
class CheckExplanation(models.Model):
    """What a unit says of one row of a check that its form breaks: checks pass or are explained before sending.

    `snapshot` is the freeze at which it was said: it holds while the row breaks the check by the same figures.
    """

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="explanations")
    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="+")
    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    form_code = models.CharField(max_length=12)
    check_code = models.CharField("ràng buộc", max_length=12)
    indicator_code = models.CharField("mã số", max_length=6, blank=True, db_default="")
    text = models.CharField("giải trình", max_length=500)
    explained_by = models.BigIntegerField(null=True)
    explained_by_label = models.CharField("người giải trình", max_length=200, blank=True, db_default="")
    explained_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = "giải trình"
        constraints = [
            models.UniqueConstraint(
                fields=["submission", "form_code", "check_code", "indicator_code"],
                name="a_broken_row_is_explained_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.form_code} {self.check_code} {self.indicator_code}"
