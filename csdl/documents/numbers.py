"""Numbers of documents: kept as printed, compared as meant.

'1329/SGDDĐT-GDĐT&ĐH', '1329 /sgdđt-gdtxđh' and '01329/SGDĐT-GDTX&ĐH' are one number. Misprints that letters really
carry are data: `data/number_aliases.csv`.
"""

import csv
import re
from functools import cache
from importlib.resources import files

from csdl.lib.vietnamese import fold

__all__ = ["is_numbered", "number_key"]

_OTHER = re.compile(r"[^a-z0-9/-]")
_PARTS = re.compile(r"([/-])")


def number_key(printed: str) -> str:
    """A number as it is compared: small letters without accents, signs and misprints; no zeros in front."""
    text = _OTHER.sub("", fold(printed))
    return "".join(_aliases().get(part, part.lstrip("0") or part) for part in _PARTS.split(text))


def is_numbered(printed: str) -> bool:
    """Whether the number itself is there: '/SGDĐT-VP' is the sign of a letter whose number was left blank (M5)."""
    return any(sign.isdigit() for sign in printed.partition("/")[0])


@cache
def _aliases() -> dict[str, str]:
    text = files("csdl.documents").joinpath("data/number_aliases.csv").read_text(encoding="utf-8")
    return {row["printed"]: row["meant"] for row in csv.DictReader(text.splitlines())}
