"""Who may do what, where: grants, and the scope tables that the row policies read.

Knows units, not classes: `years` registers the class scope and owns the table that ties a grant to a class.
Tables: access_grant, access_scopeall, access_scopeunit.
"""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from csdl.access.enums import GrantState, Ground
from csdl.lib import history
from csdl.lib.records import Record
from csdl.orgs.models import OrgUnit

__all__ = ["Grant", "ScopeAll", "ScopeUnit"]


@history.track()
class Grant(Record):
    """This account holds this role at this unit, on these days.

    A role of unit kind reaches the unit's subtree, narrowed to `level_codes` where there are any; a role of class kind
    reaches the classes tied to the grant. Only an active grant whose days cover today reaches anything.
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


class ScopeAll(models.Model):
    """A grant that reaches every unit: its holder's statements skip the row-by-row test of the policies."""

    grant = models.OneToOneField(Grant, on_delete=models.CASCADE, primary_key=True)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["account"], name="scope_all_by_account")]

    def __str__(self) -> str:
        return str(self.account_id)


class ScopeUnit(models.Model):
    """A unit that a grant reaches. Derived from grants and the tree by `actions.refresh_scopes`, never edited."""

    grant = models.ForeignKey(Grant, on_delete=models.CASCADE, related_name="+")
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    unit = models.ForeignKey(OrgUnit, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "unit", "grant"], name="a_scope_unit_is_said_once")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.unit_id}"
