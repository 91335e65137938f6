"""Wiring of the queue."""

from procrastinate import App

__all__ = ["on_app_ready"]


def on_app_ready(app: App) -> None:
    """Called by procrastinate once Django is ready; tasks are found as `tasks` modules of the installed apps."""
