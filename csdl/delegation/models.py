"""Papers on which rights stand, and who holds a unit's administration account.

A grant (`access`) is born inactive with its minutes and becomes active by the signed minutes and the signed commitment;
a trigger of the database holds that for everybody. Nothing here is deleted. Tables: delegation_*.
"""

import datetime as dt

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import models
from django.db.models.functions import Now

from csdl.delegation.enums import ConfirmedPaper, MinutesKind, PaperState, Side, SignedBy
from csdl.documents.models import Document, StoredFile
from csdl.lib import history
from csdl.lib.records import Record, dates
from csdl.orgs.models import OrgUnit
from csdl.staff.models import StaffMember

__all__ = [
    "AdministrationHolder",
    "Batch",
    "Commitment",
    "Confirmation",
    "DelegationRules",
    "EndNotice",
    "Inspection",
    "Minutes",
    "PaperNumber",
    "PersonnelConfirmation",
]

ACCOUNT = settings.AUTH_USER_MODEL


@history.track()
class DelegationRules(models.Model):
    """The one row of what the department lays down about rights; without it `data/settings.csv` holds."""

    class_end_month = models.PositiveSmallIntegerField("quyền theo lớp hết hạn: tháng")
    class_end_day = models.PositiveSmallIntegerField("quyền theo lớp hết hạn: ngày")
    other_end_month = models.PositiveSmallIntegerField("quyền khác hết hạn: tháng")
    other_end_day = models.PositiveSmallIntegerField("quyền khác hết hạn: ngày")
    confirmation_month = models.PositiveSmallIntegerField("mở kiện toàn nhân sự: tháng")
    confirmation_day = models.PositiveSmallIntegerField("mở kiện toàn nhân sự: ngày")
    notice_days = ArrayField(models.PositiveSmallIntegerField(), verbose_name="nhắc trước khi hết hạn (ngày)")
    read_grace_days = models.PositiveSmallIntegerField("số ngày còn được xem khi gia hạn chờ ký")
    four_eyes = models.BooleanField("người lập không tự duyệt", default=False)
    commitment_grace_days = models.PositiveSmallIntegerField(
        "số ngày để ký lại khi văn bản cam kết đổi", default=14, db_default=14
    )
    inspection_days = models.PositiveSmallIntegerField("quyền thanh tra dài nhất (ngày)", default=90, db_default=90)

    class Meta:
        verbose_name = "quy định phân quyền"
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="the_rules_of_delegation_are_one_row"),
        ]

    def __str__(self) -> str:
        return "Quy định phân quyền"


class PaperNumber(models.Model):
    """Last number given in a unit's register of delegation papers in a calendar year."""

    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="+")
    year = models.SmallIntegerField()
    series = models.CharField(max_length=2)
    last_no = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "year", "series"], name="a_register_counts_once_a_year"),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.series} {self.year}: {self.last_no}"


@history.track()
class Batch(Record):
    """Papers that were prepared in one go, to be printed as one file and signed together."""

    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="+")
    title = models.CharField("tên lô", max_length=200)
    start_year = models.SmallIntegerField("năm học")
    prepared_by = models.ForeignKey(ACCOUNT, on_delete=models.PROTECT, null=True, related_name="+")
    prepared_on = models.DateField("ngày lập")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = "lô biên bản"
        indexes = [models.Index(fields=["unit", "-created_at"], name="batch_by_unit")]

    def __str__(self) -> str:
        return self.title


