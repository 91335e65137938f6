"""What the papers say: the undertakings of the commitment by version, the legal bases of minutes, a scope in words."""

import csv
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from csdl.access.roles import Role
from csdl.codes import queries as codes
from csdl.orgs.enums import TEACHING_KINDS
from csdl.orgs.models import OrgUnit

__all__ = ["CommitmentText", "bases", "commitment_text", "content_hash", "masked_number", "scope_words"]

_DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class CommitmentText:
    """One version of the undertakings, in order."""

    version: str
    lines: tuple[str, ...]

    @property
    def sha256(self) -> str:
        return hashlib.sha256("\n".join(self.lines).encode()).hexdigest()


@cache
def commitment_text() -> CommitmentText:
    """The newest version: the last one in the file. A new version asks for a new acceptance."""
    with (_DATA / "commitment.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    version = rows[-1]["version"]
    return CommitmentText(version, tuple(row["text"] for row in rows if row["version"] == version))


def bases(*, year_name: str, unit_name: str) -> list[str]:
    """Legal bases of minutes, as `data/bases.csv` has them."""
    with (_DATA / "bases.csv").open(encoding="utf-8", newline="") as file:
        return [row["text"].format(year=year_name, unit=unit_name) for row in csv.DictReader(file)]


def content_hash(paper_no: str, content: Mapping[str, Any]) -> str:
    """What both sides confirm: everything that the paper says, its number too."""
    said = json.dumps([paper_no, content], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()


def masked_number(number: str) -> str:
    """A citizen's number as a paper shows it: 031204001845 -> 031•••••••45."""
    return f"{number[:3]}{'•' * (len(number) - 5)}{number[-2:]}" if len(number) > 5 else ""


def scope_words(role: Role, unit: OrgUnit, level_codes: Sequence[str], class_names: Sequence[str]) -> str:
    """A scope as the minutes say it."""
    if role.scope_kind == "class":
        return f"lớp {', '.join(class_names)} của {unit.name}"
    levels = codes.labels("school_level")["school_level"]
    where = f"toàn {unit.name}" if unit.kind in TEACHING_KINDS else f"{unit.name} và các đơn vị trực thuộc"
    if level_codes:
        return f"{where}, cấp {', '.join(levels.get(code, code).lower() for code in level_codes)}"
    return where
