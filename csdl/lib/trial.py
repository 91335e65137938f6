"""Whether an action runs for its faults alone: its rows are rolled back, so what no rollback reaches is not done."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

__all__ = ["is_trial", "trying"]

_is_trial = ContextVar("is_trial", default=False)


@contextmanager
def trying() -> Iterator[None]:
    """What runs inside is a trial: whoever opens the block rolls back what it wrote."""
    token = _is_trial.set(True)
    try:
        yield
    finally:
        _is_trial.reset(token)


def is_trial() -> bool:
    """Whether what is done now will be rolled back, whatever comes of it."""
    return _is_trial.get()
