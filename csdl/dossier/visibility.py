"""A dossier is seen by whoever reaches its unit: the unit, those above it, and an inspector who was let in."""

from csdl.accounts.permissions import Area
from csdl.dossier.models import Dossier
from csdl.lib.gate import declare

declare(Dossier, area=Area.DOSSIERS, unit="unit_id")
