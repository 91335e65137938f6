"""Numbers of made-up persons: citizen identity numbers that obey the rule of the law and are given only once."""

from collections import defaultdict
from collections.abc import Set

from csdl.demo.odds import BITS, MASK, odds

__all__ = ["HOME_PROVINCE", "PROVINCES", "NumberBook", "phone_number"]

HOME_PROVINCE = "031"
# Province of birth registration of the pupils of Hải Phòng.
PROVINCES = odds(
    [(HOME_PROVINCE, 955), ("030", 15), ("034", 8), ("022", 7), ("036", 4), ("001", 6), ("033", 3), ("038", 2)]
)
_MOBILE = odds(
    (prefix, weight)
    for weight, prefixes in ((3, "090 091 097 098 096 093 094"), (2, "032 033 034 035 036 037 038 039 088"),
                             (1, "070 076 077 078 079 081 082 083 084 085 056 058 092 086 089"))
    for prefix in prefixes.split()
)  # fmt: skip


class NumberBook:
    """Gives each number once: within the build, and not where the database already holds it.

    Source:  Luật Căn cước 2023 art. 12 (PPP G YY NNNNNN); ministry code of 10 digits (data-dictionary §1).
    """

    def __init__(self, offset: int, *, taken: Set[str] = frozenset()) -> None:
        self._offset = offset
        self._taken = taken
        self._given: dict[str, int] = defaultdict(int)
        self._ministry_no = 0

    def citizen_id(self, province: str, birth_year: int, *, is_female: bool) -> str:
        """The next free number of a province, sex and birth year; its last six digits run through in mixed order."""
        head = f"{province}{(birth_year // 100 - 19) * 2 + is_female}{birth_year % 100:02}"
        while True:
            place = self._given[head]
            self._given[head] = place + 1
            number = f"{head}{(place * 618_033 + self._offset) % 1_000_000:06}"
            if number not in self._taken:
                return number

    def ministry_code(self) -> str:
        """The next free code of ten digits, in mixed order."""
        while True:
            self._ministry_no += 1
            code = f"31{(self._ministry_no * 61_803_399 + 7) % 100_000_000:08}"
            if code not in self._taken:
                return code


def phone_number(bits: int) -> str:
    """A mobile number in today's form; uses 38 random bits."""
    return f"{_MOBILE[bits & MASK]}{(bits >> BITS) % 10_000_000:07}"
