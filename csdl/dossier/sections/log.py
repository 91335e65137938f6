"""What the log has of the unit and the period: files taken out, acts summed up, roots. The log keeps real time.

Acts of dossiers themselves are left out: else no two dossiers of one state would be alike.
"""

from django.db.models import Count, Max, Min, QuerySet
from django.utils.timezone import localtime

from csdl.audit.kinds import kinds, said
from csdl.audit.models import Event, LogRoot, RootHead
from csdl.dossier.registry import Contents, Period, Section, SectionColumn, register_section
from csdl.lib.typst import shown
from csdl.orgs.models import OrgUnit

__all__: list[str] = []


# Files taken out, and what was asked and decided about large ones.
_TAKEN = (
    *("data:export", "data:download", "rollover:download"),
    *("export:ask", "export:approve", "export:refuse"),
)


def _events(unit: OrgUnit, period: Period) -> QuerySet[Event]:
    rows = Event.objects.filter(unit_id=unit.pk, at__gte=period.start, at__lt=period.beyond)
    return rows.exclude(kind__startswith="dossier:")


def _exports(unit: OrgUnit, period: Period) -> Contents:
    rows = _events(unit, period).filter(kind__in=_TAKEN).order_by("at", "pk")
    return Contents(
        [
            {
                "no": number,
                "at": f"{localtime(one.at):%H:%M %d/%m/%Y}",
                "who": one.actor_label,
                "what": said(one.kind, one.data),
            }
            for number, one in enumerate(rows, start=1)
        ]
    )


def _acts(unit: OrgUnit, period: Period) -> Contents:
    counted = _events(unit, period).values("kind", "actor_label").order_by("kind", "actor_label")
    rows = counted.annotate(count=Count("pk"), first=Min("at"), last=Max("at"))
    lines = [
        {
            "group": kinds[row["kind"]].group if row["kind"] in kinds else "Khác",
            "kind": row["kind"],
            "who": row["actor_label"],
            "count": shown(row["count"]),
            "first": f"{localtime(row['first']):%d/%m/%Y}",
            "last": f"{localtime(row['last']):%d/%m/%Y}",
        }
        for row in rows
    ]
    lines.sort(key=lambda line: (line["group"], line["kind"], line["who"]))
    return Contents([{"no": number, **line} for number, line in enumerate(lines, start=1)])


def _parted(digest: bytes | memoryview) -> str:
    """In two halves, so that paper can break the line."""
    text = bytes(digest).hex()
    return f"{text[:32]} {text[32:]}"


def _roots(unit: OrgUnit, period: Period) -> Contents:
    """Roots of the period's days, and as far as the unit's own chain stood in each."""
    heads = iter(RootHead.objects.filter(chain=unit.pk, root__day__lte=period.last).order_by("root__day").values_list(
        "root__day", "last_no", "last_hash"
    ))  # fmt: skip
    lines = []
    head, following = None, next(heads, None)
    roots = LogRoot.objects.filter(day__gte=period.first, day__lte=period.last).order_by("day")
    for number, root in enumerate(roots, start=1):
        while following is not None and following[0] <= root.day:
            head, following = following, next(heads, None)
        lines.append(
            {
                "no": number,
                "day": shown(root.day),
                "root": _parted(root.root_hash),
                "unit_no": shown(head[1]) if head else "0",
                "unit_hash": _parted(head[2]) if head else "",
            }
        )
    return Contents(lines)


register_section(
    Section(
        "tai-du-lieu",
        "Dữ liệu đã tải ra tệp",
        70,
        (
            SectionColumn("no", "STT", 5, "right"),
            SectionColumn("at", "Lúc", 17, "center"),
            SectionColumn("who", "Người tải", 30),
            SectionColumn("what", "Nội dung, mục đích", 80),
        ),
        _exports,
    )
)
register_section(
    Section(
        "nhat-ky",
        "Tóm tắt nhật ký",
        75,
        (
            SectionColumn("no", "STT", 5, "right"),
            SectionColumn("group", "Loại việc", 24),
            SectionColumn("kind", "Mã loại", 24),
            SectionColumn("who", "Người làm", 32),
            SectionColumn("count", "Số lần", 8, "right"),
            SectionColumn("first", "Lần đầu", 12, "center"),
            SectionColumn("last", "Lần cuối", 12, "center"),
        ),
        _acts,
        "Không gồm các lần lập và mở hồ sơ thanh tra.",
    )
)
register_section(
    Section(
        "ma-goc",
        "Mã gốc nhật ký",
        80,
        (
            SectionColumn("no", "STT", 5, "right"),
            SectionColumn("day", "Ngày", 12, "center"),
            SectionColumn("root", "Mã gốc (SHA-256)", 40),
            SectionColumn("unit_no", "Số sự kiện của đơn vị", 12, "right"),
            SectionColumn("unit_hash", "Mã niêm phong của đơn vị", 40),
        ),
        _roots,
        "Đối chiếu với tờ in mã gốc: csdl audit verify --root.",
    )
)
