"""Reads of papers. The caller narrows them at the gate first: `access` stands above this module."""

from django.db.models import F, Func, Q, QuerySet, TextField, Value
from django.db.models.lookups import Contains

from csdl.documents.models import Document, StoredFile
from csdl.documents.numbers import number_key
from csdl.documents.store import read_kept
from csdl.lib.vietnamese import fold

__all__ = ["documents_matching", "holding", "open_file", "papers_of", "same_paper"]

# No column is kept for it: a search goes over the papers of one unit.
_ISSUER_KEY = Func(F("issuer"), function="csdl_fold", output_field=TextField())


def papers_of(documents: QuerySet[Document], unit_id: int) -> QuerySet[Document]:
    """Every paper of a unit, withdrawn and replaced ones too, with what a list shows of each."""
    return documents.filter(unit_id=unit_id).select_related("file", "replaced_by", "withdrawn_by")


def holding(documents: QuerySet[Document]) -> QuerySet[Document]:
    """Those that are neither withdrawn nor replaced."""
    return documents.filter(withdrawn_on__isnull=True, replaced_by__isnull=True)


def documents_matching(search: str) -> Q:
    """Condition "is what was meant": part of the number, printed well or badly, or words of the title or issuer."""
    found = Q()
    for word in fold(search).split():
        found &= Q(search_key__contains=word) | Q(Contains(_ISSUER_KEY, Value(word)))
    key = number_key(search)
    return found | Q(number_key__contains=key) if key.strip("/-") else found


def same_paper(documents: QuerySet[Document], *, kind: str, document_no: str) -> Document | None:
    """A paper of that kind and number that holds already."""
    key = number_key(document_no)
    return holding(documents).filter(kind=kind, number_key=key).first() if key else None


def open_file(file: StoredFile) -> bytes:
    """A kept file's content, hashed anew: a changed file is named, never handed out.

    Errors:  FileChanged DOC-07, DOC-08.
    """
    return read_kept(file.sha256)
