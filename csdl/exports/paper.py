"""A list on paper: heading of the unit, place and day, signatures, and the lines as people read them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.timezone import localtime

from csdl.access.queries import visible
from csdl.accounts.actor import Actor
from csdl.accounts.permissions import Permission
from csdl.codes.models import District
from csdl.exports.columns import ExportColumn
from csdl.exports.enums import Signer
from csdl.exports.lists import ExportList, Occasion
from csdl.lib import clock
from csdl.lib.typst import pdf, shown
from csdl.orgs.enums import UnitKind
from csdl.orgs.models import OrgUnit
from csdl.orgs.queries import profile_of
from csdl.staff.models import UnitHead
from csdl.staff.queries import head_of

__all__ = ["PAPER_ROWS", "write_paper"]

PAPER_ROWS = 2_000
# Signs that fit across an upright sheet of A4; a wider list is printed on a turned one.
_UPRIGHT = 95
# Size of the letters by how wide a table is, in points; only a list that declares so goes beyond 180 signs.
_SIZES = ((180, 11), (200, 8), (float("inf"), 7))
_HEADS = {
    UnitKind.DEPARTMENT: "Giám đốc",
    UnitKind.DEPARTMENT_DIVISION: "Trưởng phòng",
    UnitKind.DISTRICT_OFFICE: "Trưởng phòng",
    UnitKind.COMMUNE_COMMITTEE: "Chủ tịch",
    UnitKind.SCHOOL: "Hiệu trưởng",
    UnitKind.SPECIAL_SCHOOL: "Hiệu trưởng",
    UnitKind.INDEPENDENT_GROUP: "Chủ nhóm, lớp",
}


def write_paper(
    what: ExportList[Any],
    columns: Sequence[ExportColumn],
    lines: Iterable[Mapping[str, Any]],
    *,
    actor: Actor,
    occasion: Occasion,
    purpose: str,
) -> tuple[bytes, int]:
    """The list as PDF, and how many rows it has."""
    keys = [one.key for one in columns]
    rows = [{key: shown(line[key]) for key in keys} for line in lines]
    unit, now = occasion.unit, localtime(clock.now())
    data = {
        "title": occasion.heading or what.title,
        "subtitle": f"Năm học {occasion.year_name}" if what.is_of_year else "",
        "above": unit.parent.name if unit.parent else "",
        "unit": unit.name,
        "place": _place(unit, occasion.start_year),
        # Days below 10 and the months 1 and 2 take a zero before them, against later additions (điểm c khoản 4).
        "day": f"{now.day:02}",
        "month": f"{now.month:02}" if now.month < 3 else str(now.month),
        "year": str(now.year),
        "landscape": (wide := sum(one.paper_width for one in columns)) > _UPRIGHT,
        "size": next(size for most, size in _SIZES if wide <= most),
        "facts": occasion.facts,
        "columns": [
            {"key": one.key, "header": one.header, "width": one.paper_width, "align": one.align} for one in columns
        ],
        "rows": rows,
        "sum": f"Danh sách có {shown(len(rows))} {what.noun}.",
        "signers": [_signer(one, actor, occasion) for one in what.signers],
        "trace": f"{actor.label} lập từ cơ sở dữ liệu lúc {now:%H:%M ngày %d/%m/%Y}. Mục đích: {purpose}",
    }
    return pdf(what.paper, data, at=now), len(rows)


def _place(unit: OrgUnit, start_year: int) -> str:
    """The district where a school stands; empty for who has no profile of the year, to be written by hand."""
    profile = profile_of(unit.pk, start_year)
    district = District.objects.filter(code=profile.district_code).first() if profile else None
    return district.name_vi if district else ""


def _signer(signer: Signer, actor: Actor, occasion: Occasion) -> dict[str, str]:
    said = {"role": signer.label, "note": "(Ký, ghi rõ họ tên)", "name": ""}
    if signer == Signer.HOMEROOM:
        return said | {"name": occasion.homeroom_name}
    if signer == Signer.HEAD:
        title = _HEADS.get(UnitKind(occasion.unit.kind), "Giám đốc")
        # Who may not see the staff has no business with the name; it is written by hand then.
        heads = (
            visible(UnitHead.objects.all(), actor, Permission.STAFF_READ) if actor.can(Permission.STAFF_READ) else None
        )
        head = head_of(heads, occasion.unit.pk, clock.today()) if heads is not None else None
        acting = head is not None and head.is_acting
        name = head.staff.full_name if head else ""
        return {"role": f"Q. {title}" if acting else title, "note": "(Ký tên, đóng dấu)", "name": name}
    return said
