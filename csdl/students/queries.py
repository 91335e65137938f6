"""Reads of students as persons. Lists of pupils are lists of enrolments: `years.queries`."""

import re

from django.db.models import Exists, OuterRef, Q, QuerySet

from csdl.access.queries import visible
from csdl.accounts.actor import Actor
from csdl.accounts.permissions import Permission
from csdl.lib.persons import clean_phone
from csdl.lib.vietnamese import fold
from csdl.students.models import Guardian, Student

__all__ = ["guardians_of", "matching", "students"]

_SIGNS_IN_NUMBERS = re.compile(r"[\s.()+-]")
# As few digits as the end of an identity number, or the beginning of a phone number, is asked by.
_TELLING_DIGITS = 6


def students(actor: Actor) -> QuerySet[Student]:
    """Students that the actor may see."""
    return visible(Student.objects.all(), actor, Permission.STUDENT_READ)


def guardians_of(actor: Actor, student: Student) -> QuerySet[Guardian]:
    """Parents first, then guardians."""
    rows = visible(Guardian.objects.filter(student=student), actor, Permission.STUDENT_READ)
    return rows.order_by("relation", "pk")


def matching(search: str, *, prefix: str = "") -> Q:
    """Condition "is whom was meant": what was typed is taken for a name or a number by its shape.

    A name without digits: every word typed begins a word of the name, in any order, accents or not. Digits: the
    beginning of an identity number, ministry code or local code; from six digits also the end of an identity number
    and the beginning of the pupil's or a guardian's phone number. Letters and digits: the beginning of a code.
    `prefix` is the path to the student from another model, e.g. "student__".
    """
    if not any(sign.isdigit() for sign in search):
        found = Q()
        for word in fold(search).split():
            found &= _field(prefix, "search_key", "startswith", word) | _field(
                prefix, "search_key", "contains", f" {word}"
            )
        return found
    compact = _SIGNS_IN_NUMBERS.sub("", search).upper()
    found = _field(prefix, "local_code", "startswith", search.upper())
    found |= _field(prefix, "local_code", "startswith", compact) if compact != search.upper() else Q()
    found |= _field(prefix, "citizen_id_no", "startswith", compact) | _field(prefix, "moet_code", "startswith", compact)
    if compact.isdecimal() and len(compact) >= _TELLING_DIGITS:
        phone = clean_phone(search)
        found |= _field(prefix, "citizen_id_no", "endswith", compact) | _field(prefix, "phone", "startswith", phone)
        kin = Guardian.objects.filter(student=OuterRef(f"{prefix}pk"), phone__startswith=phone)
        found |= Q(Exists(kin))
    return found


def _field(prefix: str, name: str, lookup: str, value: str) -> Q:
    return Q(**{f"{prefix}{name}__{lookup}": value})
