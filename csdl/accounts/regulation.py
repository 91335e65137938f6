"""The regulation on managing and using the database (S26): its text by version, and who still has to accept it.

A province that has published none asks nobody; the department is told so among its tasks.
"""

import hashlib
import unicodedata
from pathlib import Path

from django.db.models import Exists, OuterRef

from csdl.accounts.models import Regulation, RegulationAcceptance

__all__ = ["clean_text", "current_regulation", "default_text", "must_accept", "text_hash"]

_DEFAULT = Path(__file__).with_name("data") / "regulation_vi.txt"


def current_regulation() -> Regulation | None:
    """The newest version; None where none was published yet."""
    return Regulation.objects.order_by("-version").first()


def must_accept(account_id: int) -> bool:
    """Whether the account has not accepted the newest version yet; one query."""
    accepted = RegulationAcceptance.objects.filter(regulation=OuterRef("pk"), account_id=account_id)
    newest = Regulation.objects.order_by("-version").annotate(is_accepted=Exists(accepted))
    return newest.values_list("is_accepted", flat=True).first() is False


def default_text() -> tuple[str, str]:
    """Title and text that the project brings along, for a department that has none of its own yet."""
    title, _, text = _DEFAULT.read_text(encoding="utf-8").partition("\n")
    return title.strip(), clean_text(text)


def clean_text(text: str) -> str:
    """A text as it is kept and hashed: one paragraph a line, composed letters, no space at its ends, no empty line."""
    lines = (" ".join(line.split()) for line in unicodedata.normalize("NFC", text.replace("\0", "")).splitlines())
    return "\n".join(line for line in lines if line)


def text_hash(text: str) -> str:
    """What an acceptance names, so that nobody can say later that another text stood there."""
    return hashlib.sha256(text.encode()).hexdigest()
