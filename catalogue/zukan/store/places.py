"""Says where a model stands in the order of popularity: the number by which the full-text indexes know it.

An index answers in the order of its row numbers, so numbers that follow popularity make the first answers the best
ones and let it stop there. Popularity is (1 + downloads) × (1 + likes). Small products have a step each, larger ones
share an octave; the step is the high part of the number, the low part counts the models of a step as they came. A model
whose step changes moves to the end of the new step; inside an octave the order is made exact when it is read.
"""

from __future__ import annotations

from collections.abc import Iterable

_EXACT = 16
"""Products up to this have a step of their own: about half of the Hub's models have no downloads at all."""
_LOWEST_OCTAVE = _EXACT.bit_length()
STEPS = 64
SHIFT = 26
"""Room for 67 million models in each step."""
_MOST_DOWNLOADS, _MOST_LIKES = 2**40, 2**20
"""Beyond these a figure tells nothing more (and the product stays within SQLite's integers)."""

POPULARITY_SQL = (
    f"((1 + min(max(ifnull({{0}}downloads, 0), 0), {_MOST_DOWNLOADS})) * "
    f"(1 + min(max(ifnull({{0}}likes, 0), 0), {_MOST_LIKES})))"
)
"""The product in SQL; `{0}` is what stands before a column's name."""


HERE = "json_each(?) here CROSS JOIN model m {0} ON m.place = here.value"
"""The models at some places (`listed_places`) in SQL, each as often as it is there: read a third faster than by a list
of them in the statement, which would be a new one each time. `{0}` is an index of places to read it by, or nothing."""


def listed_places(places: Iterable[int]) -> str:
    """Return places as SQL takes them, see `HERE`."""
    return f"[{','.join(map(str, places))}]"


def popularity(downloads: int | None, likes: int | None) -> int:
    """Return what models are ordered by: (1 + downloads) × (1 + likes)."""
    return (1 + min(max(downloads or 0, 0), _MOST_DOWNLOADS)) * (1 + min(max(likes or 0, 0), _MOST_LIKES))


def step(product: int) -> int:
    """Return the step of a popularity, 0 for the highest."""
    if product <= _EXACT:
        return STEPS - product
    return STEPS - _EXACT - 1 - min(product.bit_length() - _LOWEST_OCTAVE, STEPS - _EXACT - 1)


def is_exact(place: int) -> bool:
    """Whether all models of a place's step are equally popular, so that their order is that of their places."""
    return place >> SHIFT >= STEPS - _EXACT


def first_place(of_step: int) -> int:
    """Return the lowest place of a step."""
    return of_step << SHIFT


def bucket(value: int) -> int:
    """Return the step of one figure, higher for more: itself up to 16, its octave beyond."""
    return value if value <= _EXACT else _EXACT + value.bit_length() - _LOWEST_OCTAVE + 1


def bucket_is_exact(number: int) -> bool:
    """Whether a bucket holds one figure only."""
    return number <= _EXACT
