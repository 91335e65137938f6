"""Start of delegation: that a head's rights follow the appointment is registered once models are known."""

from django.apps import AppConfig


class DelegationConfig(AppConfig):
    name = "csdl.delegation"

    def ready(self) -> None:
        from csdl.delegation import ties  # registers itself once models are loaded

        assert ties
