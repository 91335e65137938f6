"""Sites (điểm trường) of a school's year: added, changed, ended while no class stands there; exactly one is main."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction

from csdl.accounts.actor import Actor
from csdl.accounts.errors import InvalidRecord
from csdl.accounts.permissions import Permission
from csdl.audit.actions import record
from csdl.audit.edits import EditedAgain, FieldChange, Overlap, changes_of, save_changes, undo_edit
from csdl.codes.fields import check_extra
from csdl.codes.models import Commune
from csdl.lib.vietnamese import fold, squeeze
from csdl.orgs.errors import SiteError
from csdl.orgs.models import School, SchoolProfile, SchoolSite
from csdl.orgs.ties import check_year, tied_to_site

__all__ = ["SITE_FIELDS", "add_site", "change_site", "end_site", "make_main_site", "undo_site_edit"]

SITE_FIELDS = ("code", "name", "commune_code", "address", "extra")
_NAMED = 10


@transaction.atomic
def add_site(*, actor: Actor, school: School, start_year: int, values: Mapping[str, Any]) -> SchoolSite:
    """Write down a site; the first one of a year is the main one.

    Shapes:  `values` column -> value, of SITE_FIELDS.
    Errors:  NotAllowed; YEAR-02; ORG-03 the school does not work in that year; REC-01 with every fault by field.
    """
    actor.require(Permission.SCHOOL_EDIT, on=school)
    check_year(start_year)
    if not SchoolProfile.objects.filter(school=school, start_year=start_year).exists():
        raise SiteError(
            f"Trường chưa có hồ sơ năm học {start_year}-{start_year + 1}. Hồ sơ được lập khi kết chuyển năm học.",
            code="ORG-03",
        )
    made = _cleaned(values)
    others = SchoolSite.objects.filter(school=school, start_year=start_year)
    if faults := _faults(made, others):
        raise InvalidRecord(faults)
    row = SchoolSite.objects.create(
        school=school,
        start_year=start_year,
        is_main=not others.filter(is_main=True).exists(),
        created_by=actor.account_id,
        **made,
    )
    row.refresh_from_db()
    _say(actor, "site:add", row, SITE_FIELDS)
    return row


@transaction.atomic
def change_site(*, actor: Actor, site: SchoolSite, values: Mapping[str, Any], seen: int | None) -> list[FieldChange]:
    """Correct a site. Errors as `add_site`; ORG-02 it has ended; EDT-01 a colleague changed the same field."""
    _check(actor, site)
    made = _cleaned(values)
    others = SchoolSite.objects.filter(school_id=site.school_id, start_year=site.start_year).exclude(pk=site.pk)
    if faults := _faults(made, others):
        raise InvalidRecord(faults)
    changes = save_changes(site, made, seen=seen)
    _say(actor, "site:change", site, [change.name for change in changes])
    return changes


@transaction.atomic
def end_site(*, actor: Actor, site: SchoolSite, on: dt.date | None) -> SchoolSite:
    """Say that a site is no longer used from a day on; it stays in the year and does not go to the next one.

    Errors:  NotAllowed; YEAR-02; ORG-02 it has ended already; REC-01 it is the main site, classes stand at it (by
             name), the day lies outside the school year.
    """
    _check(actor, site)
    faults: dict[str, list[str]] = {}
    if site.is_main:
        faults["site"] = ["Điểm chính không kết thúc được. Hãy chọn một điểm trường khác làm điểm chính trước."]
    if tied := tied_to_site(site):
        more = f" và {len(tied) - _NAMED} lớp khác" if len(tied) > _NAMED else ""
        sentence = f"Còn {', '.join(tied[:_NAMED])}{more} học tại {site.name}. Hãy xếp sang điểm trường khác trước."
        faults.setdefault("site", []).append(sentence)
    first, last = dt.date(site.start_year, 7, 1), dt.date(site.start_year + 1, 6, 30)
    if on is None or not first <= on <= last:
        faults["on"] = [f"Hãy nhập ngày trong năm học, từ {first:%d/%m/%Y} đến {last:%d/%m/%Y}."]
    if faults:
        raise InvalidRecord(faults)
    save_changes(site, {"closed_on": on}, seen=None)
    _say(actor, "site:end", site, ["closed_on"])
    return site


@transaction.atomic
def make_main_site(*, actor: Actor, site: SchoolSite) -> SchoolSite:
    """Make a site the main one; the one that was is so no longer, in the same act.

    Errors:  NotAllowed; YEAR-02; ORG-02 the site has ended.
    """
    _check(actor, site)
    here = SchoolSite.objects.select_for_update().filter(school_id=site.school_id, start_year=site.start_year)
    for other in here.filter(is_main=True).exclude(pk=site.pk):
        save_changes(other, {"is_main": False}, seen=None)
    if save_changes(site, {"is_main": True}, seen=None):
        _say(actor, "site:main", site, ["is_main"])
    return site


@transaction.atomic
def undo_site_edit(*, actor: Actor, site: SchoolSite, key: int) -> list[FieldChange]:
    """Take back one edit of a site, its end among them. A change of the main site is taken back for both sites.

    Errors:  NotAllowed; YEAR-02; EDT-01 the field was changed again; EDT-03 no such edit; ORG-02.
    """
    actor.require(Permission.SCHOOL_EDIT, on=site)
    check_year(site.start_year)
    edit = next((one for one in changes_of(site) if one.key == key), None)
    main = next((change for change in edit.changes if change.name == "is_main"), None) if edit else None
    if edit is None or main is None:
        changes = undo_edit(site, key)
        _say(actor, "site:undo_edit", site, [change.name for change in changes])
        return changes
    if site.is_main != main.new:
        raise EditedAgain([Overlap("is_main", main.label, main.new, site.is_main, main.old)])
    before = site if main.old else _main_until(site, edit.at)
    if before is None:
        raise EditedAgain([Overlap("is_main", main.label, main.new, site.is_main, main.old)])
    make_main_site(actor=actor, site=before)
    site.refresh_from_db()
    return [FieldChange("is_main", main.label, main.new, main.old)]


def _main_until(site: SchoolSite, moment: dt.datetime) -> SchoolSite | None:
    """The site that stopped being the main one in the same transaction, which is one moment of the history."""
    others = SchoolSite.objects.filter(school_id=site.school_id, start_year=site.start_year).exclude(pk=site.pk)
    for other in others:
        if any(e.at == moment and any(c.name == "is_main" and c.old for c in e.changes) for e in changes_of(other)):
            return other
    return None


def _check(actor: Actor, site: SchoolSite) -> None:
    actor.require(Permission.SCHOOL_EDIT, on=site)
    check_year(site.start_year)
    if site.closed_on is not None:
        raise SiteError(
            f"{site.name} đã thôi sử dụng từ {site.closed_on:%d/%m/%Y}. Nếu ghi nhầm, hãy hoàn tác trong lịch sử.",
            code="ORG-02",
        )


def _cleaned(values: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: values[name] for name in SITE_FIELDS if name in values}
    return {name: squeeze(value) if isinstance(value, str) else value for name, value in kept.items()}


def _faults(site: Mapping[str, Any], others: Any) -> dict[str, list[str]]:
    """A site has a code and a name that no other site of the year has."""
    faults: dict[str, list[str]] = {}
    for name, said, limit in (("code", "mã điểm trường", 20), ("name", "tên điểm trường", 200)):
        if name not in site:
            continue
        if not site[name]:
            faults[name] = [f"Hãy nhập {said}."]
        elif len(site[name]) > limit:
            faults[name] = [f"Dài nhất {limit} ký tự."]
        elif fold(site[name]) in {fold(value) for value in others.values_list(name, flat=True)}:
            faults[name] = [f"Trường đã có {said} “{site[name]}” trong năm học này."]
    if site.get("commune_code") and not Commune.objects.filter(code=site["commune_code"]).exists():
        faults["commune_code"] = ["Hãy chọn xã, phường có trong danh mục."]
    if problems := check_extra("school_site", site.get("extra") or {}):
        faults["extra"] = problems
    return faults


def _say(actor: Actor, kind: str, site: SchoolSite, fields: Iterable[str]) -> None:
    names = list(fields)
    if names:
        data = {"site": str(site.public_id), "start_year": site.start_year, "fields": names}
        record(actor=actor, kind=kind, unit_id=site.school_id, data=data)
