"""A unit's log as a file: what was done, by whom, when, in words; and which pupil an act was about."""

import uuid
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.timezone import localtime

from csdl.access.queries import visible
from csdl.accounts.actor import Actor
from csdl.accounts.permissions import Permission
from csdl.audit.kinds import kinds, said
from csdl.audit.models import Event
from csdl.exports.columns import ExportColumn
from csdl.exports.enums import OF_UNITS, FileFormat
from csdl.exports.lists import ExportList, carried
from csdl.students.models import Student
from csdl.students.queries import students
from csdl.years.models import Enrolment

__all__ = ["LOG", "pupils_named"]


def pupils_named(actor: Actor, events: Iterable[Event]) -> dict[int, Student]:
    """Event -> the pupil it names, where the actor may see that pupil; two statements at most, however many events.

    Who reads a log need not read every pupil's record: an act on a pupil out of reach stays without a name. For pages:
    the file names nobody, or it would be one of persons that nobody approves.
    """
    named: dict[int, uuid.UUID] = {}
    enrolled: dict[int, uuid.UUID] = {}
    for event in events:
        for key, found in (("student", named), ("enrolment", enrolled)):
            if (value := _uuid(event.data.get(key))) is not None:
                found[event.pk] = value
    if not (named or enrolled) or not actor.can(Permission.STUDENT_READ):
        return {}
    of_enrolment: dict[uuid.UUID, int] = {}
    if enrolled:
        rows = visible(Enrolment.objects.all(), actor, Permission.STUDENT_READ)
        rows = rows.filter(public_id__in=set(enrolled.values()))
        of_enrolment = dict(rows.values_list("public_id", "student_id"))
    seen = students(actor).filter(Q(public_id__in=set(named.values())) | Q(pk__in=set(of_enrolment.values())))
    pupils = list(seen.only("public_id", "full_name"))
    by_key, by_id = {one.public_id: one for one in pupils}, {one.pk: one for one in pupils}
    about = {event_id: by_key.get(key) for event_id, key in named.items()}
    about |= {event_id: by_id.get(of_enrolment.get(key, 0)) for event_id, key in enrolled.items()}
    return {event_id: one for event_id, one in about.items() if one is not None}


def _uuid(value: Any) -> uuid.UUID | None:
    try:
        return uuid.UUID(str(value)) if value else None
    except ValueError:
        return None


def _log_lines(actor: Actor, rows: QuerySet[Event], start_year: int) -> Iterator[Mapping[str, Any]]:
    """One line an event, in the order of the queryset; one statement."""
    for number, event in enumerate(rows.iterator(), start=1):
        kind = kinds.get(event.kind)
        yield {
            "stt": number,
            "at": f"{localtime(event.at):%d/%m/%Y %H:%M:%S}",
            "who": event.actor_label,
            "group": kind.group if kind else "",
            "what": said(event.kind, event.data),
            "id": event.pk,
            "kind": event.kind,
        }


LOG = ExportList[QuerySet[Event]](
    key="log",
    title="Nhật ký của đơn vị",
    sheet="Nhật ký",
    noun="sự kiện",
    stem="nhat-ky",
    columns=(
        ExportColumn("stt", "STT", 6, align="right"),
        ExportColumn("at", "Lúc", 18, align="center"),
        ExportColumn("who", "Người làm", 30),
        ExportColumn("group", "Loại", 20),
        ExportColumn("what", "Việc", 60),
        ExportColumn("id", "Mã sự kiện", 10, align="right"),
        ExportColumn("kind", "Mã loại", 20, is_default=False),
    ),
    lines=_log_lines,
    carried=carried,
    is_personal=False,
    is_of_year=False,
    formats=(FileFormat.XLSX, FileFormat.PDF, FileFormat.CSV),
    purposes=OF_UNITS,
)
