"""The broken checks of a report's page with what is said of each row, and what came back of them from the page."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.http import HttpRequest

from csdl.reports.explanations import Explained, Key
from csdl.reports.queries import Failure

__all__ = ["VERSION", "BrokenCheck", "Explanation", "broken_checks", "posted_explanations", "posted_texts"]

# The fields: words for a row; that its old words are right for the new figures too; that they go for every row.
_TEXT, _AGAIN, _EVERY = "giai-trinh-", "dung-lai-", "moi-dong-"
# The freeze whose figures the page showed.
VERSION = "lan"


@dataclass(frozen=True)
class BrokenCheck:
    """One row of a broken check. `count`: how many rows break it, on the first of them where there are several."""

    failure: Failure
    form_number: str
    said: Explained | None
    text: str
    fault: str
    count: int

    @property
    def field(self) -> str:
        return ":".join(self.failure.key)

    @property
    def group(self) -> str:
        return f"{self.failure.form_code}:{self.failure.check_code}"

    @property
    def is_stale(self) -> bool:
        """Something was said, and the figures have changed since."""
        return self.said is not None and not self.said.holds


@dataclass(frozen=True)
class Explanation:
    """Words to be written for one row, or for all that break the check."""

    key: Key
    text: str
    all_rows: bool


def broken_checks(
    failures: Sequence[Failure],
    said: Mapping[Key, Explained],
    numbers: Mapping[str, str],
    *,
    typed: Mapping[Key, str] | None = None,
    faults: Mapping[Key, str] | None = None,
) -> list[BrokenCheck]:
    """Each with the words in its field: what was typed and not saved, else what holds. `numbers`: of the forms."""
    counts = Counter((one.form_code, one.check_code) for one in failures)
    shown = []
    for one in failures:
        known = said.get(one.key)
        holding = known.text if known and known.holds else ""
        count = counts.pop((one.form_code, one.check_code), 0)
        shown.append(
            BrokenCheck(
                one,
                numbers.get(one.form_code, one.form_code),
                known,
                (typed or {}).get(one.key, holding),
                (faults or {}).get(one.key, ""),
                count if count > 1 else 0,
            )
        )
    return shown


def posted_texts(request: HttpRequest) -> dict[Key, str]:
    """What stood in the fields, so that a refusal loses nothing."""
    found = {}
    for name, text in request.POST.items():
        form_code, _, rest = name.removeprefix(_TEXT).partition(":")
        check_code, _, code = rest.partition(":")
        if name.startswith(_TEXT) and code:
            found[form_code, check_code, code] = str(text).strip()
    return found


def posted_explanations(request: HttpRequest, broken: Sequence[BrokenCheck]) -> list[Explanation]:
    """What is new or changed: only that is written. Words for every row take the place of those beside the others."""
    texts = posted_texts(request)
    found: list[Explanation] = []
    whole = {one.group for one in broken if one.count and request.POST.get(f"{_EVERY}{one.group}") == "1"}
    for one in broken:
        text = texts.get(one.failure.key, "")
        if not text and one.said and request.POST.get(f"{_AGAIN}{one.field}") == "1":
            text = one.said.text
        if one.group in whole:
            if one.count:
                found.append(Explanation(one.failure.key, text, all_rows=True))
        elif text and not (one.said and one.said.holds and one.said.text == text):
            found.append(Explanation(one.failure.key, text, all_rows=False))
    return found
