"""The moves of a report and of a consolidation as one table: from which states to which, by whom (reports.md §10).

Read by the actions (who may, from where), the pages (which buttons), the tests (every line of it) and the log (the
words). What is written into a draft and what a freeze does stands here too; the core makes those two moves.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from csdl.accounts.permissions import Permission as P
from csdl.reports.enums import ConsolidationState as C
from csdl.reports.enums import SubmissionState as S
from csdl.reports.enums import Tier

__all__ = ["CONSOLIDATION_MOVES", "REPORT_MOVES", "Move", "move_label"]


@dataclass(frozen=True)
class Move:
    """One line of the table. `tier`: at which unit the one who moves stands: the reporting unit, the office that takes
    its report, the department. `direct_from`: states from which the move starts where no office stands between.
    `asks_reason`: nobody moves so without saying why."""

    name: str
    label: str
    done: str
    tier: Tier
    permission: P
    sources: tuple[str, ...]
    target: str
    direct_from: tuple[str, ...] = ()
    asks_reason: bool = False

    def starts_from(self, *, is_direct: bool) -> tuple[str, ...]:
        """States from which a report with, or without, an office above it is moved so."""
        if not is_direct:
            return self.sources
        return self.direct_from or (() if self.tier == Tier.OFFICE else self.sources)


def _table(moves: Iterable[Move]) -> Mapping[str, Move]:
    return {move.name: move for move in moves}


REPORT_MOVES = _table(
    (
        Move("write", "Nhập số liệu", "Đã nhập số liệu", Tier.SCHOOL, P.REPORT_PREPARE, (S.NOT_STARTED,), S.DRAFT),
        Move(
            *("freeze", "Chốt số liệu", "Đã chốt số liệu", Tier.SCHOOL, P.REPORT_PREPARE),
            (S.NOT_STARTED, S.DRAFT, S.SNAPSHOTTED, S.RETURNED),
            S.SNAPSHOTTED,
        ),
        Move("send", "Gửi báo cáo", "Đã gửi báo cáo", Tier.SCHOOL, P.REPORT_PREPARE, (S.SNAPSHOTTED,), S.SUBMITTED),
        Move(
            *("return_office", "Trả lại trường", "Phòng trả lại", Tier.OFFICE, P.REPORT_REVIEW),
            (S.SUBMITTED, S.APPROVED_L1),
            S.RETURNED,
            asks_reason=True,
        ),
        Move("accept_office", "Duyệt", "Phòng duyệt", Tier.OFFICE, P.REPORT_REVIEW, (S.SUBMITTED,), S.APPROVED_L1),
        Move(
            *("forward", "Gửi Sở", "Phòng tổng hợp, gửi Sở", Tier.OFFICE, P.REPORT_APPROVE),
            (S.APPROVED_L1,),
            S.FORWARDED,
        ),
        Move(
            *("give_back", "Trả lại Phòng", "Sở trả lại bản tổng hợp", Tier.DEPARTMENT, P.REPORT_REVIEW),
            (S.FORWARDED, S.APPROVED_L2),
            S.APPROVED_L1,
            asks_reason=True,
        ),
        Move(
            *("return_department", "Trả lại trường", "Sở trả lại", Tier.DEPARTMENT, P.REPORT_REVIEW),
            (S.FORWARDED, S.APPROVED_L2),
            S.RETURNED,
            direct_from=(S.SUBMITTED, S.APPROVED_L2),
            asks_reason=True,
        ),
        Move(
            *("accept_department", "Duyệt", "Sở duyệt", Tier.DEPARTMENT, P.REPORT_REVIEW),
            (S.FORWARDED,),
            S.APPROVED_L2,
            direct_from=(S.SUBMITTED,),
        ),
        Move(
            *("finalise", "Đóng kỳ", "Sở đóng kỳ", Tier.DEPARTMENT, P.REPORT_APPROVE),
            (S.APPROVED_L2,),
            S.FINALISED,
        ),
        Move(
            *("reopen", "Mở lại", "Sở mở lại kỳ", Tier.DEPARTMENT, P.REPORT_APPROVE),
            (S.FINALISED,),
            S.APPROVED_L2,
            asks_reason=True,
        ),
    )
)
CONSOLIDATION_MOVES = _table(
    (
        Move(
            *("forward", "Ký, gửi Sở", "Đã gửi Sở", Tier.OFFICE, P.REPORT_APPROVE),
            (C.MADE, C.RETURNED),
            C.FORWARDED,
        ),
        Move(
            *("give_back", "Trả lại Phòng", "Sở trả lại", Tier.DEPARTMENT, P.REPORT_REVIEW),
            (C.FORWARDED, C.ACCEPTED),
            C.RETURNED,
            asks_reason=True,
        ),
        Move(
            *("accept_department", "Duyệt", "Sở duyệt", Tier.DEPARTMENT, P.REPORT_REVIEW),
            (C.FORWARDED,),
            C.ACCEPTED,
        ),
        Move("close", "Ký, đóng kỳ", "Đã đóng kỳ", Tier.DEPARTMENT, P.REPORT_APPROVE, (C.MADE,), C.CLOSED),
        Move(
            *("reopen", "Mở lại", "Đã mở lại kỳ", Tier.DEPARTMENT, P.REPORT_APPROVE),
            (C.CLOSED,),
            C.MADE,
            asks_reason=True,
        ),
    )
)


def move_label(name: str, *, of_consolidation: bool = False) -> str:
    """What the log calls a move."""
    known = (CONSOLIDATION_MOVES if of_consolidation else REPORT_MOVES).get(name)
    return known.done if known else name
