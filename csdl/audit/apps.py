"""Start of the log: every module's kinds of event are read once the models are known."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class AuditConfig(AppConfig):
    name = "csdl.audit"

    def ready(self) -> None:
        autodiscover_modules("events")
