"""The parts that a dossier has; read once when the module starts."""

from csdl.dossier.sections import delegation, grants, log, papers, people

__all__ = ["delegation", "grants", "log", "papers", "people"]
