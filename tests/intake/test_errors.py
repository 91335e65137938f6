"""One code, one meaning: every code that is raised or found is written down once, and names one thing."""

import re
from collections import defaultdict
from pathlib import Path

from csdl.intake.errors import CODES
from csdl.intake.problems import ProblemKind

CSDL = Path(__file__).parents[2] / "csdl"
_RAISED = re.compile(r'code ?= ?"(INT-\d+)"|^ *\(?"(INT-\d+)",', re.MULTILINE)
_FOUND = re.compile(r"'(INT-\d+)'")


def test_every_code_of_a_refused_file_is_written_down_and_none_is_a_rows() -> None:
    raised: dict[str, set[str]] = defaultdict(set)
    for path in CSDL.rglob("*.py"):
        for pair in _RAISED.findall(path.read_text()):
            raised["".join(pair)].add(path.name)

    assert set(raised) - set(CODES) == set()
    assert {kind.value for kind in ProblemKind} & set(CODES) == set()


def test_every_code_that_a_statement_finds_is_a_kind_of_problem() -> None:
    found = {code for path in (CSDL / "intake/sql").glob("*.sql") for code in _FOUND.findall(path.read_text())}

    assert found - {kind.value for kind in ProblemKind} == set()


def test_a_code_of_one_file_is_raised_for_one_reason() -> None:
    """Another reason in another module would be another meaning; the steps of a run share the codes of runs."""
    places: dict[str, set[str]] = defaultdict(set)
    for path in CSDL.rglob("*.py"):
        for pair in _RAISED.findall(path.read_text()):
            places["".join(pair)].add(str(path.relative_to(CSDL)))

    shared = {code: sorted(where) for code, where in places.items() if len(where) > 1}
    assert shared == {}
