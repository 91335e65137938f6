"""Papers on which rights at the unit stood within the period: handovers of the administration account, minutes,
commitments, with their signed scans; and the yearly confirmation of personnel.

What a paper says comes from its own content, as it was when it was made: a person's later name or post changes nothing.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.text import slugify

from csdl.delegation.enums import MinutesKind, PaperState, SignedBy
from csdl.delegation.models import AdministrationHolder, Commitment, Minutes, PersonnelConfirmation
from csdl.delegation.rules import rules
from csdl.documents.enums import MediaType
from csdl.dossier.registry import Contents, Period, Section, SectionColumn, SectionFile, register_section
from csdl.lib.typst import shown
from csdl.orgs.models import OrgUnit

__all__: list[str] = []

type Paper = Minutes | Commitment

_NO = SectionColumn("no", "STT", 5, "right")
_PAPER_NO = SectionColumn("paper_no", "Số, ký hiệu", 18)
_FROM, _TO = SectionColumn("from", "Từ ngày", 12, "center"), SectionColumn("to", "Đến trước ngày", 14, "center")
_SIGNED, _STATE = SectionColumn("signed", "Ký", 22), SectionColumn("state", "Tình trạng khi lập hồ sơ", 24)
_FILE = SectionColumn("file", "Tệp bản ký", 24)


def _administration(unit: OrgUnit, period: Period) -> Contents:
    """Handovers by which somebody held the account, or which waited for it, on some day of the period."""
    holding = Q(holder__isnull=True) | Q(holder__valid_to__isnull=True) | Q(holder__valid_to__gte=period.first)
    rows = _minutes(unit, period).filter(holding, kind=MinutesKind.ADMINISTRATION)
    papers = list(rows.select_related("file").order_by("prepared_on", "year", "no"))
    holders = {one.minutes_id: one for one in AdministrationHolder.objects.filter(minutes__in=papers)}
    return _contents(papers, lambda paper: _held(paper, holders.get(paper.pk)))


def _delegation(unit: OrgUnit, period: Period) -> Contents:
    rows = _minutes(unit, period).exclude(kind=MinutesKind.ADMINISTRATION)
    return _contents(rows.select_related("file").order_by("prepared_on", "year", "no"), _given)


def _commitments(unit: OrgUnit, period: Period) -> Contents:
    """Those of school years whose rights reach into the period, unless voided before it."""
    rows = Commitment.objects.filter(
        _standing(period), unit=unit, prepared_on__lte=period.last, start_year__gte=_first_year(period)
    )
    return _contents(rows.select_related("file").order_by("prepared_on", "year", "no"), _committed)


def _confirmations(unit: OrgUnit, period: Period) -> Contents:
    """One line for each right that was confirmed; a confirmation of nobody has a line too."""
    rows = PersonnelConfirmation.objects.filter(
        unit=unit, confirmed_on__gte=period.first, confirmed_on__lte=period.last
    ).select_related("confirmed_by")
    nobody = {"name": "Không ai có quyền", "right": "", "scope": "", "until": ""}
    lines = [
        {
            "year": f"{one.start_year}-{one.start_year + 1}",
            "on": shown(one.confirmed_on),
            "by": one.confirmed_by.full_name,
            **{key: person.get(key, "") for key in nobody},
            "note": one.note,
        }
        for one in rows.order_by("start_year", "pk")
        for person in one.people or [nobody]
    ]
    return Contents([{"no": number, **line} for number, line in enumerate(lines, start=1)])


def _minutes(unit: OrgUnit, period: Period) -> QuerySet[Minutes]:
    """Minutes in force, or still to be signed, on some day of the period; those that take rights away count on the day
    they were made."""
    in_time = Q(valid_to__isnull=True) | Q(valid_to__gt=period.first)
    gives = ~Q(kind=MinutesKind.REVOCATION) & in_time & _standing(period)
    takes = Q(kind=MinutesKind.REVOCATION, prepared_on__gte=period.first)
    return Minutes.objects.filter(gives | takes, unit=unit, prepared_on__lte=period.last)


def _standing(period: Period) -> Q:
    return Q(voided_on__isnull=True) | Q(voided_on__gte=period.first)


def _first_year(period: Period) -> int:
    """First school year whose rights, which end in the calendar year after it, reach into the period."""
    laid_down = rules()
    ends = max(
        (laid_down.other_end_month, laid_down.other_end_day), (laid_down.class_end_month, laid_down.class_end_day)
    )
    return period.first.year - ((period.first.month, period.first.day) <= ends)


def _contents(papers: Iterable[Any], own: Any) -> Contents:
    """Lines of papers: what each kind says of itself, then how it was signed; and the scans that are there."""
    lines: list[Mapping[str, Any]] = []
    files: list[SectionFile] = []
    for number, paper in enumerate(papers, start=1):
        name = ""
        if paper.file is not None:
            stem = slugify(paper.paper_no.replace("/", "-"))
            name = f"{number:03}-{stem}.{MediaType(paper.file.media_type).suffix}"
            files.append(SectionFile(name, paper.file))
        lines.append(
            {
                "no": number,
                "paper_no": paper.paper_no,
                **own(paper),
                "signed": _signed(paper),
                "state": _state(paper),
                "file": name or ("không có bản giấy" if paper.signed_by == SignedBy.CONFIRMED else "chưa có tệp"),
            }
        )
    return Contents(lines, files)


def _held(paper: Minutes, holder: AdministrationHolder | None) -> dict[str, Any]:
    if holder is None:
        return {**_parties(paper), "from": "", "to": "", "ended": ""}
    ends = holder.valid_to or paper.valid_to
    return {
        **_parties(paper),
        "from": shown(holder.valid_from),
        "to": _day(ends),
        "ended": holder.ended_because,
    }


def _given(paper: Minutes) -> dict[str, Any]:
    scopes = [f"{one.get('role', '')}: {one.get('scope', '')}" for one in paper.content.get("scopes", ())]
    return {
        "kind": paper.get_kind_display(),
        **_parties(paper),
        "scopes": "; ".join(scopes),
        "from": shown(paper.valid_from),
        "to": "" if paper.kind == MinutesKind.REVOCATION else _day(paper.valid_to),
    }


def _committed(paper: Commitment) -> dict[str, Any]:
    return {
        "name": paper.content.get("person", {}).get("name", ""),
        "year": f"{paper.start_year}-{paper.start_year + 1}",
        "version": paper.text_version,
    }


def _parties(paper: Minutes) -> dict[str, str]:
    return {side: paper.content.get(side, {}).get("name", "") for side in ("giver", "receiver")}


def _day(day: dt.date | None) -> str:
    return str(shown(day)) or "chưa có ngày hết"


def _signed(paper: Paper) -> str:
    if paper.signed_on is None:
        return "Chưa ký"
    return f"{paper.signed_on:%d/%m/%Y}: {SignedBy(paper.signed_by).label.lower()}"


def _state(paper: Paper) -> str:
    if paper.state == PaperState.VOIDED and paper.voided_on is not None:
        return f"Hết hiệu lực {paper.voided_on:%d/%m/%Y}: {paper.void_reason}"
    return PaperState(paper.state).label


_PARTIES = (SectionColumn("giver", "Bên giao", 22), SectionColumn("receiver", "Bên nhận", 22))

register_section(
    Section(
        "giao-tk-quan-tri",
        "Bàn giao tài khoản quản trị",
        15,
        (_NO, _PAPER_NO, *_PARTIES, _FROM, _TO, SectionColumn("ended", "Lý do thôi giữ", 22), _SIGNED, _STATE, _FILE),
        _administration,
        "Ngày không có người nhận bàn giao thì thủ trưởng đơn vị giữ tài khoản quản trị.",
    )
)
register_section(
    Section(
        "bien-ban-quyen",
        "Biên bản giao và thu hồi quyền",
        25,
        (
            _NO,
            _PAPER_NO,
            SectionColumn("kind", "Loại", 20),
            *_PARTIES,
            SectionColumn("scopes", "Quyền, phạm vi", 36),
            _FROM,
            _TO,
            _SIGNED,
            _STATE,
            _FILE,
        ),
        _delegation,
    )
)
register_section(
    Section(
        "cam-ket-ca-nhan",
        "Bản cam kết của người nhận quyền",
        35,
        (
            _NO,
            _PAPER_NO,
            SectionColumn("name", "Người cam kết", 26),
            SectionColumn("year", "Năm học", 11, "center"),
            SectionColumn("version", "Bản nội dung", 14),
            _SIGNED,
            _STATE,
            _FILE,
        ),
        _commitments,
    )
)
register_section(
    Section(
        "kien-toan",
        "Xác nhận kiện toàn nhân sự",
        55,
        (
            _NO,
            SectionColumn("year", "Năm học", 11, "center"),
            SectionColumn("on", "Ngày xác nhận", 13, "center"),
            SectionColumn("by", "Người xác nhận", 24),
            SectionColumn("name", "Người có quyền", 24),
            SectionColumn("right", "Quyền", 26),
            SectionColumn("scope", "Phạm vi", 30),
            SectionColumn("until", "Đến hết ngày", 12, "center"),
            SectionColumn("note", "Ghi chú", 20),
        ),
        _confirmations,
        "Quyền ghi như khi xác nhận.",
    )
)
