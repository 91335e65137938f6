"""Start of the access module: every module's declarations are read once the models are known."""

from typing import Any

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_out
from django.utils.module_loading import autodiscover_modules


class AccessConfig(AppConfig):
    name = "csdl.access"

    def ready(self) -> None:
        autodiscover_modules("visibility")
        from csdl.access import checks, second_factor  # register themselves once models are loaded

        assert checks
        assert second_factor
        user_logged_out.connect(_end_token, dispatch_uid="csdl.access")


def _end_token(**kwargs: Any) -> None:
    """A token copied from a request is worth nothing once its holder has signed out."""
    from csdl.access.actions import forget_acting_token  # models are loaded by now

    forget_acting_token()