class Paper(Record):
    """What minutes and commitments share: the register, the state, the signed file."""

    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="+")
    start_year = models.SmallIntegerField("năm học")
    year = models.SmallIntegerField("năm của sổ")
    no = models.PositiveIntegerField("số")
    paper_no = models.CharField("số, ký hiệu", max_length=60)
    state = models.CharField("tình trạng", max_length=8, choices=PaperState, default=PaperState.DRAFT)
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, null=True, related_name="%(class)s_set")
    prepared_by = models.ForeignKey(ACCOUNT, on_delete=models.PROTECT, null=True, related_name="+")
    prepared_on = models.DateField("ngày lập")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    content_hash = models.CharField(max_length=64, help_text="of all that the paper says: what is confirmed in the app")
    signed_by = models.CharField("cách ký", max_length=10, choices=SignedBy, default="", blank=True)
    signed_on = models.DateField("ngày ký", null=True)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")
    file_sha256 = models.CharField(max_length=64, blank=True, help_text="its person reads no files of the unit")
    voided_on = models.DateField("ngày hết hiệu lực", null=True)
    void_reason = models.CharField("lý do", max_length=300, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(fields=["unit", "year", "no"], name="a_%(class)s_number_is_given_once_a_year"),
            models.CheckConstraint(
                condition=~models.Q(state=PaperState.SIGNED)
                | models.Q(signed_on__isnull=False) & ~models.Q(signed_by=""),
                name="a_signed_%(class)s_says_when_and_how",
            ),
            models.CheckConstraint(
                condition=~models.Q(signed_by=SignedBy.SCAN) | models.Q(file__isnull=False),
                name="a_scanned_%(class)s_has_its_file",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=PaperState.VOIDED)
                | models.Q(voided_on__isnull=False) & ~models.Q(void_reason=""),
                name="a_voided_%(class)s_says_why",
            ),
        ]

    def __str__(self) -> str:
        return self.paper_no


@history.track()
class Minutes(Paper):
    """Minutes between a giver and one receiver. `content` is what the paper says, as it was when it was made."""

    kind = models.CharField("loại", max_length=14, choices=MinutesKind)
    giver = models.ForeignKey(ACCOUNT, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="bên giao")
    receiver = models.ForeignKey(ACCOUNT, on_delete=models.PROTECT, related_name="+", verbose_name="bên nhận")
    valid_from = models.DateField("từ ngày")
    valid_to = models.DateField("đến trước ngày", null=True)
    content = models.JSONField(default=dict)
    approved_by = models.ForeignKey(
        ACCOUNT, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="người duyệt"
    )
    approved_on = models.DateField("ngày duyệt", null=True)
    replaces = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="replaced_by")

    class Meta(Paper.Meta):
        verbose_name = "biên bản"
        indexes = [
            models.Index(fields=["unit", "state"], name="minutes_by_unit"),
            models.Index(fields=["receiver"], name="minutes_by_receiver"),
        ]
        constraints = [
            *Paper.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(giver__isnull=True) | ~models.Q(giver=models.F("receiver")),
                name="nobody_hands_over_to_oneself",
            ),
        ]

    @property
    def title(self) -> str:
        return f"{self.get_kind_display()} số {self.paper_no}"


@history.track()
class Commitment(Paper):
    """A person's commitment on data security at a unit for a school year, to one version of the text.

    A new version asks for a new one: for some days both stand, then the older is voided.
    """

    account = models.ForeignKey(ACCOUNT, on_delete=models.PROTECT, related_name="+")
    staff = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="+")
    text_version = models.CharField("bản văn bản cam kết", max_length=20)
    text_hash = models.CharField(max_length=64)
    content = models.JSONField(default=dict)
    accepted_online_at = models.DateTimeField("xác nhận lúc", null=True)
    accepted_ip = models.GenericIPAddressField(null=True)

    class Meta(Paper.Meta):
        verbose_name = "cam kết"
        indexes = [models.Index(fields=["account", "unit", "start_year"], name="commitment_by_account")]
        constraints = [
            *Paper.Meta.constraints,
            models.UniqueConstraint(
                fields=["account", "unit", "start_year", "text_version"],
                condition=~models.Q(state=PaperState.VOIDED),
                name="a_person_commits_once_to_a_text_a_year_and_unit",
            ),
        ]

    @property
    def title(self) -> str:
        return f"Bản cam kết số {self.paper_no}"


class Confirmation(models.Model):
    """One side said "yes" to exactly this content, with a second factor shown just before. Added, never changed."""

    account = models.ForeignKey(ACCOUNT, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="+")
    paper = models.CharField(max_length=10, choices=ConfirmedPaper)
    paper_id = models.BigIntegerField()
    side = models.CharField(max_length=8, choices=Side)
    content_hash = models.CharField(max_length=64)
    at = models.DateTimeField(db_default=Now(), editable=False)
    ip = models.GenericIPAddressField(null=True)

    class Meta:
        indexes = [models.Index(fields=["paper", "paper_id"], name="confirmation_by_paper")]
        constraints = [
            models.UniqueConstraint(fields=["paper", "paper_id", "side", "account"], name="a_side_confirms_once"),
        ]

    def __str__(self) -> str:
        return f"{self.paper} {self.paper_id} {self.side}"


