"""What stands on a paper: modules above register, by kind of paper, what happens when one stops to hold.

What is registered ends with the paper, in the same transaction; this module knows no grants. The page of a paper says
whether rights end with it (`ends_rights`): minutes by which rights are given are no papers of this module.
"""

from collections.abc import Callable

from csdl.accounts.actor import Actor
from csdl.documents.enums import DocumentKind
from csdl.documents.models import Document

__all__ = ["ends_rights", "register_paper_tie", "tell_ended"]

type PaperTie = Callable[[Actor, Document], None]

_ties: list[tuple[DocumentKind, PaperTie]] = []


def register_paper_tie(kind: DocumentKind, tie: PaperTie) -> None:
    """Add what is done when a paper of the kind is withdrawn or replaced: called as tie(actor, document), the document
    being written already (`document.withdrawn_on` or `document.replaced_by` says which); an error keeps all as it
    was."""
    _ties.append((kind, tie))


def ends_rights(kind: str) -> bool:
    """Whether something ends when a paper of this kind stops to hold."""
    return any(kind == tied for tied, _ in _ties)


def tell_ended(actor: Actor, document: Document) -> None:
    """Tell whatever stands on the paper that it holds no more."""
    for kind, tie in _ties:
        if document.kind == kind:
            tie(actor, document)
