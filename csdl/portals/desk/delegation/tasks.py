"""What waits for a person of rights and papers: to confirm, to sign, to renew, to confirm the unit's people."""

import datetime as dt

from django.urls import reverse

from csdl.access.actors import GrantActor
from csdl.access.enums import GrantState
from csdl.access.models import Grant
from csdl.access.roles import ROLES
from csdl.accounts.permissions import Permission
from csdl.delegation.actions import homerooms_wanted
from csdl.delegation.enums import MinutesKind, PaperState
from csdl.delegation.models import Commitment, Minutes, PersonnelConfirmation
from csdl.delegation.queries import (
    can_administer,
    holding_on,
    left_behind,
    sign_again_by,
    units_unconfirmed,
    waiting_for_account,
)
from csdl.delegation.rules import confirmation_opens, rules, start_year_on
from csdl.orgs.enums import TEACHING_KINDS
from csdl.orgs.models import OrgUnit
from csdl.portals.desk.tasks import Task

__all__ = ["rights_tasks"]


def rights_tasks(actor: GrantActor, *, today: dt.date) -> list[Task]:
    """Own papers first, then those of the unit whose rights the actor gives; a fixed number of queries."""
    minutes, commitments = waiting_for_account(actor.account_id)
    tasks = []
    if waiting := len(minutes) + len(commitments):
        url = reverse("desk:my-rights")
        again = sign_again_by(Commitment.objects.filter(account_id=actor.account_id)) if commitments else {}
        gives = commitments or any(one.kind != MinutesKind.REVOCATION for one in minutes)
        note = "Quyền có hiệu lực khi đã ký đủ." if gives else "Biên bản thu hồi; việc thu hồi đã có hiệu lực."
        if again:
            note = f"Bản cam kết mới: ký trước hết ngày {min(again.values()):%d/%m/%Y}, quá hạn thì quyền tạm dừng."
        tasks.append(Task("giấy tờ chờ tôi xác nhận hoặc ký", url, waiting, note))
    tasks += _ending_of_mine(actor, today)
    unit = actor.home_unit
    if unit is None:
        return tasks
    if can_administer(actor, unit.pk):
        tasks += _of_unit(unit, today)
    if unit.kind not in TEACHING_KINDS and actor.can(Permission.GRANT_READ):
        tasks += _below(actor, today)
    return tasks


def _ending_of_mine(actor: GrantActor, today: dt.date) -> list[Task]:
    soon = today + dt.timedelta(days=max(rules().notice_days, default=0))
    ending = Grant.objects.filter(
        account_id=actor.account_id, state=GrantState.ACTIVE, valid_to__gt=today, valid_to__lte=soon
    )
    first = ending.order_by("valid_to").values_list("valid_to", flat=True).first()
    if first is None:
        return []
    left = (first - today).days
    note = f"Sớm nhất hết ngày {first - dt.timedelta(days=1):%d/%m/%Y}. Đề nghị thủ trưởng gia hạn nếu còn nhiệm vụ."
    return [
        Task("quyền của tôi sắp hết hạn", reverse("desk:my-rights"), ending.count(), note, state=f"Còn {left} ngày")
    ]


def _of_unit(unit: OrgUnit, today: dt.date) -> list[Task]:
    laid_down = rules()
    url = reverse("desk:grant-list", args=[unit.public_id])
    tasks = []
    drafts = Minutes.objects.filter(unit=unit, state=PaperState.DRAFT).exclude(kind=MinutesKind.REVOCATION).count()
    if drafts:
        tasks.append(Task("biên bản chờ ký ở đơn vị", url, drafts, "Quyền chưa có hiệu lực khi chưa ký."))
    if again := sign_again_by(Commitment.objects.filter(unit=unit)):
        note = f"Văn bản cam kết có bản mới; từ sau ngày {min(again.values()):%d/%m/%Y} ai chưa ký thì quyền tạm dừng."
        tasks.append(Task("bản cam kết mới chờ ký ở đơn vị", url, len(again), note))
    soon = today + dt.timedelta(days=max(laid_down.notice_days, default=0))
    ending = holding_on(Grant.objects.filter(unit=unit, valid_to__gt=today, valid_to__lte=soon), today).count()
    if ending:
        note = "Gia hạn bằng biên bản mới trước khi hết hạn."
        tasks.append(Task("quyền ở đơn vị sắp hết hạn", f"{url}?sap-xep=het-han", ending, note))
    if left := left_behind(unit, today):
        named = "; ".join(f"{one.account.full_name}: {_label(one)}" for one in left[:3])
        note = f"{named}{'; …' if len(left) > 3 else ''}. Phân quyền cho người thay nếu đơn vị còn cần."
        tasks.append(Task("quyền của người đã thôi làm việc chưa bàn giao", f"{url}?tinh-trang=dung", len(left), note))
    start_year = start_year_on(today, laid_down)
    if unit.kind in TEACHING_KINDS:
        wanted, without = homerooms_wanted(unit, start_year, today=today)
        if without:
            tasks.append(
                Task(
                    f"giáo viên chủ nhiệm chưa có tài khoản, năm học {start_year}-{start_year + 1}",
                    reverse("desk:grant-homerooms", args=[unit.public_id]),
                    len(without),
                    f"{', '.join(without[:3])}{', …' if len(without) > 3 else ''}. Mở tài khoản rồi lập biên bản.",
                )
            )
        if wanted:
            tasks.append(
                Task(
                    f"giáo viên chủ nhiệm chưa có quyền, năm học {start_year}-{start_year + 1}",
                    reverse("desk:grant-homerooms", args=[unit.public_id]),
                    len(wanted),
                    "Lập biên bản cho tất cả trong một lần.",
                )
            )
    is_open = confirmation_opens(start_year, laid_down) <= today
    if is_open and not PersonnelConfirmation.objects.filter(unit=unit, start_year=start_year).exists():
        text = f"Xác nhận kiện toàn nhân sự năm học {start_year}-{start_year + 1}"
        tasks.append(Task(text, reverse("desk:personnel", args=[unit.public_id]), state="Chưa xác nhận"))
    return tasks


def _label(grant: Grant) -> str:
    role = ROLES.get(grant.role_code)
    return role.label if role else grant.role_code


def _below(actor: GrantActor, today: dt.date) -> list[Task]:
    start_year = start_year_on(today, rules())
    reached = actor.unit_ids(Permission.GRANT_READ)
    units = OrgUnit.objects.filter(closed_on__isnull=True)
    late = units_unconfirmed(units if reached is None else units.filter(pk__in=reached), start_year).count()
    if not late:
        return []
    url = f"{reverse('desk:personnel-board')}?tinh-trang=chua"
    text = f"đơn vị chưa xác nhận kiện toàn nhân sự năm học {start_year}-{start_year + 1}"
    return [Task(text, url, late, tone="info", state="Theo dõi")]
