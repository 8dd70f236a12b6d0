"""Makes a short list of ranked models: one of each family tree, not five sizes of one, near-equal ones as ties."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple

from zukan.schema import Prospect
from zukan.trees import series

TIE_POINTS = 2.0
"""Models whose scores differ by less are as good as each other: what feeds a score is no finer."""
AGAIN_AUTHOR, AGAIN_SERIES = 6.0, 8.0
"""A model must be better by so much where one of its author is listed already, whatever their number, so that no model
that hardly anybody uses comes in; and by so much for each size of the same model."""
LIST = 10
"""So many make the short list; whoever asks for more gets the others behind it, by score."""
_LOOKED_AT = 100
_SMALL_SHARE = 0.34


class Ranked(NamedTuple):
    """A model with its score."""

    model: Prospect
    score: float


def shortened(ranked: Sequence[Ranked], roots: Mapping[str, str], limit: int) -> list[int]:
    """Return the places in `ranked` of the short list as it was chosen one by one, and of what comes behind it.

    Args:
        ranked: The best first.
        roots: id → root of its family tree.
        limit: How many to return.

    """
    best: dict[str, int] = {}
    for place, item in enumerate(ranked):
        best.setdefault(roots[item.model.model_id], place)
    left = list(best.values())
    authors, sizes = set[str](), Counter[str]()
    chosen: list[int] = []

    @cache
    def names(place: int) -> tuple[str, str]:
        model = ranked[place].model
        return model.author.lower(), series(model.model_id)

    def next_one() -> int:
        """Return the place of the model that is worth most beside those that are listed, of equal ones the first."""
        found, most = left[0], float("-inf")
        for place in left[:_LOOKED_AT]:
            score = ranked[place].score
            if score <= most:
                break  # None is worth more than its score, and those that follow have no higher one.
            author, of_series = names(place)
            worth = score - (AGAIN_AUTHOR * (author in authors) + AGAIN_SERIES * sizes[of_series])
            if worth > most:
                found, most = place, worth
        return found

    while left and len(chosen) < LIST:
        place = next_one()
        left.remove(place)
        chosen.append(place)
        author, of_series = names(place)
        authors.add(author or ranked[place].model.model_id)
        sizes[of_series] += 1
    return [*chosen, *left][:limit]


def bands(scores: Sequence[float]) -> list[int]:
    """Return the tie band of each score, 1 for the best: within one, no score is `TIE_POINTS` below its first."""
    found: list[int] = []
    band, top = 0, float("inf")
    for score in scores:
        if not band or top - score >= TIE_POINTS:
            band, top = band + 1, score
        found.append(band)
    return found


def picks(models: Sequence[Prospect], standings: Sequence[float]) -> list[str | None]:
    """Return which of a short list is the balanced, the small and the best pick.

    The first is the balanced one. The small one is the first of at most a third of its size, the best one that with the
    highest standing on leaderboards, where that is another.
    """
    found: list[str | None] = [None] * len(models)
    if not models:
        return found
    found[0] = "balanced"
    size = models[0].num_parameters
    for place, model in enumerate(models[1:], 1):
        if size and model.num_parameters and model.num_parameters <= size * _SMALL_SHARE:
            found[place] = "small"
            break
    best = max(range(len(models)), key=lambda place: (standings[place], -place))
    if standings[best] > standings[0] and found[best] is None:
        found[best] = "best"
    return found
