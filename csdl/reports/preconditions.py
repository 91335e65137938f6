"""What must hold before a report is signed and sent; a period names those it asks (none named: the usual ones).

To add one: another line in `SEND_CHECKS`. Each finds its problems as sentences, all of them at once.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from csdl.reports.enums import Fill, Severity
from csdl.reports.explanations import unexplained_keys
from csdl.reports.forms import forms
from csdl.reports.models import CellRow, Signature, Snapshot, Submission
from csdl.reports.queries import failures, typed_since

__all__ = ["SEND_CHECKS", "USUAL", "SendCheck", "problems_of", "said_typed_since", "unexplained"]


@dataclass(frozen=True)
class SendCheck:
    """One precondition. `before_signing`: the head is not asked to sign what lacks it."""

    label: str
    find: Callable[[Submission, Snapshot], list[str]]
    before_signing: bool = True


def unexplained(report: Submission, snapshot: Snapshot, severity: Severity) -> list[str]:
    """Broken identities of one severity that nobody has explained as their figures are now."""
    count = snapshot.error_count if severity == Severity.ERROR else snapshot.warning_count
    still = unexplained_keys(report, snapshot, severity) if count else set()
    if not still:
        return []
    return [one.text for one in failures(snapshot) if one.key in still]


def _errors(report: Submission, snapshot: Snapshot) -> list[str]:
    return [f"Chưa sửa hoặc giải trình: {one}" for one in unexplained(report, snapshot, Severity.ERROR)]


def _warnings(report: Submission, snapshot: Snapshot) -> list[str]:
    return [f"Chưa giải trình: {one}" for one in unexplained(report, snapshot, Severity.WARNING)]


def _signed(report: Submission, snapshot: Snapshot) -> list[str]:
    if Signature.objects.filter(snapshot=snapshot, digest=snapshot.digest).exists():
        return []
    return [f"Thủ trưởng đơn vị chưa ký duyệt lần chốt {snapshot.version}."]


def _typed(report: Submission, snapshot: Snapshot) -> list[str]:
    known = forms(snapshot.basis)
    found = []
    rows = CellRow.objects.filter(snapshot=snapshot).values_list("form_code", "indicator_code", "figures")
    empty: dict[str, list[str]] = {}
    for form_code, code, figures in rows:
        if known[form_code].row(code).fill != Fill.COMPUTED and all(figure is None for figure in figures):
            empty.setdefault(form_code, []).append(code)
    for form_code, codes in empty.items():
        found.append(f"Biểu {known[form_code].number}: {len(codes)} dòng nhập tay còn trống ({', '.join(codes[:10])}).")
    return found


SEND_CHECKS: Mapping[str, SendCheck] = {
    "identities": SendCheck("Ràng buộc sai phải được sửa hoặc giải trình", _errors),
    "warnings": SendCheck("Ràng buộc cần xem cũng phải được giải trình", _warnings),
    "typed": SendCheck("Dòng nhập tay không được để trống", _typed),
    "signed": SendCheck("Thủ trưởng đơn vị ký duyệt", _signed, before_signing=False),
}
USUAL = ("identities", "signed")


def said_typed_since(report: Submission, snapshot: Snapshot) -> str:
    """How many cells were typed since the freeze, and in which rows; empty: none. No period can do without this: what
    is signed is the freeze, and figures that were saved must not be lost without a word."""
    since = typed_since(report, snapshot)
    if not since:
        return ""
    known = forms(snapshot.basis)
    rows: dict[str, list[str]] = {}
    for form_code, code, _ in since:
        if code not in rows.setdefault(form_code, []):
            rows[form_code].append(code)
    where = "; ".join(
        f"biểu {known[form_code].number} dòng {', '.join(codes[:10])}{'…' if len(codes) > 10 else ''}"
        for form_code, codes in rows.items()
    )
    return f"{len(since)} ô nhập sau lần chốt {snapshot.version} chưa vào biểu ({where})."


def problems_of(report: Submission, *, before_signing: bool = False) -> list[str]:
    """What stands in the way of sending (or of signing), sentence by sentence."""
    snapshot = report.snapshot
    if snapshot is None:
        return ["Chưa chốt số liệu."]
    asked: Iterable[str] = report.period.required_checks or USUAL
    said = said_typed_since(report, snapshot)
    return [
        *([f"{said} Chốt lại để đưa vào biểu, hoặc sửa ô về số đã chốt."] if said else []),
        *(
            problem
            for name, check in SEND_CHECKS.items()
            if name in asked and (check.before_signing or not before_signing)
            for problem in check.find(report, snapshot)
        ),
    ]