@history.track()
class AdministrationHolder(Record):
    """An officer who holds the unit's administration account on the head's behalf, by written handover.

    On a day without a row the head holds it: the unit is never without either, and never has two.
    """

    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey(ACCOUNT, on_delete=models.PROTECT, related_name="+")
    staff = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="+")
    minutes = models.OneToOneField(Minutes, on_delete=models.PROTECT, related_name="holder")
    valid_from = models.DateField("từ ngày")
    valid_to = models.DateField("đến trước ngày", null=True)
    ended_because = models.CharField("lý do thôi giữ", max_length=200, blank=True)

    class Meta:
        verbose_name = "người giữ tài khoản quản trị"
        constraints = [
            ExclusionConstraint(
                name="a_unit_has_one_administrator_on_a_day",
                expressions=[
                    ("unit", RangeOperators.EQUAL),
                    (dates("valid_from", "valid_to"), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id}: {self.account_id}"

    def holds_on(self, day: dt.date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or self.valid_to > day)


@history.track()
class PersonnelConfirmation(Record):
    """A unit's yearly "these are our people" (kiện toàn nhân sự, R1): confirmed by its head for a school year."""

    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="+")
    start_year = models.SmallIntegerField("năm học")
    confirmed_on = models.DateField("ngày xác nhận")
    confirmed_by = models.ForeignKey(ACCOUNT, on_delete=models.PROTECT, related_name="+")
    people = models.JSONField(default=list, help_text="who had access then: name, right, until")
    note = models.CharField("ghi chú", max_length=300, blank=True)

    class Meta:
        verbose_name = "xác nhận kiện toàn nhân sự"
        constraints = [
            models.UniqueConstraint(fields=["unit", "start_year"], name="a_unit_confirms_its_people_once_a_year"),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.start_year}"


@history.track()
class Inspection(Record):
    """An inspector let in at a unit by a decision: this person, on these days, reading only (S25).

    The person works elsewhere: at another unit, or outside of education (then the account was opened for the
    inspection). What the decision says stands in its paper; without a number it is flagged there.
    """

    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey(ACCOUNT, on_delete=models.PROTECT, related_name="+", verbose_name="người thanh tra")
    position = models.CharField("chức vụ, nhiệm vụ trong đoàn", max_length=120, blank=True)
    organisation = models.CharField("cơ quan công tác", max_length=200)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+", verbose_name="quyết định")
    valid_from = models.DateField("từ ngày")
    valid_to = models.DateField("đến trước ngày")
    opened_account = models.BooleanField("tài khoản mở cho đợt này", default=False)
    admitted_by = models.ForeignKey(ACCOUNT, on_delete=models.PROTECT, null=True, related_name="+")
    admitted_on = models.DateField("ngày cho vào")
    ended_on = models.DateField("ngày kết thúc sớm", null=True)
    ended_because = models.CharField("lý do kết thúc sớm", max_length=200, blank=True)

    class Meta:
        verbose_name = "người thanh tra, kiểm tra"
        indexes = [models.Index(fields=["unit", "-valid_from"], name="inspection_by_unit")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(valid_to__gt=models.F("valid_from")), name="an_inspection_has_its_last_day"
            ),
            models.CheckConstraint(
                condition=models.Q(ended_on__isnull=True) | ~models.Q(ended_because=""),
                name="an_inspection_ended_early_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id}: {self.account_id}"

    @property
    def last_day(self) -> dt.date:
        return self.valid_to - dt.timedelta(days=1)

    @property
    def is_own_account(self) -> bool:
        """Whether this unit opened the account, for this inspection or for one before."""
        return bool(self.account.unit_code) and self.account.unit_code == self.unit.code


class EndNotice(models.Model):
    """That a grant's end was announced so many days before: said once."""

    grant_id = models.BigIntegerField()
    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="+")
    days = models.PositiveSmallIntegerField()
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["grant_id", "days"], name="an_end_is_announced_once"),
        ]

    def __str__(self) -> str:
        return f"{self.grant_id} {self.days}"
