"""Start of the access module: every module's declarations are read once the models are known."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class AccessConfig(AppConfig):
    name = "csdl.access"

    def ready(self) -> None:
        autodiscover_modules("visibility")
        from csdl.access import (
            checks,  # registers the system check once models are loaded
        )

        assert checks
