"""Who may do what, where: grants, and the scope tables that the row policies read.

Knows units, not classes: `years` registers the class scope and owns the table that ties a grant to a class.
Tables: access_grant, access_scopeall, access_scopeunit, access_scopelevel.
"""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from csdl.access.enums import GrantState, Ground
from csdl.lib import history
from csdl.lib.records import Record
from csdl.orgs.models import OrgUnit

__all__ = ["SCOPE_KEY", "Grant", "Scope", "ScopeAll", "ScopeLevel", "ScopeUnit"]


@history.track()
class Grant(Record):
    """This account holds this role at this unit, on these days.

    A role of unit kind reaches the unit's subtree, narrowed to `level_codes` where there are any; a role of class kind
    reaches the classes tied to the grant. When it does, `csdl_grant_holds` says, and nothing else.
    """

    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="grants")
    role_code = models.CharField("vai trò", max_length=40)
    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="grants")
    valid_from = models.DateField("từ ngày")
    valid_to = models.DateField("đến trước ngày", null=True)
    level_codes = ArrayField(models.CharField(max_length=2), verbose_name="cấp học", default=list, db_default=[])
    state = models.CharField(
        "tình trạng", max_length=10, choices=GrantState, default=GrantState.INACTIVE, db_default=GrantState.INACTIVE
    )
    suspended_because = models.CharField("lý do dừng", max_length=200, blank=True, db_default="")
    ground = models.CharField(
        "căn cứ", max_length=12, choices=Ground, default=Ground.MINUTES, db_default=Ground.MINUTES
    )
    paper_id = models.BigIntegerField(null=True, help_text="the minutes, handover or appointment; `ground` says which")
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    renews = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="renewals")
    covers = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="covered_by")
    read_until = models.DateField(
        "còn được xem đến trước ngày", null=True, help_text="after its end, while the renewal is prepared but unsigned"
    )

    class Meta:
        verbose_name = "phân quyền"
        indexes = [
            models.Index(fields=["account"], name="grant_by_account"),
            models.Index(fields=["unit", "state"], name="grant_by_unit"),
        ]
        constraints = [
            models.CheckConstraint(
                name="an_active_grant_stands_on_a_paper",
                condition=~models.Q(state=GrantState.ACTIVE)
                | models.Q(ground=Ground.SETUP)
                | models.Q(paper_id__isnull=False),
                violation_error_message="Chưa có biên bản thì quyền chưa có hiệu lực.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.role_code} @ {self.unit_id}"


class Scope(models.Model):
    """What every scope row repeats of its grant: which areas of data it reads and writes, on which days.

    Derived from grants, postings and the tree by `csdl_refresh_scopes`, never edited. The row policies ask the days,
    so that nothing need run when a grant begins or ends. A grant that holds on days apart has a row for each.
    """

    grant = models.ForeignKey(Grant, on_delete=models.CASCADE, related_name="+")
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    reads = models.IntegerField(db_default=0, help_text="areas read, as bits (accounts.permissions.Area)")
    writes = models.IntegerField(db_default=0)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        abstract = True


SCOPE_KEY = ("grant", "reads", "writes", "valid_from", "valid_to")


class ScopeAll(Scope):
    """A grant that reaches every unit: its holder's statements skip the row-by-row test of the policies."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", *SCOPE_KEY], name="a_scope_over_all_is_said_once", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return str(self.account_id)


class ScopeUnit(Scope):
    """A unit that a grant reaches whole."""

    unit = models.ForeignKey(OrgUnit, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "unit", *SCOPE_KEY], name="a_scope_unit_is_said_once", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.unit_id}"


class ScopeLevel(Scope):
    """One grade of a level that a grant for that level reaches, at a school that teaches other levels as well."""

    unit = models.ForeignKey(OrgUnit, on_delete=models.CASCADE, related_name="+")
    level_code = models.CharField(max_length=2)
    grade_code = models.CharField(max_length=2)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "unit", "level_code", "grade_code", *SCOPE_KEY],
                name="a_scope_level_is_said_once",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.unit_id} {self.grade_code}"
