"""Shares turned into tables: one look-up by random bits instead of one weighted draw, because a million pupils need
twenty of them each."""

from collections.abc import Iterable, Sequence

__all__ = ["BITS", "MASK", "odds"]

BITS = 14
MASK = (1 << BITS) - 1


def odds[T](pairs: Iterable[tuple[T, float]]) -> Sequence[T]:
    """A table of 2^14 places in which each value stands as often as its weight says; index it with 14 random bits.

    Units:   weights need not sum to one; shares below 1/16384 may get no place.
    """
    given = list(pairs)
    total = sum(weight for _, weight in given)
    places: list[T] = []
    reached = 0.0
    for value, weight in given:
        reached += weight
        places.extend([value] * (round(reached / total * (MASK + 1)) - len(places)))
    return places
