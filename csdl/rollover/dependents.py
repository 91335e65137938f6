"""Newer facts that an undo would tear loose (rollover.md §5). Other modules add theirs by `register`.

Each is a query that answers (school_id, enrolment_id, student_id, class_id) for what depends on rows of the runs.
"""

from dataclasses import dataclass

from csdl.lib import sql

__all__ = ["Dependence", "Dependent", "dependences", "dependents_of", "register"]


@dataclass(frozen=True)
class Dependence:
    """A kind of newer fact; `title` finishes the sentence "… vì"."""

    code: str
    title: str
    module: str
    statement: str


@dataclass(frozen=True)
class Dependent:
    """One newer fact: which pupil or class it hangs on."""

    school_id: int
    enrolment_id: int | None
    student_id: int | None
    class_id: int | None
    title: str


dependences: list[Dependence] = []


def register(dependence: Dependence) -> None:
    """Add a kind of fact; every undo asks for it from then on."""
    dependences.append(dependence)


def dependents_of(*, from_year: int, run_ids: list[int]) -> list[Dependent]:
    """Every newer fact that depends on what these runs wrote."""
    return [
        Dependent(**row, title=kind.title)
        for kind in dependences
        for row in sql.rows(kind.module, kind.statement, from_year=from_year, run_ids=run_ids)
    ]


register(
    Dependence(
        "X1",
        "đã chuyển lớp trong năm học mới",
        "csdl.rollover",
        "70_depends_class_moves",
    )
)
register(Dependence("X2", "hồ sơ năm học mới đã được sửa", "csdl.rollover", "71_depends_edits"))
register(Dependence("X3", "đã có kết quả trong năm học mới", "csdl.rollover", "72_depends_results"))
register(
    Dependence(
        "X4",
        "học sinh mới đã vào lớp do kết chuyển tạo ra",
        "csdl.rollover",
        "73_depends_new_pupils",
    )
)
register(
    Dependence(
        "X5",
        "lớp đã có phân công được xác nhận",
        "csdl.rollover",
        "74_depends_assignments",
    )
)
register(Dependence("X6", "lớp đã gắn với phân quyền của giáo viên", "csdl.rollover", "75_depends_rights"))
register(Dependence("X7", "lớp đã có trong kế hoạch kết chuyển năm sau", "csdl.rollover", "76_depends_next_turn"))
register(
    Dependence("X8", "hồ sơ lớp, trường, cán bộ năm học mới đã được xác nhận", "csdl.rollover", "77_depends_confirmed")
)
