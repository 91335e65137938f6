"""Papers of a unit and the files they were scanned into (seed-analysis R7): kept, replaced, withdrawn, never deleted.

Leaves to `access` and above what a paper gives the right to. Tables: documents_storedfile, documents_document. The
files themselves stand on the disk, by their content (`store`).
"""

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from csdl.documents.enums import DocumentKind, MediaType
from csdl.documents.numbers import is_numbered
from csdl.lib import history
from csdl.lib.records import Record
from csdl.orgs.models import OrgUnit

__all__ = ["Document", "StoredFile"]


@history.track()
class StoredFile(Record):
    """One file that a unit keeps; never changed. Two units that keep the same file have a row each and one content."""

    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64)
    size_bytes = models.PositiveIntegerField()
    media_type = models.CharField(max_length=20, choices=MediaType.choices)
    page_count = models.PositiveIntegerField()
    name = models.CharField("tên tệp", max_length=200, blank=True, help_text="as it was called when it came")
    stored_at = models.DateTimeField(db_default=Now(), editable=False)
    created_by = models.BigIntegerField(null=True)

    class Meta:
        verbose_name = "tệp lưu"
        constraints = [
            models.UniqueConstraint(fields=["unit", "sha256"], name="a_unit_keeps_a_content_once"),
            models.CheckConstraint(
                condition=models.Q(sha256__regex=r"^[0-9a-f]{64}$"), name="a_file_is_known_by_its_sha256"
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.sha256[:12]


@history.track(exclude=("search_key",))
class Document(Record):
    """One paper of a unit. A signed one stands as it is: another replaces it, or it is withdrawn."""

    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="documents")
    kind = models.CharField("loại văn bản", max_length=20, choices=DocumentKind.choices)
    document_no = models.CharField("số, ký hiệu", max_length=80, blank=True, help_text="as printed")
    number_key = models.CharField(max_length=80, blank=True, editable=False, help_text="as compared")
    signed_on = models.DateField("ngày ký", null=True, blank=True)
    issuer = models.CharField("cơ quan, người ký", max_length=200, blank=True)
    title = models.CharField("trích yếu", max_length=300)
    search_key = models.GeneratedField(
        expression=models.Func("title", function="csdl_fold"),
        output_field=models.TextField(db_collation="C"),
        db_persist=True,
    )
    file = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="documents", verbose_name="tệp"
    )
    is_signed = models.BooleanField("bản đã ký", default=False)
    page_count = models.PositiveSmallIntegerField("số trang", null=True, blank=True)
    filed_at = models.DateTimeField(db_default=Now(), editable=False)
    created_by = models.BigIntegerField(null=True)
    replaced_by = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="replaces",
        verbose_name="văn bản thay thế",
    )
    withdrawn_on = models.DateField("ngày thu hồi", null=True, blank=True)
    withdrawn_reason = models.CharField("lý do thu hồi", max_length=300, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="người thu hồi",
    )

    class Meta:
        verbose_name = "văn bản"
        indexes = [
            models.Index(fields=["unit", "-filed_at"], name="document_by_unit"),
            models.Index(fields=["unit", "number_key"], name="document_by_number"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(is_signed=False) | models.Q(file__isnull=False), name="a_signed_paper_has_its_scan"
            ),
            models.CheckConstraint(
                condition=models.Q(withdrawn_on__isnull=True, withdrawn_reason="", withdrawn_by__isnull=True)
                | (models.Q(withdrawn_on__isnull=False) & ~models.Q(withdrawn_reason="")),
                name="a_withdrawn_paper_says_why",
            ),
            models.CheckConstraint(
                condition=models.Q(replaced_by__isnull=True) | ~models.Q(replaced_by=models.F("id")),
                name="no_paper_replaces_itself",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document_no or self.get_kind_display()} {self.title}"

    @property
    def is_numbered(self) -> bool:
        """False: "chưa có số" (M5)."""
        return is_numbered(self.document_no)

    @property
    def holds(self) -> bool:
        """Whether the paper is neither withdrawn nor replaced."""
        return self.withdrawn_on is None and self.replaced_by_id is None

    @property
    def named(self) -> str:
        """'Biên bản bàn giao số 12/BB-THCS, 05/08/2024', for sentences."""
        number = f" số {self.document_no}" if self.is_numbered else " chưa có số"
        day = f", {self.signed_on:%d/%m/%Y}" if isinstance(self.signed_on, dt.date) else ""
        return f"{self.get_kind_display()}{number}{day}"
