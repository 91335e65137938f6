"""A dossier is seen by whoever reaches its unit: the unit, those above it, and an inspector who was let in."""

from csdl.dossier.models import Dossier
from csdl.lib.gate import declare

declare(Dossier, unit="unit_id")
