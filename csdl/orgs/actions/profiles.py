"""What a school is in a year, written by the school itself; carried from the year before, it waits for a look."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction

from csdl.accounts.actor import Actor
from csdl.accounts.errors import InvalidRecord
from csdl.accounts.permissions import Permission
from csdl.audit.actions import record
from csdl.audit.edits import FieldChange, save_changes, undo_edit
from csdl.codes import queries as codes
from csdl.codes.fields import check_extra
from csdl.codes.models import Commune
from csdl.lib.persons import email_faults
from csdl.lib.vietnamese import squeeze
from csdl.orgs.models import SchoolProfile
from csdl.orgs.ties import check_year

__all__ = ["PROFILE_FIELDS", "change_profile", "confirm_profile", "undo_profile_edit"]

_LISTS = {
    "level_group_code": "school_level_group",
    "ownership_code": "ownership_type",
    "school_type_code": "school_type",
    "national_standard_code": "national_standard_level",
    "area_code": "area_type",
    "region_code": "region_type",
}
PROFILE_FIELDS = (*_LISTS, "commune_code", "address", "phone", "email", "website", "extra")
_LIMITS = {"address": 300, "phone": 40, "email": 120, "website": 200}
# Several numbers of an office stand in one field, parted by commas or dashes.
_PHONE = re.compile(r"[0-9 .,;/()+-]*")
_WEBSITE = re.compile(r"(https?://)?[a-z0-9-]+(\.[a-z0-9-]+)+(:\d+)?(/\S*)?", re.IGNORECASE)
_FEWEST_DIGITS = 8


@transaction.atomic
def change_profile(
    *, actor: Actor, profile: SchoolProfile, values: Mapping[str, Any], seen: int | None
) -> list[FieldChange]:
    """Correct what the school is in the year; district and province follow the commune. Saving is also confirming.

    Shapes:  `values` column -> value, of PROFILE_FIELDS; `extra` whole, by the ministry's names (field list school).
    Errors:  NotAllowed; YEAR-02; REC-01 with every fault by field; EDT-01 a colleague changed the same field.
    """
    actor.require(Permission.SCHOOL_EDIT, on=profile)
    check_year(profile.start_year)
    wanted = {name: values[name] for name in PROFILE_FIELDS if name in values}
    wanted = {name: squeeze(value) if isinstance(value, str) else value for name, value in wanted.items()}
    changed = {name: value for name, value in wanted.items() if getattr(profile, name) != value}
    commune = Commune.objects.filter(code=changed["commune_code"]).first() if changed.get("commune_code") else None
    if "extra" in changed:
        # What an imported file brought in its own words may stay as long as nobody touches it.
        changed["extra"] = {key: text for key, text in changed["extra"].items() if profile.extra.get(key) != text}
    faults = _faults(wanted, changed)
    if changed.get("commune_code") and commune is None:
        faults["commune_code"] = ["Hãy chọn xã, phường có trong danh mục."]
    if faults:
        raise InvalidRecord(faults)
    if commune:
        wanted |= {"district_code": commune.district_code, "province_code": commune.province_code}
    changes = save_changes(profile, wanted | {"is_confirmed": True}, seen=seen)
    _say(actor, "school:change_profile", profile, changes)
    return changes


@transaction.atomic
def confirm_profile(*, actor: Actor, profile: SchoolProfile) -> list[FieldChange]:
    """Say that the carried profile is right as it stands. Errors: NotAllowed; YEAR-02."""
    actor.require(Permission.SCHOOL_EDIT, on=profile)
    check_year(profile.start_year)
    changes = save_changes(profile, {"is_confirmed": True}, seen=None)
    _say(actor, "school:confirm_profile", profile, changes)
    return changes


@transaction.atomic
def undo_profile_edit(*, actor: Actor, profile: SchoolProfile, key: int) -> list[FieldChange]:
    """Take back one edit. Errors: NotAllowed; YEAR-02; EDT-01 the field was changed again; EDT-03 no such edit."""
    actor.require(Permission.SCHOOL_EDIT, on=profile)
    check_year(profile.start_year)
    changes = undo_edit(profile, key)
    _say(actor, "school:undo_profile_edit", profile, changes)
    return changes


def _faults(profile: Mapping[str, Any], changed: Mapping[str, Any]) -> dict[str, list[str]]:
    """What is required is asked for always, what is written must be known; old values of the file may stay."""
    faults: dict[str, list[str]] = {}
    needed = {
        "level_group_code": "Hãy chọn nhóm cấp học.",
        "ownership_code": "Hãy chọn loại hình.",
    }
    for name, sentence in needed.items():
        if name in profile and not profile[name]:
            faults[name] = [sentence]
    known = codes.labels(*_LISTS.values())
    for name, list_name in _LISTS.items():
        if changed.get(name) and changed[name] not in known[list_name]:
            faults[name] = [f"“{changed[name]}” không có trong danh mục."]
    for name, limit in _LIMITS.items():
        if len(changed.get(name) or "") > limit:
            faults[name] = [f"Dài nhất {limit} ký tự."]
    phone, website = changed.get("phone") or "", changed.get("website") or ""
    if phone and (not _PHONE.fullmatch(phone) or sum(sign.isdigit() for sign in phone) < _FEWEST_DIGITS):
        faults["phone"] = ["Hãy nhập số điện thoại của trường, ví dụ 0225 3842 123; nhiều số thì ngăn bằng dấu phẩy."]
    if website and not _WEBSITE.fullmatch(website):
        faults["website"] = ["Hãy nhập địa chỉ trang tin, ví dụ thcstohieu.edu.vn."]
    if changed.get("email") and (texts := [one.message for one in email_faults(changed["email"])]):
        faults["email"] = texts
    if problems := check_extra("school", changed.get("extra") or {}):
        faults["extra"] = problems
    return faults


def _say(actor: Actor, kind: str, profile: SchoolProfile, changes: Iterable[FieldChange]) -> None:
    names = [change.name for change in changes]
    if names:
        data = {"start_year": profile.start_year, "fields": names}
        record(actor=actor, kind=kind, unit_id=profile.school_id, data=data)
