"""Teachers as a grid writes and reads them: a name that means one person, typed without accents or shortened.

The page's script (components/grid.js) reads names by the same steps, so that a cell says at once whom it means.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal

from csdl.lib.vietnamese import fold, squeeze
from csdl.staff.models import StaffMember
from csdl.years.actions.assignments import Share
from csdl.years.rules import periods_text

__all__ = ["TeacherNames"]

# Between people: a semicolon, a plus, a line; a comma too, but for that of "1,5" in brackets.
_BETWEEN = re.compile(r"[;+\n]|,(?![^(]*\))")
_PERIODS = re.compile(r"(.+?)\s*(?:\(\s*(\d{1,2}(?:[.,]\d)?)\s*(?:t|tiết)?\s*\)|\s(\d{1,2}(?:[.,]\d)?)\s*(?:t|tiết)?)")


class TeacherNames:
    """Who may be typed, and how each of them is written: the full name, with the subject where two share it."""

    def __init__(
        self, staff: Sequence[StaffMember], subjects: Mapping[str, str], *, others: Iterable[StaffMember] = ()
    ) -> None:
        self.labels: dict[int, str] = {}
        taken: Counter[str] = Counter()
        doubled = Counter(fold(one.full_name) for one in staff)
        for one in staff:
            label = one.full_name
            if doubled[fold(label)] > 1:
                label += f" – {subjects.get(one.teacher_subject_code, 'chưa rõ môn')}"
            taken[fold(label)] += 1
            if taken[fold(label)] > 1:
                label += f" – {chr(ord('A') + taken[fold(label)] - 1)}"
            self.labels[one.pk] = label
        # The first of those whose labels are still alike would be a part of the others'.
        self._known = [(pk, fold(label), fold(label).split(" – ")[0].split()) for pk, label in self.labels.items()]
        self.all_labels = {one.pk: one.full_name for one in others} | self.labels

    def write(self, shares: Iterable[Share], defaults: Sequence[Decimal | None]) -> str:
        """A cell as text: "Nguyễn Thị Lan", "Lan (3); Minh (1,5)" where the periods are not the programme's."""
        people = sorted(shares, key=lambda share: share.staff_id)
        told = [share.periods for share in people] != list(defaults)
        return "; ".join(
            self.all_labels.get(share.staff_id, "đã phân công")
            + (f" ({periods_text(share.periods)})" if told and share.periods is not None else "")
            for share in people
        )

    def read(self, text: str) -> tuple[list[Share], list[str]]:
        """What was typed: people with their periods, and a sentence for each part that means nobody or several."""
        shares, faults = [], []
        for part in map(squeeze, _BETWEEN.split(text)):
            if not part:
                continue
            found = self._find(part)
            periods = None
            if not found and (split := _PERIODS.fullmatch(part)):
                part, periods = split[1], Decimal((split[2] or split[3]).replace(",", "."))
                found = self._find(part)
            if len(found) == 1:
                shares.append(Share(found[0], periods))
            elif found:
                names = ", ".join(self.labels[pk] for pk in found[:4])
                faults.append(f"“{part[:60]}” có thể là {names}. Hãy gõ rõ hơn.")
            elif "(" in part and self._find(part.partition("(")[0]):
                faults.append(f"Số tiết trong “{part[:60]}” không đọc được. Hãy ghi số từ 0 đến 99, ví dụ Lan (2).")
            else:
                faults.append(f"Không có giáo viên nào tên “{part[:60]}” ở trường.")
        return shares, faults

    def _find(self, text: str) -> list[int]:
        """The first way of reading that means anybody: whole label, whole name, its end, beginnings of its words."""
        wanted = fold(text.replace(".", " "))
        words = wanted.split()
        if not words:
            return []
        ways: tuple[Callable[[str, list[str]], bool], ...] = (
            lambda label, name: label == wanted,
            lambda label, name: name == words,
            lambda label, name: name[-len(words) :] == words,
            lambda label, name: name[-1].startswith(words[-1]) and _in_order(words[:-1], name[:-1]),
            lambda label, name: all(any(part.startswith(word) for part in name) for word in words),
        )
        for way in ways:
            if found := [pk for pk, label, name in self._known if way(label, name)]:
                return found
        return []


def _in_order(words: Sequence[str], name: Sequence[str]) -> bool:
    rest = iter(name)
    return all(any(part.startswith(word) for part in rest) for word in words)
