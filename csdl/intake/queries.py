"""Reads of imports: the runs of a unit, one run, its rows. Every read starts at the gate."""

from uuid import UUID

from django.db.models import QuerySet

from csdl.access.queries import visible
from csdl.accounts.actor import Actor
from csdl.accounts.permissions import Permission
from csdl.intake.models import ImportRow, ImportRun
from csdl.orgs.models import OrgUnit

__all__ = ["rows_of", "run_or_none", "runs_of"]


def runs_of(actor: Actor, unit: OrgUnit) -> QuerySet[ImportRun]:
    """Imports of a unit, newest first; the files themselves stay in the database."""
    rows = visible(ImportRun.objects.filter(unit=unit), actor, Permission.DATA_IMPORT)
    return rows.defer("file").select_related("account", "job").order_by("-created_at", "-pk")


def run_or_none(actor: Actor, public_id: str | UUID) -> ImportRun | None:
    """One import that the actor may see; what is no key is none."""
    try:
        public_id = UUID(str(public_id))
    except ValueError:
        return None
    rows = visible(ImportRun.objects.filter(public_id=public_id), actor, Permission.DATA_IMPORT)
    return rows.defer("file").select_related("account", "job", "unit").first()


def rows_of(
    actor: Actor, run: ImportRun, noun: str = "", state: str = "", with_problems: bool = False
) -> QuerySet[ImportRow]:
    """Rows of an import as the file has them, narrowed by noun, by state, to those with problems."""
    rows = visible(ImportRow.objects.filter(run=run), actor, Permission.DATA_IMPORT)
    if noun:
        rows = rows.filter(noun=noun)
    if state:
        rows = rows.filter(state=state)
    if with_problems:
        rows = rows.exclude(problems=[])
    return rows.order_by("pk")
