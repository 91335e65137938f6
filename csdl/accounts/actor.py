"""Who acts. Every action takes an `Actor` first and asks it before it does anything."""

from typing import Any, Protocol

from csdl.accounts.errors import NotAllowed
from csdl.accounts.permissions import Permission

__all__ = ["Actor", "SystemActor", "refuse", "require_everywhere"]


class Actor(Protocol):
    """A person's account with its rights, or a named background run."""

    @property
    def account_id(self) -> int | None: ...

    @property
    def label(self) -> str: ...

    def can(self, permission: Permission, *, on: Any = None) -> bool:
        """Whether the actor holds the permission at all (`on` empty) or for the unit that `on` is or belongs to."""
        ...

    def require(self, permission: Permission, *, on: Any = None) -> None:
        """`can`, or NotAllowed."""
        ...

    def unit_ids(self, permission: Permission) -> list[int] | None:
        """Units the permission reaches; None means all of them."""
        ...

    def unit_levels(self, permission: Permission) -> list[tuple[int, str]]:
        """Beside these units: (unit, level) of schools of which the permission reaches some levels only."""
        ...


class SystemActor:
    """The operator at the command line and named background runs: may do everything, under a name that is logged."""

    account_id: int | None = None

    def __init__(self, label: str) -> None:
        self.label = label

    def can(self, permission: Permission, *, on: Any = None) -> bool:
        return True

    def require(self, permission: Permission, *, on: Any = None) -> None:
        return None

    def unit_ids(self, permission: Permission) -> list[int] | None:
        return None

    def unit_levels(self, permission: Permission) -> list[tuple[int, str]]:
        return []


def refuse(actor: Actor, permission: Permission) -> NotAllowed:
    """The error that says which right is missing and whom to ask."""
    return NotAllowed(
        f"Tài khoản {actor.label} chưa được phân quyền “{permission.label}” tại đơn vị này. "
        "Hãy đề nghị thủ trưởng đơn vị phân quyền."
    )


def require_everywhere(actor: Actor, permission: Permission) -> None:
    """Go on only where the actor holds the permission over every unit: what holds for the whole province is laid down
    by the department. Errors: NotAllowed."""
    if actor.unit_ids(permission) is not None:
        raise refuse(actor, permission)
