"""Rights follow what they stand on: a posting at the unit, a homeroom assignment. Their power ends with it by itself
(`csdl_grant_holds`, `csdl_days_led`); here the record of the right comes to say so, and papers are made ready for who
comes next."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from csdl.access.models import Grant
from csdl.access.roles import ROLES
from csdl.accounts.actor import Actor
from csdl.accounts.errors import CsdlError
from csdl.audit.actions import record_each
from csdl.delegation.actions.prepare import prepare_papers
from csdl.delegation.actions.renewal import homerooms_wanted
from csdl.delegation.models import Minutes
from csdl.delegation.queries import can_administer
from csdl.delegation.rules import HOMEROOM_ROLE
from csdl.lib import clock
from csdl.orgs.models import OrgUnit

__all__ = ["Moved", "follow_homerooms", "follow_work"]

_KINDS = {
    "suspended": "grant:suspend",
    "ended": "grant:end",
    "narrowed": "grant:narrow",
    "resumed": "grant:resume",
}


@dataclass(frozen=True)
class Moved:
    """What became of one right: `done` suspended, ended (it still waited), narrowed (some of its classes), resumed."""

    unit_id: int
    username: str
    full_name: str
    role_code: str
    done: str
    because: str

    @property
    def sentence(self) -> str:
        """For the page of whoever brought it about."""
        label = ROLES[self.role_code].label if self.role_code in ROLES else self.role_code
        said = {
            "suspended": "đã tạm dừng",
            "ended": "đang chờ ký thì không lập nữa",
            "narrowed": "không còn gồm lớp đã thôi",
            "resumed": "hoạt động lại",
        }[self.done]
        because = f": {self.because[:1].lower()}{self.because[1:]}" if self.because else ""
        return f"Quyền “{label}” của {self.full_name} {said}{because}."


@transaction.atomic
def follow_work(actor: Actor, unit_ids: Collection[int] | None = None) -> list[Moved]:
    """Make the record of rights say what became of the postings and homeroom assignments that they stand on.

    Shapes:  None means every unit; one statement, and an event at each unit for each reason. Safe to run at any time,
             by whoever changed the posting or the assignment: the database looks at those rows alone.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT public_id, unit_id, username, full_name, role_code, done, because FROM csdl_follow_work(%s)",
            [sorted(unit_ids) if unit_ids is not None else None],
        )
        rows = cursor.fetchall()
    told: dict[tuple[str, str], dict[int, dict[str, Any]]] = defaultdict(dict)
    moved = []
    day = f"{clock.today():%Y-%m-%d}"
    for key, unit_id, username, full_name, role_code, done, because in rows:
        moved.append(Moved(unit_id, username, full_name, role_code, done, because))
        said = {"grants": [], "accounts": [], "day": day} | ({"because": because} if because else {})
        data = told[done, because].setdefault(unit_id, said)
        if username not in data["accounts"]:
            data["accounts"].append(username)
        data["grants"].append({"grant": str(key), "account": username, "role_code": role_code})
    for (done, _), units in told.items():
        record_each(actor=actor, kind=_KINDS[done], units=units)
    return moved


def follow_homerooms(actor: Actor, unit_id: int, start_year: int, class_ids: Collection[int]) -> list[str]:
    """After homeroom assignments of these classes changed: the old teachers' rights stop, and where whoever acts gives
    the unit's rights, papers are made ready for the new teachers of classes that somebody had a right over.

    Answers sentences for the page. Others than the administrator leave the new right to the administrator's tasks.
    """
    known = Grant.objects.filter(unit=unit_id, role_code=HOMEROOM_ROLE, class_scopes__school_class__in=class_ids)
    # Read first: a class that is taken out of a right leaves no tie.
    handed = set(known.values_list("class_scopes__school_class", flat=True)) & set(class_ids)
    moved = follow_work(actor, [unit_id])
    said = [one.sentence for one in moved]
    if not can_administer(actor, unit_id):
        if any(one.done != "resumed" for one in moved):
            said.append(
                "Biên bản cho giáo viên chủ nhiệm mới do thủ trưởng đơn vị lập; trang chủ của thủ trưởng đã nhắc."
            )
        return said
    if not handed:
        return said
    unit = OrgUnit.objects.select_related("parent").get(pk=unit_id)
    wanted, without = homerooms_wanted(unit, start_year, today=clock.today(), class_ids=handed)
    said += [f"{name} chưa có tài khoản: hãy mở tài khoản rồi lập biên bản phân quyền." for name in without]
    if not wanted:
        return said
    try:
        # Whatever stands against the new right (the head's own class, an end before it) does not keep the assignment.
        with transaction.atomic():
            batch = prepare_papers(actor=actor, unit=unit, wanted=wanted, title="Phân quyền giáo viên chủ nhiệm mới")
    except CsdlError as refused:
        faults = refused.problems or [refused.message]
        return [*said, f"Chưa lập được biên bản cho giáo viên chủ nhiệm mới: {' '.join(faults)}"]
    papers = Minutes.objects.filter(batch=batch).select_related("receiver").order_by("pk")
    said += [f"Đã lập sẵn biên bản số {one.paper_no} cho {one.receiver.full_name}: in, ký rồi tải bản quét lên ở trang "
             "Phân quyền, hoặc xác nhận." for one in papers]  # fmt: skip
    return said
