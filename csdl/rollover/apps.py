"""Start of the rollover: what it tells the modules below is registered once the models are known."""

from django.apps import AppConfig


class RolloverConfig(AppConfig):
    name = "csdl.rollover"

    def ready(self) -> None:
        from csdl.rollover import ties  # registers itself once models are loaded

        assert ties
