"""System check: every table of ours is declared at the gate, so that completeness is held by machine."""

from typing import Any

import pghistory.models
from django.apps import apps
from django.core.checks import CheckMessage, Error, register
from django.db.models import Model

from csdl.lib.gate import areas_missing, declarations, open_tables

__all__ = ["FOUNDATION", "guarded_models"]

# Tables that precede the gate: sign-in reads accounts before anybody is known.
FOUNDATION = frozenset({"accounts"})


def guarded_models() -> list[type[Model]]:
    """Models of ours that must stand at the gate, history tables left out (they follow the record they keep)."""
    return [
        model
        for model in apps.get_models()
        if model.__module__.startswith("csdl.")
        and model._meta.app_label not in FOUNDATION
        and not issubclass(model, pghistory.models.Event)
    ]


@register("gate")
def every_model_is_declared(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """access.E001 names each model with no entry in any visibility.py, access.E002 each entry without an area."""
    undeclared = [
        Error(
            f"{model._meta.label} is not declared in any visibility.py",
            hint="declare(...) how a row is reached, or declare_open(..., because=...) why everybody may read it",
            id="access.E001",
        )
        for model in guarded_models()
        if model not in declarations and model not in open_tables
    ]
    without = [
        Error(
            f"{label} is declared without an area of data",
            hint="declare(..., area=Area....): accounts/permissions.py lists them and which permission opens which",
            id="access.E002",
        )
        for label in areas_missing()
    ]
    return [*undeclared, *without]
