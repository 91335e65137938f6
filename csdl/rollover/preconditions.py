"""What must hold before a school is rolled over (rollover.md §2). Other modules add theirs by `register`.

A school-wide check is a query that answers (school_id, message) for the schools that fail it: one statement for one
school or for two thousand.
"""

from dataclasses import dataclass

from csdl.lib import sql

__all__ = ["Precondition", "blocked_schools", "preconditions", "register"]


@dataclass(frozen=True)
class Precondition:
    """`module` and `statement` name the SQL file; it takes from_year and school_ids."""

    code: str
    title: str
    module: str
    statement: str


preconditions: list[Precondition] = []


def register(precondition: Precondition) -> None:
    """Add a check; it runs at every plan from then on."""
    preconditions.append(precondition)


def blocked_schools(*, from_year: int, school_ids: list[int]) -> dict[int, list[str]]:
    """School -> every reason why it cannot be rolled over yet."""
    reasons: dict[int, list[str]] = {}
    for check in preconditions:
        for row in sql.rows(check.module, check.statement, from_year=from_year, school_ids=school_ids):
            reasons.setdefault(row["school_id"], []).append(f"{row['message']} ({check.code})")
    return reasons


register(Precondition("P5", "Lớp mới đã có tên", "csdl.rollover", "80_block_unnamed_classes"))
register(
    Precondition(
        "P6",
        "Năm học mới chưa có lớp trùng tên khác khối",
        "csdl.rollover",
        "81_block_taken_names",
    )
)
