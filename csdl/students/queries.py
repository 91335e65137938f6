"""Reads of students as persons. Lists of pupils are lists of enrolments: `years.queries`."""

import re

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Reverse

from csdl.access.queries import visible
from csdl.accounts.actor import Actor
from csdl.accounts.permissions import Permission
from csdl.lib.persons import clean_phone
from csdl.lib.vietnamese import fold
from csdl.students.models import Guardian, Student

__all__ = ["first_by_name", "found_by_name", "found_by_number", "is_number", "matching", "students"]

_SIGNS_IN_NUMBERS = re.compile(r"[\s.()+-]")
# As few digits as the end of an identity number, or the beginning of a phone number, is asked by.
_TELLING_DIGITS = 6


def students(actor: Actor) -> QuerySet[Student]:
    """Students that the actor may see."""
    return visible(Student.objects.all(), actor, Permission.STUDENT_READ)


def matching(search: str, *, prefix: str = "") -> Q:
    """Condition "is whom was meant": what was typed is taken for a name or a number by its shape.

    A name without digits: every word typed begins a word of the name, in any order, accents or not. Digits: the
    beginning of an identity number, ministry code or local code; from six digits also the end of an identity number
    and the beginning of the pupil's or a guardian's phone number. Letters and digits: the beginning of a code.
    `prefix` is the path to the student from another model, e.g. "student__".
    """
    if not is_number(search):
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
        kin = Guardian.objects.filter(student=OuterRef(f"{prefix}pk"), phone__startswith=phone, ended_on__isnull=True)
        found |= Q(Exists(kin))
    return found


def is_number(search: str) -> bool:
    """Whether what was typed is the shape of a number or code, not of a name."""
    return any(sign.isdigit() for sign in search)


def found_by_name(search: str, *, at_most: int) -> list[int] | None:
    """Students of a whole province whom a name means, by the same rule as `matching`; None where they are too many.

    Too many are found faster along the order of names, from which a page wants the first fifty.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT csdl_students_named(%s::text[], %s)", [_words(search), at_most])
        found = [row[0] for row in cursor.fetchall()]
    return None if found == [None] else found


def first_by_name(search: str, *, start_year: int, at_most: int) -> list[int]:
    """Of students whom a name means, the first so many in the order of names who are enrolled in a year; nobody where
    the acting account does not see every student."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT csdl_students_first_named(%s::text[], %s::smallint, %s)", [_words(search), start_year, at_most]
        )
        return [row[0] for row in cursor.fetchall()]


def _words(search: str) -> list[str]:
    """The words of a name, folded and escaped for LIKE."""
    return [re.sub(r"([\\%_])", r"\\\1", word) for word in fold(search).split()]


def found_by_number(search: str, *, at_most: int) -> list[int]:
    """Students of a whole province whom a number means, by the same rule as `matching`: each way by its own index.

    In one condition the ways would be OR-ed, and no index would serve: a million rows read for one number.
    """
    compact = _SIGNS_IN_NUMBERS.sub("", search).upper()
    starts = [
        ("local_code", search.upper()),
        ("local_code", compact),
        ("citizen_id_no", compact),
        ("moet_code", compact),
    ]
    ends: list[QuerySet[Student, int]] = []
    kin: list[QuerySet[Guardian, int]] = []
    if compact.isdecimal() and len(compact) >= _TELLING_DIGITS:
        phone = clean_phone(search)
        starts.append(("phone", phone))
        turned = Student.objects.exclude(citizen_id_no="").annotate(turned=Reverse("citizen_id_no"))
        ends = [turned.filter(turned__startswith=compact[::-1]).values_list("pk", flat=True)]
        with_phone = Guardian.objects.exclude(phone="").filter(phone__startswith=phone, ended_on__isnull=True)
        kin = [with_phone.values_list("student_id", flat=True)]
    found: set[int] = set()
    for name, value in dict.fromkeys(starts):
        rows = Student.objects.exclude(**{name: ""}).filter(**{f"{name}__startswith": value})
        found.update(rows.values_list("pk", flat=True)[:at_most])
    for ids in (*ends, *kin):
        found.update(ids[:at_most])
    return sorted(found)[:at_most]


def _field(prefix: str, name: str, lookup: str, value: str) -> Q:
    return Q(**{f"{prefix}{name}__{lookup}": value})
