"""Makes a short list of ranked models: one of each family tree, not five sizes of one, near-equal ones as ties."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import NamedTuple

from zukan.schema import Prospect
from zukan.trees import is_taught, series

TIE_POINTS = 2.0
"""Models whose scores differ by less are as good as each other: what feeds a score is no finer."""
AGAIN_AUTHOR, AGAIN_TYPE, AGAIN_SIZE, AGAIN_SERIES = 3.0, 3.0, 3.0, 8.0
"""A model must be better by so much where one of its author is listed already, whatever their number, so that no model
that hardly anybody uses comes in; by so much more where one is of its type, too; by so much for a second size of one,
and by so much for each that follows or is another version."""
AGAIN_TOPIC = 3.0
"""And by so much where two thirds of a list are about its topic already, though nobody asked for that: pictures are
described, too, not only read."""
LIST = 10
"""So many make the short list; whoever asks for more gets the others behind it, by score."""
_MOST_OF_TOPIC = 2 * LIST // 3
_LOOKED_AT = 100
_SMALL_SHARE = 0.34
SMALLER = ((40_000_000_000, 4), (9_000_000_000, 2))
"""Where no machine is the limit, so many of a list have at most so many parameters: what a card of 80 GB runs, and of
24 GB. The largest do best, and hardly anybody can run them."""


class Ranked(NamedTuple):
    """A model with its score."""

    model: Prospect
    score: float


def shortened(
    ranked: Sequence[Ranked],
    roots: Mapping[str, str],
    limit: int,
    *,
    taught: bool = False,
    smaller: bool = False,
    topics: Callable[[str], Collection[str]] | None = None,
) -> list[int]:
    """Return the places in `ranked` of the short list as it was chosen one by one, and of what comes behind it.

    Args:
        ranked: The best first.
        roots: id → root of its family tree.
        limit: How many to return.
        taught: Of a tree a model that was taught to answer stands for its base.
        smaller: Some of the list must be smaller models: see `SMALLER`.
        topics: Tells what the model of an id is about, where nobody asked for any of that.

    """
    left = _of_trees(ranked, roots, taught=taught)
    choice = _Choice(ranked, topics)
    chosen = choice.take(left, LIST)
    for most, number in SMALLER if smaller else ():
        large = [place for place in chosen[1:] if (ranked[place].model.num_parameters or 0) > most]
        rest = (place for place in left if place not in chosen)
        small = [place for place in rest if 0 < (ranked[place].model.num_parameters or 0) <= most]
        missing = number - sum((ranked[place].model.num_parameters or 0) <= most for place in chosen)
        found = choice.take(small, min(missing, len(large)))
        dropped = large[len(large) - len(found) :]
        chosen = [*(place for place in chosen if place not in dropped), *found]
    return [*chosen, *(place for place in left if place not in chosen)][:limit]


def _of_trees(ranked: Sequence[Ranked], roots: Mapping[str, str], *, taught: bool) -> list[int]:
    """Return the place of the model that stands for each family tree: its best, of those that are taught if it may."""
    best: dict[str, int] = {}
    for place, item in enumerate(ranked):
        root = roots[item.model.model_id]
        better = taught and root in best and is_taught(item.model.model_id)
        if root not in best or (better and not is_taught(ranked[best[root]].model.model_id)):
            best[root] = place
    return sorted(best.values())


class _Choice:
    """Chooses models one by one, each for what it is worth beside those that were chosen."""

    def __init__(self, ranked: Sequence[Ranked], topics: Callable[[str], Collection[str]] | None) -> None:
        self._ranked = ranked
        self._topics = topics
        self._about = Counter[str]()
        """Topics of those chosen, and how many are about each."""
        self._authors = set[str | tuple[str, str | None]]()
        """Authors, and authors with types, of those chosen."""
        self._series = defaultdict[str, list[str]](list)
        """The series of those chosen, with what their names say of their sizes."""
        self._names: dict[int, tuple[str, str, str]] = {}

    def take(self, places: Sequence[int], number: int) -> list[int]:
        """Choose so many of some places, the best first, and remember them."""
        left, chosen = list(places), list[int]()
        while left and len(chosen) < number:
            place = self._next(left)
            left.remove(place)
            chosen.append(place)
            author, of_series, size = self._names_of(place)
            model = self._ranked[place].model
            self._authors |= {author, (author, model.model_type)} if author else set()
            self._series[of_series].append(size)
            self._about.update(self._topics(model.model_id) if self._topics else ())
        return chosen

    def _next(self, left: Sequence[int]) -> int:
        """Return the place of the model that is worth most beside those that are listed, of equal ones the first."""
        found, most = left[0], float("-inf")
        usual = {topic for topic, number in self._about.items() if number >= _MOST_OF_TOPIC}
        for place in left[:_LOOKED_AT]:
            score = self._ranked[place].score
            if score <= most:
                break  # None is worth more than its score, and those that follow have no higher one.
            author, of_series, size = self._names_of(place)
            of_type = (author, self._ranked[place].model.model_type) in self._authors
            again = AGAIN_AUTHOR * (author in self._authors) + AGAIN_TYPE * of_type
            if usual and self._topics and not usual.isdisjoint(self._topics(self._ranked[place].model.model_id)):
                again += AGAIN_TOPIC
            worth = score - again - self._again(of_series, size)
            if worth > most:
                found, most = place, worth
        return found

    def _again(self, of_series: str, size: str) -> float:
        listed = self._series.get(of_series, [])
        if len(listed) == 1 and size not in listed:
            return AGAIN_SIZE
        return AGAIN_SERIES * len(listed)

    def _names_of(self, place: int) -> tuple[str, str, str]:
        if place not in self._names:
            model = self._ranked[place].model
            self._names[place] = model.author.lower(), *series(model.model_id)
        return self._names[place]


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

    The first is the balanced one. The small one is the first of at most a third of its size, and of those that a card
    of 24 GB runs where one is listed; the best one that with the highest standing on leaderboards, where that is
    another.
    """
    found: list[str | None] = [None] * len(models)
    if not models:
        return found
    found[0] = "balanced"
    size = (models[0].num_parameters or 0) * _SMALL_SHARE
    small = [place for place, model in enumerate(models) if 0 < (model.num_parameters or 0) <= size]
    if small:
        runs = (place for place in small if (models[place].num_parameters or 0) <= SMALLER[-1][0])
        found[next(runs, small[0])] = "small"
    best = max(range(len(models)), key=lambda place: (standings[place], -place))
    if standings[best] > standings[0] and found[best] is None:
        found[best] = "best"
    return found
