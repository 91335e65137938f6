"""The nouns an import knows, in the order in which they are written: later ones see what earlier ones make."""

from csdl.intake.runs.noun import Noun
from csdl.intake.runs.nouns.assignments import HOMEROOM, TEACHING
from csdl.intake.runs.nouns.classes import CLASSES
from csdl.intake.runs.nouns.pupils import PUPILS
from csdl.intake.runs.nouns.sites import SITES
from csdl.intake.runs.nouns.staff import STAFF

__all__ = ["NOUNS"]

NOUNS: dict[str, Noun] = {noun.name: noun for noun in (SITES, CLASSES, STAFF, PUPILS, HOMEROOM, TEACHING)}
