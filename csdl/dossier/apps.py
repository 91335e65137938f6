"""Start of the dossier: its sections stand in the registry once the models are known."""

from django.apps import AppConfig


class DossierConfig(AppConfig):
    name = "csdl.dossier"

    def ready(self) -> None:
        from csdl.dossier import sections  # models are loaded by now

        assert sections
