"""What stands on a paper: modules above register what happens when it stops to hold.

What is registered ends with the paper, in the same transaction; this module knows no grants. Nothing is registered yet,
and the page of a paper says so: minutes by which rights are given are no papers of this module.
"""

from collections.abc import Callable

from csdl.accounts.actor import Actor
from csdl.documents.models import Document

__all__ = ["register_paper_tie", "tell_ended"]

type PaperTie = Callable[[Actor, Document], None]

_ties: list[PaperTie] = []


def register_paper_tie(tie: PaperTie) -> None:
    """Add what is done when a paper is withdrawn or replaced: called as tie(actor, document), the document being
    written already (`document.withdrawn_on` or `document.replaced_by` says which); an error keeps all as it was."""
    _ties.append(tie)


def tell_ended(actor: Actor, document: Document) -> None:
    """Tell whatever stands on the paper that it holds no more."""
    for tie in _ties:
        tie(actor, document)
