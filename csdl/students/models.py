"""Students and their guardians: the person, for life. Where and when they learn is `years`.

Identity numbers are unique among verified persons only (D20): a claim at one school never blocks the true owner at
another. Tables: students_student, students_guardian, students_studentpaper.
"""

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Now, Reverse

from csdl.documents.enums import MediaType
from csdl.lib import history
from csdl.lib.records import Record
from csdl.students.enums import GuardianRelation, IdState, PaperKind

__all__ = ["Guardian", "Student", "StudentPaper"]


@history.track(exclude=("sort_key", "search_key"))
class Student(Record):
    """One learner for life (field list student; the ministry's field name stands in `fields.csv`)."""

    full_name = models.CharField("họ và tên", max_length=120)
    sort_key = models.GeneratedField(
        expression=models.Func("full_name", function="csdl_name_key"),
        output_field=models.TextField(db_collation="C"),
        db_persist=True,
    )
    search_key = models.GeneratedField(
        expression=models.Func("full_name", function="csdl_fold"),
        output_field=models.TextField(db_collation="C"),
        db_persist=True,
    )
    birth_date = models.DateField("ngày sinh", null=True)
    gender_code = models.CharField("giới tính", max_length=2, blank=True)
    ethnic_code = models.CharField("dân tộc", max_length=2, blank=True)
    nationality_code = models.CharField("quốc tịch", max_length=2, default="VN")
    religion_code = models.CharField("tôn giáo", max_length=2, blank=True)
    citizen_id_no = models.CharField("số định danh cá nhân", max_length=100, blank=True)
    id_state = models.CharField(
        "tình trạng định danh",
        max_length=10,
        choices=IdState.choices,
        default=IdState.CLAIMED,
    )
    moet_code = models.CharField("mã định danh Bộ GDĐT", max_length=10, blank=True)
    local_code = models.CharField("mã học sinh", max_length=50, blank=True)
    birth_place = models.CharField("nơi sinh", max_length=200, blank=True)
    origin_place = models.CharField("quê quán", max_length=200, blank=True)
    permanent_commune_code = models.CharField("mã xã thường trú", max_length=5, blank=True)
    permanent_address = models.CharField("địa chỉ thường trú", max_length=300, blank=True)
    current_commune_code = models.CharField("mã xã nơi ở hiện nay", max_length=5, blank=True)
    current_address = models.CharField("nơi ở hiện nay", max_length=300, blank=True)
    phone = models.CharField("điện thoại", max_length=20, blank=True)
    email = models.CharField("thư điện tử", max_length=120, blank=True)
    policy_code = models.CharField("diện chính sách", max_length=2, blank=True)
    is_disabled = models.BooleanField("khuyết tật", default=False)
    disability_code = models.CharField("loại khuyết tật", max_length=2, blank=True)
    extra = models.JSONField(default=dict)
    created_by = models.BigIntegerField(null=True)
    run_id = models.BigIntegerField(null=True, help_text="the import or intake that brought the row")

    class Meta:
        verbose_name = "học sinh"
        indexes = [
            models.Index(fields=["sort_key", "id"], name="student_by_name"),
            models.Index(fields=["birth_date", "sort_key", "id"], name="student_by_birth_date"),
            GinIndex(
                fields=["search_key"],
                opclasses=["gin_trgm_ops"],
                name="student_by_part_of_name",
            ),
            models.Index(
                fields=["citizen_id_no"],
                condition=~models.Q(citizen_id_no=""),
                name="student_by_citizen_id",
            ),
            # People are asked for by the last digits of their number, by code and by phone as well.
            models.Index(
                Reverse("citizen_id_no"),
                condition=~models.Q(citizen_id_no=""),
                name="student_by_end_of_citizen_id",
            ),
            models.Index(fields=["moet_code"], condition=~models.Q(moet_code=""), name="student_by_ministry_code"),
            models.Index(fields=["local_code"], condition=~models.Q(local_code=""), name="student_by_local_code"),
            models.Index(fields=["phone"], condition=~models.Q(phone=""), name="student_by_phone"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["citizen_id_no"],
                condition=models.Q(id_state="verified"),
                name="a_verified_id_number_is_one_student",
            ),
            models.UniqueConstraint(
                fields=["moet_code"],
                condition=models.Q(id_state="verified") & ~models.Q(moet_code=""),
                name="a_verified_ministry_code_is_one_student",
            ),
        ]

    def __str__(self) -> str:
        return self.full_name


@history.track()
class Guardian(Record):
    """A parent or guardian of one student; one that ended is kept as history and shown nowhere else."""

    student = models.ForeignKey(Student, on_delete=models.PROTECT, related_name="guardians")
    relation = models.CharField("quan hệ", max_length=10, choices=GuardianRelation.choices)
    full_name = models.CharField("họ và tên", max_length=120)
    birth_year = models.SmallIntegerField("năm sinh", null=True)
    occupation = models.CharField("nghề nghiệp", max_length=120, blank=True)
    workplace = models.CharField("nơi làm việc", max_length=200, blank=True)
    phone = models.CharField("điện thoại", max_length=20, blank=True)
    citizen_id_no = models.CharField("số định danh cá nhân", max_length=100, blank=True)
    ended_on = models.DateField("thôi ghi từ ngày", null=True)
    end_reason = models.CharField("lý do thôi ghi", max_length=200, blank=True, db_default="")
    created_by = models.BigIntegerField(null=True)
    run_id = models.BigIntegerField(null=True)

    class Meta:
        verbose_name = "phụ huynh"
        indexes = [models.Index(fields=["phone"], condition=~models.Q(phone=""), name="guardian_by_phone")]
        constraints = [
            models.UniqueConstraint(
                fields=["student", "relation"],
                condition=~models.Q(relation="guardian") & models.Q(ended_on__isnull=True),
                name="a_student_has_one_father_and_one_mother",
            ),
        ]

    def __str__(self) -> str:
        return self.full_name


@history.track()
class StudentPaper(Record):
    """One scanned paper in a pupil's file. It goes with the pupil from school to school, so it is no paper of a unit
    (`documents.Document`); its content stands on the disk as theirs does. Withdrawn, it is kept and says why."""

    student = models.ForeignKey(Student, on_delete=models.PROTECT, related_name="papers")
    kind = models.CharField("loại giấy tờ", max_length=12, choices=PaperKind.choices)
    title = models.CharField("nội dung", max_length=200, blank=True)
    sha256 = models.CharField(max_length=64)
    size_bytes = models.PositiveIntegerField()
    media_type = models.CharField(max_length=20, choices=MediaType.choices)
    page_count = models.PositiveIntegerField("số trang")
    filed_at = models.DateTimeField(db_default=Now(), editable=False)
    created_by = models.BigIntegerField(null=True)
    withdrawn_on = models.DateField("rút khỏi hồ sơ từ ngày", null=True)
    withdrawn_reason = models.CharField("lý do rút", max_length=200, blank=True, db_default="")

    class Meta:
        verbose_name = "giấy tờ của học sinh"
        constraints = [
            models.UniqueConstraint(
                fields=["student", "sha256"],
                condition=models.Q(withdrawn_on__isnull=True),
                name="a_pupils_file_holds_a_scan_once",
            ),
            models.CheckConstraint(
                condition=models.Q(sha256__regex=r"^[0-9a-f]{64}$"), name="a_scan_is_known_by_its_sha256"
            ),
            models.CheckConstraint(
                condition=models.Q(withdrawn_on__isnull=True) | ~models.Q(withdrawn_reason=""),
                name="a_withdrawn_scan_says_why",
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.get_kind_display()
