"""Papers that the unit keeps: decisions, minutes, commitments, directives; those in force within the period."""

from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import Q
from django.utils.text import slugify

from csdl.documents.enums import DocumentKind, MediaType
from csdl.documents.models import Document
from csdl.dossier.registry import Contents, Period, Section, SectionColumn, SectionFile, register_section
from csdl.lib.typst import shown
from csdl.lib.vietnamese import fold
from csdl.orgs.models import OrgUnit

_COLUMNS = (
    SectionColumn("no", "STT", 5, "right"),
    SectionColumn("kind", "Loại", 16),
    SectionColumn("document_no", "Số, ký hiệu", 18),
    SectionColumn("signed_on", "Ngày ký", 11, "center"),
    SectionColumn("issuer", "Cơ quan, người ký", 22),
    SectionColumn("title", "Trích yếu", 36),
    SectionColumn("state", "Tình trạng", 22),
    SectionColumn("file", "Tệp", 30),
)


def _collector(*kinds: DocumentKind) -> Callable[[OrgUnit, Period], Contents]:
    def collect(unit: OrgUnit, period: Period) -> Contents:
        """In force on some day of the period; a paper without a day of signing counts from the beginning."""
        rows = Document.objects.filter(
            Q(signed_on__isnull=True) | Q(signed_on__lte=period.last),
            Q(withdrawn_on__isnull=True) | Q(withdrawn_on__gte=period.first),
            unit=unit,
            kind__in=kinds,
        )
        lines: list[Mapping[str, Any]] = []
        files: list[SectionFile] = []
        ordered = rows.select_related("file", "replaced_by").order_by("signed_on", "number_key", "pk")
        for number, one in enumerate(ordered, start=1):
            name = ""
            if one.file is not None:
                stem = slugify(fold(f"{one.document_no} {one.title}".replace("/", "-")))[:60].strip("-") or "van-ban"
                name = f"{number:03}-{stem}.{MediaType(one.file.media_type).suffix}"
                files.append(SectionFile(name, one.file))
            lines.append(
                {
                    "no": number,
                    "kind": one.get_kind_display(),
                    "document_no": one.document_no if one.is_numbered else f"{one.document_no} (chưa có số)".strip(),
                    "signed_on": shown(one.signed_on),
                    "issuer": one.issuer,
                    "title": one.title,
                    "state": _state(one),
                    "file": name or "chưa có tệp",
                }
            )
        return Contents(lines, files)

    return collect


def _state(one: Document) -> str:
    if one.withdrawn_on:
        return f"Thu hồi {one.withdrawn_on:%d/%m/%Y}: {one.withdrawn_reason}"
    if one.replaced_by is not None:
        return f"Thay bằng {one.replaced_by.document_no or 'văn bản chưa có số'}"
    return "Bản đã ký" if one.is_signed else "Chưa có bản ký"


_PARTS = (
    ("quyet-dinh", "Quyết định bổ nhiệm, phân công", 10, (DocumentKind.APPOINTMENT, DocumentKind.ASSIGNMENT)),
    ("bien-ban", "Biên bản bàn giao", 20, (DocumentKind.HANDOVER,)),
    ("cam-ket", "Cam kết bảo đảm an ninh dữ liệu", 30, (DocumentKind.COMMITMENT,)),
    ("thanh-tra", "Quyết định thanh tra, kiểm tra", 85, (DocumentKind.INSPECTION,)),
    ("chi-dao", "Văn bản chỉ đạo, văn bản khác", 90, (DocumentKind.DIRECTIVE, DocumentKind.OTHER)),
)
for _code, _title, _order, _kinds in _PARTS:
    register_section(Section(_code, _title, _order, _COLUMNS, _collector(*_kinds)))
