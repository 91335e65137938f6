"""Staff: the person, where they work and from when, who heads a unit, what the year adds.

Leaves to `years` who leads and teaches a class. Tables: staff_staffmember, staff_staffposting, staff_unithead,
staff_staffyear.
"""

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import models

from csdl.lib import history
from csdl.lib.records import Record, dates
from csdl.orgs.models import OrgUnit

__all__ = ["StaffMember", "StaffPosting", "StaffYear", "UnitHead"]


@history.track(exclude=("sort_key", "search_key"))
class StaffMember(Record):
    """One person who works in education, for life (field list staff)."""

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
    account = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="staff_member",
    )
    birth_date = models.DateField("ngày sinh", null=True)
    gender_code = models.CharField("giới tính", max_length=2, blank=True)
    ethnic_code = models.CharField("dân tộc", max_length=2, blank=True)
    citizen_id_no = models.CharField("số định danh cá nhân", max_length=100, blank=True)
    id_state = models.CharField("tình trạng định danh", max_length=10, default="claimed")
    moet_code = models.CharField("mã định danh Bộ GDĐT", max_length=10, blank=True)
    phone = models.CharField("điện thoại", max_length=20, blank=True)
    email = models.CharField("thư điện tử", max_length=120, blank=True)
    qualification_code = models.CharField("trình độ chuyên môn", max_length=2, blank=True)
    training_standard_code = models.CharField("chuẩn đào tạo", max_length=2, blank=True)
    teacher_subject_code = models.CharField("môn dạy", max_length=2, blank=True)
    extra = models.JSONField(default=dict)
    created_by = models.BigIntegerField(null=True)
    run_id = models.BigIntegerField(null=True, help_text="the import that brought the row")

    class Meta:
        verbose_name = "cán bộ, giáo viên, nhân viên"
        indexes = [models.Index(fields=["sort_key", "id"], name="staff_by_name")]
        constraints = [
            models.UniqueConstraint(
                fields=["citizen_id_no"],
                condition=models.Q(id_state="verified"),
                name="a_verified_id_number_is_one_staff_member",
            ),
            models.UniqueConstraint(
                fields=["moet_code"],
                condition=models.Q(id_state="verified") & ~models.Q(moet_code=""),
                name="a_verified_ministry_code_is_one_staff_member",
            ),
        ]

    def __str__(self) -> str:
        return self.full_name


@history.track()
class StaffPosting(Record):
    """That person at a unit, from a day until before another."""

    staff = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="postings")
    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="postings")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    staff_group_code = models.CharField("loại cán bộ", max_length=2)
    position_code = models.CharField("chức vụ, vị trí", max_length=2, blank=True)
    status_code = models.CharField("trạng thái", max_length=2, default="01")
    contract_code = models.CharField("hình thức hợp đồng", max_length=2, blank=True)
    rank_code = models.CharField("hạng chức danh", max_length=2, blank=True)
    level_codes = ArrayField(models.CharField(max_length=2), default=list)
    extra = models.JSONField(default=dict)
    created_by = models.BigIntegerField(null=True)
    run_id = models.BigIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["unit", "staff"], name="posting_by_unit")]
        constraints = [
            ExclusionConstraint(
                name="postings_of_a_person_at_a_unit_do_not_overlap",
                expressions=[
                    ("staff", RangeOperators.EQUAL),
                    ("unit", RangeOperators.EQUAL),
                    (dates("valid_from", "valid_to"), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.staff_id} @ {self.unit_id}"


@history.track()
class UnitHead(models.Model):
    """Who heads a unit (thủ trưởng đơn vị) on the days from–to, and by which decision.

    An appointment that was withdrawn ends on the day it begins: no day at all. Without the decision's file it holds and
    is flagged; the file stands where papers keep theirs (`documents.store`), read by whoever sees the appointment.
    """

    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="heads")
    staff = models.ForeignKey(
        StaffMember, on_delete=models.PROTECT, related_name="headships", verbose_name="thủ trưởng"
    )
    valid_from = models.DateField("từ ngày")
    valid_to = models.DateField("đến trước ngày", null=True)
    is_acting = models.BooleanField("quyền, phụ trách", default=False)
    decision_no = models.CharField("số quyết định", max_length=60, blank=True)
    decided_on = models.DateField("ngày quyết định", null=True)
    sha256 = models.CharField("tệp quyết định", max_length=64, blank=True, default="", db_default="")
    media_type = models.CharField("loại tệp quyết định", max_length=20, blank=True, default="", db_default="")
    created_by = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="a_unit_has_one_head_on_a_day",
                expressions=[
                    ("unit", RangeOperators.EQUAL),
                    (dates("valid_from", "valid_to"), RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                condition=models.Q(sha256="", media_type="")
                | models.Q(sha256__regex=r"^[0-9a-f]{64}$") & ~models.Q(media_type=""),
                name="a_decisions_file_is_known_by_its_sha256",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id}: {self.staff_id}"


@history.track()
class StaffYear(models.Model):
    """What one school year adds to a posting: duties, periods a week, ratings (those start empty each year)."""

    start_year = models.SmallIntegerField()
    posting = models.ForeignKey(StaffPosting, on_delete=models.PROTECT, related_name="years")
    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="+")
    concurrent_duty_codes = ArrayField(models.CharField(max_length=2), default=list)
    periods_per_week = models.DecimalField(max_digits=4, decimal_places=1, null=True)
    rating_code = models.CharField(max_length=2, blank=True)
    standard_code = models.CharField(max_length=2, blank=True)
    is_confirmed = models.BooleanField(default=True)
    run_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["posting", "start_year"], name="a_posting_has_one_row_a_year"),
        ]
        indexes = [models.Index(fields=["unit", "start_year"], name="staff_year_by_unit")]

    def __str__(self) -> str:
        return f"{self.posting_id} {self.start_year}"
