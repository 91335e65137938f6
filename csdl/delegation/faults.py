"""What is wrong with papers before they give force to a right: every fault at once, each in a sentence that says what
to do. Asked before signing, and again before a right becomes active."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence

from django.db import connection
from django.db.models import Q

from csdl.access.enums import GrantState, Ground
from csdl.access.models import Grant
from csdl.access.roles import ROLES
from csdl.accounts.permissions import Permission
from csdl.delegation.enums import MinutesKind, PaperState
from csdl.delegation.models import Commitment, DelegationRules, Minutes
from csdl.delegation.queries import stopped_on
from csdl.delegation.rules import HEADS
from csdl.documents.errors import FileChanged
from csdl.documents.store import read_kept
from csdl.staff.queries import AtWork, days_at_work

__all__ = ["giver_faults", "minutes_faults", "signing_faults"]

# Roles by which somebody gives rights at the unit.
_GIVING = frozenset(code for code, role in ROLES.items() if Permission.GRANT_MANAGE in role.permissions)


def signing_faults(paper: Minutes | Commitment, signed_on: dt.date, today: dt.date) -> list[str]:
    """Whether a paper may be signed on a day."""
    faults = []
    if paper.state == PaperState.VOIDED:
        faults.append(f"{paper.title} đã hết hiệu lực ngày {paper.voided_on:%d/%m/%Y}: {paper.void_reason}.")
    if paper.state == PaperState.SIGNED:
        faults.append(f"{paper.title} đã ký ngày {paper.signed_on:%d/%m/%Y}. Cần sửa thì lập biên bản thay thế.")
    if signed_on < paper.prepared_on:
        faults.append(
            f"{paper.title}: ngày ký {signed_on:%d/%m/%Y} trước ngày lập {paper.prepared_on:%d/%m/%Y}. "
            "Hãy ghi đúng ngày hai bên ký."
        )
    if signed_on > today:
        faults.append(f"{paper.title}: ngày ký {signed_on:%d/%m/%Y} sau hôm nay. Hãy ghi đúng ngày hai bên ký.")
    return faults


def giver_faults(papers: Iterable[Minutes | Commitment], signed_on: dt.date) -> list[str]:
    """Which minutes name a giver who gave no rights at the unit on the day of signing: neither its head then, nor the
    holder of its administration account, which the head alone hands over. Minutes of revocation give nothing. A fixed
    number of queries."""
    rows = [row for row in papers if isinstance(row, Minutes) and row.kind != MinutesKind.REVOCATION and row.giver_id]
    in_office = _in_office({row.giver_id for row in rows}, signed_on) if rows else set()
    return [
        f"{row.title}: {row.content.get('giver', {}).get('name', '')} (bên giao) không giữ quyền phân quyền của đơn vị "
        f"ngày {signed_on:%d/%m/%Y}. Hãy hủy biên bản này, lập biên bản mới với người đang giữ quyền."
        for row in rows
        if not any(
            (row.giver_id, row.unit_id, role) in in_office
            for role in (HEADS if row.kind == MinutesKind.ADMINISTRATION else _GIVING)
        )
    ]


def _in_office(account_ids: Collection[int | None], day: dt.date) -> set[tuple[int, int, str]]:
    """(account, unit, role) of who gives rights at a unit on a day. What holds is answered whoever asks; what has ended
    since is read as far as the asker reads rights."""
    accounts = [key for key in account_ids if key is not None]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT account_id, unit_id, role_code FROM csdl_grant_holds(%s)"
            " WHERE NOT is_reading AND role_code = ANY (%s)"
            " AND valid_from <= %s AND (valid_to IS NULL OR valid_to > %s)",
            [accounts, sorted(_GIVING), day, day],
        )
        found = set(cursor.fetchall())
    over = Grant.objects.filter(account_id__in=accounts, role_code__in=_GIVING, valid_from__lte=day)
    stopped = Q(state=GrantState.SUSPENDED) & (Q(valid_to__gt=day) | Q(valid_to=None))
    over = over.filter(Q(state=GrantState.ENDED, valid_to__gt=day) | stopped)
    rows = list(over)
    voided = dict(Minutes.objects.filter(pk__in=[row.paper_id for row in rows]).values_list("pk", "voided_on"))
    for row in rows:
        if row.state == GrantState.ENDED or (stopped_on(row) or voided.get(row.paper_id or 0) or day) > day:
            found.add((row.account_id, row.unit_id, row.role_code))
    return found


def minutes_faults(
    rows: Sequence[Minutes],
    grants: Sequence[Grant],
    commitments: dict[int, Commitment],
    *,
    today: dt.date,
    laid_down: DelegationRules,
) -> dict[int, list[str]]:
    """Why the rights of signed minutes may not become active: expired, withdrawn, forged, wrong party, two eyes.

    Shapes:  key of minutes -> sentences; nothing for minutes that hold. A fixed number of queries, one reading a file.
    """
    working = days_at_work({row.unit_id for row in rows}, {row.receiver_id for row in rows})
    by_paper: dict[int, list[Grant]] = {}
    for grant in grants:
        if grant.paper_id is not None:
            by_paper.setdefault(grant.paper_id, []).append(grant)
    found: dict[int, list[str]] = {}
    for row in rows:
        faults = [
            *_own_faults(row, today, laid_down),
            *_party_faults(row, by_paper.get(row.pk, []), commitments.get(row.pk), working, today),
            *_file_faults(row),
        ]
        commitment = commitments.get(row.pk)
        if commitment is not None:
            faults += _file_faults(commitment)
        if faults:
            found[row.pk] = faults
    return found


def _own_faults(row: Minutes, today: dt.date, laid_down: DelegationRules) -> list[str]:
    faults = []
    if row.state == PaperState.VOIDED:
        faults.append(f"{row.title} đã hết hiệu lực ngày {row.voided_on:%d/%m/%Y}: {row.void_reason}.")
    if row.valid_to is not None and row.valid_to <= today:
        last = row.valid_to - dt.timedelta(days=1)
        faults.append(f"{row.title} đã hết thời hạn ngày {last:%d/%m/%Y}. Hãy gia hạn bằng biên bản mới.")
    if row.kind == MinutesKind.REVOCATION:
        faults.append(f"{row.title} là biên bản thu hồi, không trao quyền nào.")
    if laid_down.four_eyes and row.approved_by_id in (None, row.prepared_by_id, row.receiver_id):
        faults.append(f"{row.title} chưa được người khác với người lập, người nhận duyệt.")
    return faults


def _party_faults(
    row: Minutes,
    grants: Sequence[Grant],
    commitment: Commitment | None,
    working: Mapping[tuple[int, int], AtWork],
    today: dt.date,
) -> list[str]:
    faults = []
    name = row.content.get("receiver", {}).get("name", "")
    wrong = Ground.HANDOVER if row.kind == MinutesKind.ADMINISTRATION else Ground.MINUTES
    if any(one.account_id != row.receiver_id or one.unit_id != row.unit_id or one.ground != wrong for one in grants):
        faults.append(f"{row.title} ghi bên nhận là {name}, không phải người được phân quyền.")
    if not working.get((row.receiver_id, row.unit_id), AtWork()).on(max(row.valid_from, today)):
        faults.append(f"{row.title}: {name} không còn công tác tại đơn vị.")
    if commitment is not None and commitment.account_id != row.receiver_id:
        faults.append(f"{commitment.title} không phải của {name}.")
    return faults


def _file_faults(paper: Minutes | Commitment) -> list[str]:
    if not paper.file_sha256:
        return []
    try:
        read_kept(paper.file_sha256)
    except FileChanged as changed:
        return [f"{paper.title}: {changed.message} (mã {changed.code})"]
    return []
