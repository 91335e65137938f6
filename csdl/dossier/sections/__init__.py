"""The parts that a dossier has; read once when the module starts."""

from csdl.dossier.sections import grants, log, papers, people

__all__ = ["grants", "log", "papers", "people"]
