"""One member of staff at a time: taken on with a posting, the file and the posting corrected, the posting ended.

Every action but the first takes the posting: it is what ties a person to a unit, and so to the right of the actor.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from csdl.accounts.actor import Actor
from csdl.accounts.errors import InvalidRecord
from csdl.accounts.permissions import Permission
from csdl.audit.actions import record
from csdl.audit.edits import FieldChange, changes_of, save_changes, undo_edit
from csdl.codes import queries as codes
from csdl.codes.fields import check_extra
from csdl.lib import clock
from csdl.lib.persons import (
    birth_date_faults,
    citizen_id_faults,
    clean_name,
    clean_phone,
    email_faults,
    ministry_code_faults,
    name_faults,
    phone_faults,
)
from csdl.lib.vietnamese import squeeze
from csdl.orgs.models import OrgUnit
from csdl.staff.errors import StaffError
from csdl.staff.models import StaffMember, StaffPosting, UnitHead
from csdl.staff.queries import ENDED_STATUSES, heads_of
from csdl.staff.ties import tell_postings_changed, tied_staff

__all__ = [
    "ENDED_STATUSES",
    "POSTING_FIELDS",
    "STAFF_FIELDS",
    "SavedStaff",
    "add_staff",
    "change_posting",
    "change_staff",
    "end_posting",
    "undo_staff_edit",
]

STAFF_FIELDS = (
    *("full_name", "birth_date", "gender_code", "ethnic_code", "citizen_id_no", "moet_code", "phone", "email"),
    *("qualification_code", "training_standard_code", "teacher_subject_code"),
)
POSTING_FIELDS = ("staff_group_code", "position_code", "contract_code", "rank_code", "status_code")
# Said to whoever would end the own posting at once.
OWN_END = (
    "Quyền của bạn dừng ngay khi thôi làm việc, nên bạn không tự ghi cho mình từ hôm nay hay ngày đã qua. Hãy nhờ thủ "
    "trưởng hoặc người khác ghi, hoặc chọn ngày từ mai."
)
_TEACHER = "03"
_YOUNGEST, _OLDEST = 18, 70
# Further ahead a day is more likely a slip than a plan.
_FAR = dt.timedelta(days=366)


@dataclass(frozen=True)
class SavedStaff:
    """What was written, what should be looked at again although it was taken, what else it brought about."""

    changes: tuple[FieldChange, ...] = ()
    warnings: tuple[str, ...] = ()
    told: tuple[str, ...] = ()


@transaction.atomic
def add_staff(
    *, actor: Actor, unit: OrgUnit, values: Mapping[str, Any], valid_from: dt.date | None
) -> tuple[StaffPosting, SavedStaff]:
    """Write down a person who is not yet in the records, with the posting at the unit from a day on.

    Shapes:  `values` column -> value, of STAFF_FIELDS and POSTING_FIELDS together.
    Errors:  NotAllowed; REC-01 with every fault by field.
    """
    actor.require(Permission.STAFF_EDIT, on=unit.pk)
    person = _cleaned({name: values.get(name) for name in STAFF_FIELDS})
    posting = {name: values.get(name) or "" for name in POSTING_FIELDS}
    posting["status_code"] = posting["status_code"] or "01"
    faults, warnings = _person_faults(person, STAFF_FIELDS)
    faults |= posting_faults(posting, person)
    faults |= starting_faults(valid_from)
    if faults:
        raise InvalidRecord(faults)
    assert valid_from is not None
    member = StaffMember.objects.create(
        **{name: value if value is not None or name == "birth_date" else "" for name, value in person.items()},
        id_state="claimed" if person.get("citizen_id_no") else "missing",
        created_by=actor.account_id,
    )
    made = StaffPosting.objects.create(
        staff=member, unit=unit, valid_from=valid_from, created_by=actor.account_id, **posting
    )
    made.refresh_from_db()
    member.refresh_from_db()
    made.staff = member
    record(actor=actor, kind="staff:add", unit_id=unit.pk, data={"staff": str(member.public_id)})
    return made, SavedStaff(warnings=warnings)


@transaction.atomic
def change_staff(*, actor: Actor, posting: StaffPosting, values: Mapping[str, Any], seen: int | None) -> SavedStaff:
    """Correct the person's file, `extra` whole among its fields.

    Errors:  NotAllowed; STF-01; REC-01; EDT-01 a colleague changed the same field.
    """
    _check(actor, posting)
    member = posting.staff
    wanted = _cleaned({name: values[name] for name in STAFF_FIELDS if name in values})
    if member.id_state == "verified" and wanted.get("citizen_id_no", "") != member.citizen_id_no:
        wanted.pop("citizen_id_no", None)
    changed = {name: value for name, value in wanted.items() if getattr(member, name) != value}
    faults, warnings = _person_faults({name: getattr(member, name) for name in STAFF_FIELDS} | changed, changed)
    if "extra" in values:
        wanted["extra"] = values["extra"]
        # Only what is new is asked about: old words of an imported file may stay.
        new = {name: value for name, value in values["extra"].items() if member.extra.get(name) != value}
        if problems := check_extra("staff", new):
            faults["extra"] = problems
    if faults:
        raise InvalidRecord(faults)
    extra = {}
    if "citizen_id_no" in changed:
        extra["id_state"] = "claimed" if changed["citizen_id_no"] else "missing"
    changes = save_changes(member, wanted | extra, seen=seen)
    _say(actor, "staff:change", posting, changes)
    return SavedStaff(tuple(changes), warnings)


@transaction.atomic
def change_posting(*, actor: Actor, posting: StaffPosting, values: Mapping[str, Any], seen: int | None) -> SavedStaff:
    """Correct what the person is at the unit. Errors as `change_staff`."""
    _check(actor, posting)
    wanted = {name: values[name] or "" for name in POSTING_FIELDS if name in values}
    now = {name: getattr(posting, name) for name in POSTING_FIELDS} | wanted
    if now["status_code"] in ENDED_STATUSES:
        raise InvalidRecord(
            {"status_code": ["Trạng thái này là thôi làm việc tại đơn vị. Hãy dùng “Kết thúc công tác”."]}
        )
    member = {name: getattr(posting.staff, name) for name in STAFF_FIELDS}
    # What the record has lacked all along keeps nobody from mending the rest.
    changed = {name for name, value in wanted.items() if getattr(posting, name) != value}
    written = {*now, "teacher_subject_code"} if "staff_group_code" in changed else changed
    if faults := {name: texts for name, texts in posting_faults(now, member).items() if name in written}:
        raise InvalidRecord(faults)
    changes = save_changes(posting, wanted, seen=seen)
    _say(actor, "staff:change_posting", posting, changes)
    return SavedStaff(tuple(changes))


@transaction.atomic
def end_posting(
    *, actor: Actor, posting: StaffPosting, status_code: str, on: dt.date | None, is_far: bool = False
) -> SavedStaff:
    """End a posting: `on` is the first day the person no longer works there. The file stays.

    Errors:  NotAllowed; STF-01 it has ended already; REC-01 the day or the reason cannot be, or the person still heads
             the unit, leads a class or teaches from that day on, or is the actor and would lose the right to write this
             at once; each of these is named; a day more than a year ahead unless it is said to be meant (`is_far`).
    """
    _check(actor, posting)
    faults: dict[str, list[str]] = {}
    if status_code not in ENDED_STATUSES:
        faults["status_code"] = ["Hãy chọn chuyển đi, điều động hay nghỉ hưu."]
    if on is None or on <= posting.valid_from:
        faults["on"] = [f"Ngày thôi làm việc phải sau ngày bắt đầu {posting.valid_from:%d/%m/%Y}."]
    elif on > clock.today() + _FAR and not is_far:
        faults["is_far"] = [
            f"Ngày {on:%d/%m/%Y} còn hơn một năm nữa. Gõ nhầm năm thì sửa lại ngày; đúng ngày ấy thì đánh dấu ô này."
        ]
    if on is not None and on <= clock.today() and is_own(actor, posting.staff.account_id):
        faults.setdefault("on", []).append(OWN_END)
    if on and (held := _held(posting, on)):
        faults["posting"] = held
    if faults:
        raise InvalidRecord(faults)
    changes = save_changes(posting, {"status_code": status_code, "valid_to": on}, seen=None)
    _say(actor, "staff:end_posting", posting, changes)
    return SavedStaff(tuple(changes), told=tuple(tell_postings_changed(actor, posting.unit_id)))


@transaction.atomic
def undo_staff_edit(
    *, actor: Actor, posting: StaffPosting, row: StaffMember | StaffPosting, key: int
) -> list[FieldChange]:
    """Take back one edit of the person's file or of the posting, the end of it among them.

    Errors:  NotAllowed; STF-01 the file of somebody who works elsewhere; EDT-01 the field was changed again; EDT-03 no
             such edit; STF-04 the person has another posting since.
    """
    actor.require(Permission.STAFF_EDIT, on=posting)
    if isinstance(row, StaffMember):
        _check(actor, posting)
    else:
        _check_free(row, key)
    changes = undo_edit(row, key)
    _say(actor, "staff:undo_edit", posting, changes)
    if not isinstance(row, StaffMember):
        tell_postings_changed(actor, posting.unit_id)
    return changes


def is_own(actor: Actor, account_id: int | None) -> bool:
    """Whether a person's account is the actor's: the right to write down the own end would go in the middle of it."""
    return actor.account_id is not None and account_id == actor.account_id


def _check_free(posting: StaffPosting, key: int) -> None:
    """The end of a posting is taken back only while nothing newer stands on it. Errors: STF-04."""
    edit = next((one for one in changes_of(posting) if one.key == key), None)
    ended = next((change for change in edit.changes if change.name == "valid_to"), None) if edit else None
    if ended is None or ended.new is None:
        return
    later = StaffPosting.objects.filter(staff=posting.staff_id, valid_from__gte=ended.new).exclude(pk=posting.pk)
    if found := later.select_related("unit").order_by("valid_from").first():
        raise StaffError(
            f"Không hoàn tác được: {posting.staff.full_name} đã về {found.unit.name} từ {found.valid_from:%d/%m/%Y}. "
            "Hãy xử lý vị trí công tác ấy trước.",
            code="STF-04",
        )


def _held(posting: StaffPosting, day: dt.date) -> list[str]:
    """What the person still holds at the unit from that day on, with the way out."""
    name, found = posting.staff.full_name, []
    heads = heads_of(UnitHead.objects.all(), posting.unit_id)
    if any(one.staff_id == posting.staff_id and (one.valid_to is None or one.valid_to > day) for one in heads):
        found.append(f"{name} là thủ trưởng đơn vị. Cơ quan quản lý ghi nhận người thay từ ngày ấy trước.")
    if tied := tied_staff(posting.unit_id, [posting.staff_id], day).get(posting.staff_id):
        found.append(
            f"Từ ngày {day:%d/%m/%Y}, {name} còn {'; '.join(tied)}. Hãy ghi người thay ở trang “Phân công” trước, "
            "hoặc chọn ngày khác."
        )
    return found


def _check(actor: Actor, posting: StaffPosting) -> None:
    actor.require(Permission.STAFF_EDIT, on=posting)
    if posting.valid_to is not None and posting.valid_to <= clock.today():
        raise StaffError(
            f"{posting.staff.full_name} đã thôi làm việc tại đơn vị từ {posting.valid_to:%d/%m/%Y}. "
            "Hồ sơ do đơn vị đang công tác sửa.",
        )


def _cleaned(values: Mapping[str, Any]) -> dict[str, Any]:
    found = {name: squeeze(value) if isinstance(value, str) else value for name, value in values.items()}
    if found.get("full_name"):
        found["full_name"] = clean_name(found["full_name"])
    if found.get("phone"):
        found["phone"] = clean_phone(found["phone"])
    for name in ("citizen_id_no", "moet_code"):
        if found.get(name):
            found[name] = found[name].replace(" ", "").replace(".", "")
    return found


def _person_faults(person: Mapping[str, Any], written: Iterable[str]) -> tuple[dict[str, list[str]], tuple[str, ...]]:
    """Faults in the fields being written; a place of birth registration that no list knows only warns."""
    written = set(written)
    born, gender = person.get("birth_date"), person.get("gender_code") or ""
    found = {
        "full_name": name_faults(person["full_name"]) if person.get("full_name") else [],
        "birth_date": birth_date_faults(born, today=clock.today(), youngest=_YOUNGEST, oldest=_OLDEST) if born else [],
        "citizen_id_no": citizen_id_faults(
            person.get("citizen_id_no") or "",
            gender_code=gender,
            birth_date=born,
            provinces=set(codes.labels("citizen_id_province")["citizen_id_province"]),
            adult=True,
        ),
        "moet_code": ministry_code_faults(person.get("moet_code") or ""),
        "phone": phone_faults(person.get("phone") or ""),
        "email": email_faults(person.get("email") or ""),
    }
    if written & {"birth_date", "gender_code"}:
        written.add("citizen_id_no")
    warn_only = {"full_name", "citizen_id_no"}
    faults = {
        name: [one.message for one in list_ if one.is_error or name not in warn_only]
        for name, list_ in found.items()
        if name in written
    }
    warnings = [one.message for name in warn_only & written for one in found[name] if not one.is_error]
    needed = {
        "full_name": "Hãy nhập họ và tên.",
        "birth_date": "Hãy nhập ngày sinh theo dạng 07/10/1985.",
        "gender_code": "Hãy chọn giới tính.",
    }
    for name, sentence in needed.items():
        if name in written and not person.get(name):
            faults.setdefault(name, []).append(sentence)
    return {name: texts for name, texts in faults.items() if texts}, tuple(warnings)


def starting_faults(valid_from: dt.date | None) -> dict[str, list[str]]:
    """A posting begins within living memory and not more than a year ahead."""
    last = clock.today() + _FAR
    if valid_from is None or not dt.date(1950, 1, 1) <= valid_from <= last:
        return {"valid_from": ["Hãy nhập ngày bắt đầu làm việc tại đơn vị, ví dụ 05/09/2024."]}
    return {}


def posting_faults(posting: Mapping[str, Any], person: Mapping[str, Any]) -> dict[str, list[str]]:
    """A teacher has a subject and a contract; everybody has a group (data-dictionary §5)."""
    faults: dict[str, list[str]] = {}
    if not posting["staff_group_code"]:
        faults["staff_group_code"] = ["Hãy chọn loại cán bộ."]
    if posting["staff_group_code"] == _TEACHER:
        if not posting["contract_code"]:
            faults["contract_code"] = ["Giáo viên phải có hình thức hợp đồng."]
        if not person.get("teacher_subject_code"):
            where = "teacher_subject_code"
            faults[where] = ["Giáo viên phải có môn dạy. Hãy ghi môn dạy trong hồ sơ."]
    return faults


def _say(actor: Actor, kind: str, posting: StaffPosting, changes: Iterable[FieldChange]) -> None:
    names = [change.name for change in changes]
    if names:
        data = {"staff": str(posting.staff.public_id), "fields": names}
        record(actor=actor, kind=kind, unit_id=posting.unit_id, data=data)
