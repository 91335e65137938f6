"""What a unit says of checks that its forms break, and whether it was said of the figures as they are now.

An explanation is written at a freeze, for one row. It holds in later freezes while that row breaks the check in the
same columns by the same figures; once they changed it must be given again. The old words are kept and offered.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from csdl.reports.models import CheckExplanation, FailedCheck, Snapshot, Submission

__all__ = ["Explained", "Key", "explanations", "unexplained_keys"]

# Form, check, row.
type Key = tuple[str, str, str]


@dataclass(frozen=True)
class Explained:
    """What was said of one row of a broken check: by whom, when, at which freeze. `holds`: the figures are the same."""

    text: str
    by: str
    at: dt.datetime
    version: int
    holds: bool


def explanations(report: Submission, snapshot: Snapshot) -> Mapping[Key, Explained]:
    """Everything that was said of the report, as it stands to the figures of a freeze."""
    rows = list(CheckExplanation.objects.filter(submission=report).select_related("snapshot"))
    earlier = {one.snapshot_id for one in rows if one.snapshot_id} - {snapshot.pk}
    broken = _figures({snapshot.pk, *earlier}) if earlier else {}
    found = {}
    for one in rows:
        key = (one.form_code, one.check_code, one.indicator_code)
        same = broken.get((snapshot.pk, *key)) == broken.get((one.snapshot_id, *key))
        found[key] = Explained(
            one.text,
            one.explained_by_label,
            one.explained_at,
            one.snapshot.version if one.snapshot else 0,
            one.snapshot_id is not None and (one.snapshot_id == snapshot.pk or same),
        )
    return found


def _figures(snapshot_ids: set[int]) -> Mapping[tuple[int | None, str, str, str], set[tuple[str, Decimal, Decimal]]]:
    """The columns in which rows break checks, with what they hold and should hold."""
    found: dict[tuple[int | None, str, str, str], set[tuple[str, Decimal, Decimal]]] = defaultdict(set)
    rows = FailedCheck.objects.filter(snapshot_id__in=snapshot_ids)
    for one in rows:
        key = one.snapshot_id, one.form_code, one.check_code, one.indicator_code
        found[key].add((one.column_code, one.found, one.expected))
    return found


def unexplained_keys(report: Submission, snapshot: Snapshot, severity: str) -> set[Key]:
    """Rows that break a check of one severity and of whose figures nothing was said."""
    broken = FailedCheck.objects.filter(snapshot=snapshot, severity=severity)
    keys = set(broken.values_list("form_code", "check_code", "indicator_code"))
    if not keys:
        return keys
    said = explanations(report, snapshot)
    return {key for key in keys if key not in said or not said[key].holds}
