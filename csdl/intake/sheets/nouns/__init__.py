"""The nouns of a school's workbook, in the order in which they build on each other."""

from csdl.intake.sheets.nouns.assignments import HOMEROOM, TEACHING
from csdl.intake.sheets.nouns.classes import CLASSES
from csdl.intake.sheets.nouns.pupils import PUPILS
from csdl.intake.sheets.nouns.sites import SITES
from csdl.intake.sheets.nouns.staff import STAFF
from csdl.intake.sheets.specs import SheetSpec

__all__ = ["SPECS", "WORKBOOK"]

SPECS: dict[str, SheetSpec] = {spec.noun: spec for spec in (SITES, CLASSES, PUPILS, STAFF, HOMEROOM, TEACHING)}
WORKBOOK: tuple[str, ...] = tuple(SPECS)
