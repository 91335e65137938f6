"""The unit tree by date, schools and their sites by year.

Owns what a unit is called, of what kind it is and whom it reports to on any day, and what a school is in a year.
Leaves people to `staff` and classes to `years`. Tables: orgs_orgunit, orgs_unitversion, orgs_school,
orgs_schoolprofile, orgs_schoollevel, orgs_schoolsite, orgs_schoolrooms.
"""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models

from csdl.lib import history
from csdl.lib.records import Record, dates
from csdl.orgs.enums import UnitKind

__all__ = [
    "OrgUnit",
    "School",
    "SchoolLevel",
    "SchoolProfile",
    "SchoolRooms",
    "SchoolSite",
    "UnitVersion",
]


@history.track(exclude=("search_key", "sort_key"))
class OrgUnit(Record):
    """One unit for life: a department, an office, a school. `code` never changes (reorganisation-2025, §2).

    Name, kind and parent are facts with dates and live in UnitVersion; the three here are those of the version that
    holds today by the business clock, kept by a trigger and, as days pass, by the worker: `csdl_refresh_units`.
    """

    code = models.CharField("mã đơn vị", max_length=20, unique=True)
    name = models.CharField("tên đơn vị", max_length=200, editable=False, default="")
    kind = models.CharField(
        "loại đơn vị",
        max_length=30,
        choices=UnitKind.choices,
        editable=False,
        default="",
    )
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        related_name="children",
        editable=False,
    )
    search_key = models.GeneratedField(
        expression=models.Func("name", function="csdl_fold"),
        output_field=models.TextField(),
        db_persist=True,
    )
    sort_key = models.GeneratedField(
        expression=models.Func("name", function="csdl_text_key"),
        output_field=models.TextField(db_collation="C"),
        db_persist=True,
    )
    opened_on = models.DateField("ngày thành lập", null=True)
    closed_on = models.DateField("ngày giải thể", null=True)

    class Meta:
        verbose_name = "đơn vị"
        indexes = [models.Index(fields=["parent", "kind"], name="unit_by_parent")]

    def __str__(self) -> str:
        return self.name


@history.track()
class UnitVersion(models.Model):
    """What a unit was called, was, and belonged to, from a day until before another."""

    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="versions")
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=30, choices=UnitKind.choices)
    parent = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, null=True, related_name="+")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, help_text="first day on which it no longer held")

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="a_unit_has_one_name_and_parent_on_a_day",
                expressions=[
                    ("unit", RangeOperators.EQUAL),
                    (dates("valid_from", "valid_to"), RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                name="a_unit_version_ends_after_it_begins",
                condition=models.Q(valid_to__isnull=True) | models.Q(valid_to__gt=models.F("valid_from")),
            ),
            models.CheckConstraint(
                name="every_unit_but_the_root_has_a_parent",
                condition=models.Q(parent__isnull=False) | models.Q(kind=UnitKind.DEPARTMENT),
            ),
            ExclusionConstraint(
                name="a_province_has_one_root_on_a_day",
                expressions=[(dates("valid_from", "valid_to"), RangeOperators.OVERLAPS)],
                condition=models.Q(parent__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.name


@history.track()
class School(models.Model):
    """A unit that teaches. What it is in a year stands in SchoolProfile; its key is the unit's key."""

    unit = models.OneToOneField(OrgUnit, on_delete=models.PROTECT, primary_key=True, related_name="school")
    source = models.JSONField(default=dict, help_text="values of the imported file that no code list knows")

    class Meta:
        verbose_name = "trường"

    def __str__(self) -> str:
        return self.unit.name


@history.track()
class SchoolProfile(models.Model):
    """What a school is in one school year: level group, ownership, type, address, yearly flags (field list school)."""

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="profiles")
    start_year = models.SmallIntegerField()
    level_group_code = models.CharField("nhóm cấp học", max_length=2, blank=True)
    ownership_code = models.CharField("loại hình", max_length=2, blank=True)
    school_type_code = models.CharField("loại trường", max_length=2, blank=True)
    national_standard_code = models.CharField("chuẩn quốc gia", max_length=2, blank=True)
    area_code = models.CharField("khu vực", max_length=2, blank=True)
    region_code = models.CharField("vùng", max_length=2, blank=True)
    province_code = models.CharField("mã tỉnh", max_length=2, blank=True)
    district_code = models.CharField("mã huyện", max_length=3, blank=True)
    commune_code = models.CharField("mã xã", max_length=5, blank=True)
    address = models.CharField("địa chỉ", max_length=300, blank=True)
    phone = models.CharField("điện thoại", max_length=40, blank=True)
    email = models.CharField("thư điện tử", max_length=120, blank=True)
    website = models.CharField("trang tin", max_length=200, blank=True)
    is_active = models.BooleanField("đang hoạt động", default=True)
    is_confirmed = models.BooleanField("đã xác nhận", default=True, help_text="carried rows wait for the school's look")
    extra = models.JSONField(default=dict, help_text="fields of school.csv that nothing reads yet")
    run_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["school", "start_year"], name="a_school_has_one_profile_a_year"),
        ]

    def __str__(self) -> str:
        return f"{self.school_id} {self.start_year}"


class SchoolLevel(models.Model):
    """A level a school teaches in a year; classes hang on it, so that no grade stands outside its school's levels."""

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="levels")
    start_year = models.SmallIntegerField()
    level_code = models.CharField(max_length=2)
    run_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["school", "start_year", "level_code"],
                name="a_school_teaches_a_level_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.school_id} {self.start_year} {self.level_code}"


@history.track()
class SchoolSite(Record):
    """A campus (điểm trường) of a school in a year."""

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="sites")
    start_year = models.SmallIntegerField()
    code = models.CharField("mã điểm trường", max_length=20)
    name = models.CharField("tên điểm trường", max_length=200)
    is_main = models.BooleanField("điểm chính", default=False)
    commune_code = models.CharField("mã xã", max_length=5, blank=True)
    address = models.CharField("địa chỉ", max_length=300, blank=True)
    closed_on = models.DateField("ngày thôi sử dụng", null=True)
    extra = models.JSONField(default=dict)
    created_by = models.BigIntegerField(null=True)
    run_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["school", "start_year", "code"],
                name="a_site_code_is_used_once_a_year",
            ),
            models.UniqueConstraint(
                fields=["school", "start_year"],
                condition=models.Q(is_main=True),
                name="a_school_has_one_main_site_a_year",
            ),
        ]

    def __str__(self) -> str:
        return self.name


@history.track()
class SchoolRooms(Record):
    """Rooms of one kind that a school has for a level in a year, by how they are built (forms ĐN, section V)."""

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="rooms")
    start_year = models.SmallIntegerField()
    level_code = models.CharField("cấp học", max_length=2)
    room_code = models.CharField("loại phòng", max_length=4)
    permanent_count = models.PositiveSmallIntegerField("kiên cố", default=0)
    semi_permanent_count = models.PositiveSmallIntegerField("bán kiên cố", default=0)
    temporary_count = models.PositiveSmallIntegerField("tạm", default=0)
    created_by = models.BigIntegerField(null=True)
    run_id = models.BigIntegerField(null=True)

    class Meta:
        verbose_name = "phòng của trường"
        constraints = [
            models.UniqueConstraint(
                fields=["school", "start_year", "level_code", "room_code"],
                name="a_kind_of_room_is_counted_once_a_year",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.school_id} {self.start_year} {self.room_code}"
