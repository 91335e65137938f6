"""Row history (D7): what a row was before each UPDATE and DELETE, by statement-level triggers, with who did it.

The actor is transaction context (`csdl.access.acting`). Who inserted a row stands in the row itself (`created_by`,
`run_id`): an insert event would double the cost of a bulk run and say nothing new.
"""

from collections.abc import Callable

import pghistory
from django.db.models import Model

__all__ = ["track"]


def track(*, exclude: tuple[str, ...] = ()) -> Callable[[type[Model]], type[Model]]:
    """Class decorator: keep the old row of every update and delete. Generated columns are excluded by name."""
    decorator: Callable[[type[Model]], type[Model]] = pghistory.track(
        pghistory.UpdateEvent("update", row=pghistory.Old),
        pghistory.DeleteEvent("delete"),
        exclude=list(exclude) or None,
    )
    return decorator
