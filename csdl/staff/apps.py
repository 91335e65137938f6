"""Start of staff: what happens around signing in is written into the event log from here on."""

from django.apps import AppConfig


class StaffConfig(AppConfig):
    name = "csdl.staff"

    def ready(self) -> None:
        from csdl.staff import sign_ins  # connects itself once models are loaded

        assert sign_ins
