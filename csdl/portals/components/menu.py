"""The side menu: by task, only what exists and the account may do."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from csdl.accounts.actor import Actor
from csdl.accounts.permissions import Permission
from csdl.orgs.enums import TEACHING_KINDS
from csdl.orgs.models import OrgUnit

__all__ = ["MenuItem", "menu"]


@dataclass(frozen=True)
class MenuItem:
    """One entry; `is_here` where the page belongs to it."""

    label: str
    icon: str
    url: str
    is_here: bool


_RIGHTS = ("desk:grant", "desk:batch", "desk:minutes", "desk:commitment", "desk:administration", "desk:inspection")
# label, icon, URL name, permission that the entry needs, URL names of the pages that belong to it
_SCHOOL = (
    ("Tổng quan trường", "school", "school:overview", Permission.SCHOOL_READ, ()),
    ("Lớp", "building", "school:class-list", Permission.CLASS_READ, ("school:class-",)),
    ("Học sinh", "users", "school:student-list", Permission.STUDENT_READ, ("school:student-", "school:guardian-")),
    (
        *("Cán bộ, giáo viên", "user", "school:staff-list", Permission.STAFF_READ),
        ("school:staff-", "school:posting-"),
    ),
    ("Phân công", "table-column", "school:assignment-list", Permission.STAFF_READ, ("school:assignment-",)),
    (
        *("Hồ sơ trường", "building-community", "school:profile", Permission.SCHOOL_READ),
        ("school:profile-", "school:site-", "school:rooms"),
    ),
    (
        *("Nhập từ Excel", "upload", "school:import-list", Permission.DATA_IMPORT),
        ("school:import-", "desk:import-"),
    ),
    ("Phân quyền", "lock", "desk:grant-list", Permission.GRANT_READ, _RIGHTS),
    (
        *("Tài khoản", "key", "authority:unit-accounts", Permission.ACCOUNT_MANAGE),
        ("authority:account-",),
    ),
    ("Kết chuyển", "arrows-exchange", "school:rollover", Permission.ROLLOVER_READ, ("school:rollover-",)),
    ("Báo cáo", "report", "school:report-list", Permission.REPORT_READ, ("school:report-",)),
)
_AUTHORITY = (
    (
        *("Đơn vị", "sitemap", "authority:unit-list", Permission.SCHOOL_READ),
        ("authority:unit-detail", "authority:unit-heads", "authority:unit-export", "authority:head-"),
    ),
    ("Trường", "building-community", "authority:school-list", Permission.SCHOOL_READ, ("authority:school-", "school:")),
    ("Học sinh", "users", "authority:student-list", Permission.STUDENT_READ, ("authority:student-",)),
    ("Cán bộ, giáo viên", "user", "authority:staff-list", Permission.STAFF_READ, ("authority:staff-",)),
    (
        *("Nhập từ Excel", "upload", "authority:import-list", Permission.DATA_IMPORT),
        ("authority:import-", "desk:import-"),
    ),
    ("Phân quyền", "lock", "desk:grant-list", Permission.GRANT_READ, _RIGHTS),
    (
        *("Kiện toàn nhân sự", "circle-check", "desk:personnel-board", Permission.GRANT_READ),
        ("desk:personnel-board",),
    ),
    (
        *("Tài khoản", "key", "authority:own-accounts", Permission.ACCOUNT_MANAGE),
        ("authority:account-", "authority:unit-accounts", "authority:sign-in-rules", "authority:regulation-"),
    ),
    ("Kết chuyển", "arrows-exchange", "authority:rollover-board", Permission.ROLLOVER_READ, ("authority:rollover-",)),
    (
        *("Báo cáo", "report", "authority:report-board", Permission.REPORT_READ),
        ("authority:report-", "school:report-"),
    ),
    ("Năm học", "calendar", "authority:year-list", Permission.YEAR_MANAGE, ("authority:year-",)),
)
# Pages that every unit has, by the account's own unit.
_EVERYWHERE = (
    ("Hồ sơ, văn bản", "file-text", "desk:document-list", Permission.DOCUMENT_READ, ("desk:document-",)),
    ("Hồ sơ thanh tra", "archive", "desk:dossier-list", Permission.DOSSIER_READ, ("desk:dossier-",)),
    ("Duyệt tải dữ liệu", "download", "desk:export-request-list", Permission.EXPORT_APPROVE, ("desk:export-",)),
    ("Nhật ký", "history", "desk:log-list", Permission.AUDIT_READ, ("desk:log-",)),
)


def menu(request: HttpRequest, actor: Actor, home_unit: OrgUnit | None) -> list[MenuItem]:
    """Entries for this account; a page that no portal offers yet has no entry."""
    here = request.resolver_match.view_name if request.resolver_match else ""
    items = [MenuItem("Việc cần làm", "list-check", reverse("desk:home"), here == "desk:home")]
    mine = MenuItem("Quyền của tôi", "user", reverse("desk:my-rights"), here == "desk:my-rights")
    if home_unit is None:
        return [*items, mine]
    at_school = home_unit.kind in TEACHING_KINDS
    own = _SCHOOL if at_school else _AUTHORITY
    entries = (*own, *_EVERYWHERE)
    nearest = _nearest(here, [(name, *family) for _, _, name, _, family in entries])
    for (label, icon, name, permission, _), is_here in zip(entries, nearest, strict=True):
        url = _url(name, home_unit.public_id if at_school or name.startswith("desk:") else None)
        if url and actor.can(permission):
            items.append(MenuItem(label, icon, url, is_here))
    return [*items, mine]


def _nearest(here: str, families: Sequence[tuple[str, ...]]) -> list[bool]:
    """Which entry the page belongs to: the one that names it most closely ("school:report-" before "school:")."""
    lengths = [
        max((len(one) for one in family if here == one or (one != family[0] and here.startswith(one))), default=0)
        for family in families
    ]
    best = max(lengths)
    return [bool(best) and length == best for length in lengths]


def _url(name: str, unit: uuid.UUID | None) -> str:
    """Address of a page, of the unit where it has one."""
    for arguments in ([unit], []) if unit else ([],):
        try:
            return reverse(name, args=arguments)
        except NoReverseMatch:
            continue
    return ""
