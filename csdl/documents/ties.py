"""What stands on a paper: modules above register what happens when it stops to hold.

A grant given by minutes ends with them, in the same transaction; this module knows no grants.
"""

from collections.abc import Callable

from csdl.accounts.actor import Actor
from csdl.documents.models import Document

__all__ = ["register_paper_tie", "tell_ended"]

type PaperTie = Callable[[Actor, Document], None]

_ties: list[PaperTie] = []


def register_paper_tie(tie: PaperTie) -> None:
    """Add what is done when a paper is withdrawn or replaced: called as tie(actor, document), the document being
    written already (`document.withdrawn_at` or `document.replaced_by` says which); an error keeps all as it was."""
    _ties.append(tie)


def tell_ended(actor: Actor, document: Document) -> None:
    """Tell whatever stands on the paper that it holds no more."""
    for tie in _ties:
        tie(actor, document)
