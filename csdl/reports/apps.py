"""Wires the reports into Django: the system check of their data files."""

from django.apps import AppConfig

__all__ = ["ReportsConfig"]


class ReportsConfig(AppConfig):
    name = "csdl.reports"

    def ready(self) -> None:
        from csdl.reports import checks  # noqa: F401 - registers itself; needs the models
