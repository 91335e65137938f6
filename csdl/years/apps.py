"""Start of the years: what they tell the units below is registered once the models are known."""

from django.apps import AppConfig


class YearsConfig(AppConfig):
    name = "csdl.years"

    def ready(self) -> None:
        from csdl.years import ties  # registers itself once models are loaded

        assert ties
