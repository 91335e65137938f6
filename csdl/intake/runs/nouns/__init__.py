"""The nouns an import knows, in the order in which they are written: later ones see what earlier ones make."""

from csdl.intake.runs.noun import Noun
from csdl.intake.runs.nouns.pupils import PUPILS

__all__ = ["NOUNS"]

NOUNS: dict[str, Noun] = {noun.name: noun for noun in (PUPILS,)}
