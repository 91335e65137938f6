"""Reads of students as persons. Lists of pupils are lists of enrolments: `years.queries`."""

from django.db.models import Q, QuerySet

from csdl.access.queries import visible
from csdl.accounts.actor import Actor
from csdl.accounts.permissions import Permission
from csdl.lib.vietnamese import fold
from csdl.students.models import Guardian, Student

__all__ = ["guardians_of", "matching", "students"]


def students(actor: Actor) -> QuerySet[Student]:
    """Students that the actor may see."""
    return visible(Student.objects.all(), actor, Permission.STUDENT_READ)


def guardians_of(actor: Actor, student: Student) -> QuerySet[Guardian]:
    """Parents first, then guardians."""
    rows = visible(Guardian.objects.filter(student=student), actor, Permission.STUDENT_READ)
    return rows.order_by("relation", "pk")


def matching(search: str, *, prefix: str = "") -> Q:
    """Condition "looks like what was typed": part of the name without accents, or the beginning of a number.

    `prefix` is the path to the student from another model, e.g. "student__".
    """
    if any(sign.isdigit() for sign in search):
        starts = search.upper()
        return (
            Q(**{f"{prefix}citizen_id_no__startswith": starts})
            | Q(**{f"{prefix}moet_code__startswith": starts})
            | Q(**{f"{prefix}local_code__startswith": starts})
        )
    return Q(**{f"{prefix}search_key__contains": fold(search)})
