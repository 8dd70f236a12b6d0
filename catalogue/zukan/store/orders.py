"""Reads the models that plans find in an order other than popularity, as far as they are asked for.

Where a plan finds few, they are read and sorted. Else the index is asked for one bucket of the order after the other:
all models of a month, of a size. Each time it reads all that the plan finds, so it is asked as rarely as may be.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from zukan.query_tree import Range
from zukan.store.expressions import any_of, conjuncts, every_of, is_any_of, token, tokens_in
from zukan.store.filters import living
from zukan.store.matches import Key, Matches, merged, once
from zukan.store.places import HERE, bucket, bucket_is_exact, listed_places
from zukan.store.planner import Plan
from zukan.store.task_sizes import by_size
from zukan.store.tokens import (
    CREATED_HOUR,
    CREATED_MONTH,
    DOWNLOADS,
    EVERY,
    EXACT_SIZE,
    FIRST_SHARED,
    LIKES,
    MODIFIED_HOUR,
    MODIFIED_MONTH,
    PARAMETERS,
    TRENDING,
    facet,
    plain,
    size_step,
)
from zukan.store.vocabulary import Vocabulary

_Bucket = tuple[str, int]
"""(token, how many models it had when they were counted)"""

_FEW = 200
"""So many matches are read and sorted faster than bucket after bucket."""
_FEW_OF_INDEX = 800
"""So many, where an index holds what they are sorted by."""
_FEW_OF_SIZES = 2_000
"""So many there, where no more are known to be, or in one bucket: single sizes are thousands of them."""
_FEW_OF_LONG, _LONG = 1_500, 100_000
"""So many, where a plan looks for what lists of so many entries have in common: each question reads the lists anew."""
_FEW_OF_ONE = 600
"""So many matches in one bucket are read and sorted faster than by finer ones."""
_AIMED = 100
"""Buckets together are asked for first in which a plan should find so many models, by how many it finds at most."""
_BEGUN_WITH, _MOST_BEGUN_WITH = 5_000, 50_000
"""So many models are in buckets that are asked for first where nobody knows how many it finds; and at most."""
_SURELY = 2
"""Where so many times as many as are read at once should be found in a bucket, it is not asked for whether they are."""
_TOGETHER = 64
"""So many buckets at most are asked for at once."""
_PAGE = 512
"""So many sizes are read at once."""

ORDERS = {
    "downloads": ("-m.downloads", DOWNLOADS),
    "likes": ("-m.likes", LIKES),
    "trending": ("-m.trending_score", TRENDING),
    "created": ("-m.created_at", CREATED_MONTH),
    "modified": ("-m.last_modified", MODIFIED_MONTH),
    "params": ("m.num_parameters", PARAMETERS),
}
"""Order → what it sorts by in SQL, the kind of its buckets."""
_FINER = {CREATED_MONTH: CREATED_HOUR, MODIFIED_MONTH: MODIFIED_HOUR, PARAMETERS: EXACT_SIZE}
"""A kind of bucket → that of smaller ones inside it."""


class Orders:
    """Puts models of one open catalogue in order."""

    def __init__(self, matches: Matches, vocabulary: Vocabulary) -> None:
        """Take what asks the index, and the words of the catalogue."""
        self._matches = matches
        self._vocabulary = vocabulary

    def places(self, plans: Sequence[Plan], order: str, bounds: Sequence[Range] = ()) -> Iterator[int]:
        """Yield the places of the models that plans find, each once, in order.

        Args:
            plans: What must hold; the bounds too.
            order: One of `ORDERS`.
            bounds: Limits of what is sorted by, which all models keep: buckets beyond them are not asked for.

        """
        if (
            order == "params"
            and not bounds
            and (sized := by_size(self._matches, self._vocabulary.memory, plans)) is not None
        ):
            return once(sized)
        most = _few_of(self._matches, ORDERS[order][0])
        if most == _FEW_OF_INDEX and (bound := self._bound(plans)) <= _FEW_OF_SIZES:
            most = max(most, bound)
        if most < _FEW_OF_LONG and self._are_long(plans):
            most = _FEW_OF_LONG
        if not self._are_surely_more(plans, most):
            few = self._matches.few(plans, most + 1)
            if len(few) <= most:
                return (place for _, place in keys_of(self._matches, few, ORDERS[order][0]))
        readings = [_Reading(self._matches, self._vocabulary, plan, order, bounds) for plan in plans]
        return once(merged([reading.keys() for reading in readings]))

    def _bound(self, plans: Sequence[Plan]) -> int:
        """Return how many models plans find at most, as last counted."""
        return sum(bound_of(self._vocabulary, plan) for plan in plans)

    def _are_surely_more(self, plans: Sequence[Plan], most: int) -> bool:
        """Whether a plan finds more than so many models surely: one of the tokens of which it asks for any has more."""
        for plan in plans:
            if not plan.where and is_any_of(plan.match):
                counts = self._vocabulary.counts(tokens_in(plan.match))
                if max(counts.values(), default=0) > most * _SURELY:
                    return True
        return False

    def _are_long(self, plans: Sequence[Plan]) -> bool:
        """Whether plans look for what is in several lists, and those are long, as last counted."""
        tokens = {text for plan in plans if " AND " in plan.match for text in tokens_in(plan.match)}
        return bool(tokens) and sum(self._vocabulary.counts(tokens).values()) > _LONG


class _Reading:
    """What one plan finds, read bucket after bucket."""

    def __init__(
        self, matches: Matches, vocabulary: Vocabulary, plan: Plan, order: str, bounds: Sequence[Range]
    ) -> None:
        """Take the plan, the order and its bounds."""
        self._matches, self._vocabulary = matches, vocabulary
        self._plan, self._bounds = plan, bounds
        self._value, self._kind = ORDERS[order]
        self._few = _few_of(matches, self._value)
        share = min(bound_of(vocabulary, plan) / max(vocabulary.models(), 1), 1.0)
        # What several lists have in common may be hardly anything.
        is_known = not plan.where and is_any_of(plan.match)
        self._share = share if is_known else 0.0
        """Of all models the plan finds about so many; 0 where nobody knows."""
        self._begin_with = min(max(int(_AIMED / max(share, 1e-9)), 0 if is_known else _BEGUN_WITH), _MOST_BEGUN_WITH)

    def keys(self) -> Iterator[Key]:
        """Yield ((whether it is not known, what is ordered by), place), in order: the same of every plan."""
        yield from self._grouped(self._kind, self._buckets(self._kind))
        if not self._bounds:
            yield from self._bucket(self._kind, facet(self._kind, None))

    def _grouped(self, kind: str, buckets: Sequence[_Bucket]) -> Iterator[Key]:
        """Yield the models of buckets, so many buckets together as the plan should find enough models in."""
        most, beside = self._begin_with, _TOGETHER
        start = 0
        while start < len(buckets):
            end, together = start + 1, buckets[start][1]
            while end < len(buckets) and end - start < beside and together + buckets[end][1] <= most:
                together += buckets[end][1]
                end += 1
            group = [text for text, _ in buckets[start:end]]
            if len(group) == 1 and _figure(kind, group[0]) is not None:
                yield from self._bucket(kind, group[0])
                start, beside = end, _TOGETHER
                continue
            few = self._few if len(group) > 1 else (_FEW_OF_SIZES if self._few == _FEW_OF_INDEX else _FEW_OF_ONE)
            if len(group) == 1 and together * self._share > few * _SURELY:
                start, beside = end, _TOGETHER
                yield from self._many(kind, group[0])
                continue
            found = self._matches.few([self._within(any_of(map(token, group)))], few + 1)
            if len(found) <= few:
                yield from keys_of(self._matches, found, self._value)
                start, beside = end, _TOGETHER
                most = most * 4 if len(found) * 4 < self._few else most
            elif len(group) > 1:
                # That buckets hold more than was counted must not keep them together for ever.
                most, beside = max(together // 4, _FEW), (end - start) // 2
            else:
                start, beside = end, _TOGETHER
                yield from self._many(kind, group[0])

    def _many(self, kind: str, bucket_: str) -> Iterator[Key]:
        """Yield the models of a bucket in which the plan finds many: by finer buckets, where there are some."""
        finer = _FINER.get(kind)
        # Single sizes are known only as they were counted last.
        if finer is None or (finer == EXACT_SIZE and not self._vocabulary.is_fresh()):
            yield from self._bucket(kind, bucket_)
        elif finer == EXACT_SIZE:
            # There are thousands in one bucket, and the first are enough nearly always.
            for page in self._vocabulary.pages(facet(finer, bucket_.removeprefix(facet(kind, None))), _PAGE):
                yield from self._grouped(finer, self._in_bounds(finer, page))
        else:
            yield from self._grouped(finer, self._buckets(finer, bucket_.removeprefix(facet(kind, None))))

    def _buckets(self, kind: str, start: str = "") -> list[_Bucket]:
        """Return the tokens of the buckets of an order, in that order."""
        found = self._in_bounds(kind, list(living(self._vocabulary, kind, start).items()))
        return found if kind in (PARAMETERS, EXACT_SIZE) else found[::-1]

    def _in_bounds(self, kind: str, buckets: list[_Bucket]) -> list[_Bucket]:
        start = facet(kind, None)
        for bound in self._bounds:
            buckets = [
                one for one in buckets if _overlaps(kind, plain(one[0].removeprefix(start)), bound.low, bound.high)
            ]
        return buckets

    def _bucket(self, kind: str, bucket_: str) -> Iterator[Key]:
        """Yield the models of one bucket; where all have the same figure, they are in order as they are found."""
        value, match = self._value, self._within(token(bucket_)).match
        figure = _figure(kind, bucket_)
        where, tail = "", " ORDER BY 1, 2, 3"
        if figure is not None:
            key = (0, figure if kind == EXACT_SIZE else -figure)
            for row in self._matches.rows(self._plan, "t.rowid", match=match, tail=f" AND {value} = {key[1]}"):
                yield (key, row[0])
            # The lowest bucket holds what is below nought too.
            if figure:
                return
            where = f" AND {value} <> 0"
        for null, key_value, place in self._matches.rows(
            self._plan, f"{value} IS NULL, {value}, t.rowid", match=match, tail=where + tail
        ):
            yield ((null, key_value), place)

    def _within(self, expression: str) -> Plan:
        """Return the plan for what it finds and an expression too; that of every model costs its length."""
        match = self._plan.match
        return self._plan._replace(match=expression if match == token(EVERY) else every_of((match, expression)))


def bound_of(vocabulary: Vocabulary, plan: Plan) -> int:
    """Return how many models a plan finds at most, as last counted."""
    parts = conjuncts(plan.match)
    counts = vocabulary.counts(text for some in parts for text in some)
    return min((sum(counts.get(text, 1) for text in some) for some in parts), default=0)


def _few_of(matches: Matches, value: str) -> int:
    """Return how many matches are read and sorted by a value faster than bucket after bucket.

    Sizes have the widest buckets; those of dates are hours at last, and found as fast.
    """
    return _FEW_OF_INDEX if value == ORDERS["params"][0] and matches.index_of(value) else _FEW


def keys_of(matches: Matches, places: Sequence[int], value: str) -> Iterator[Key]:
    """Yield places with what they are sorted by, in order."""
    if not places:
        return iter(())
    rows = matches.tuples(
        f"SELECT {value} IS NULL, {value}, m.place FROM {HERE.format(matches.index_of(value))} ORDER BY 1, 2, 3",
        (listed_places(places),),
    )
    return (((row[0], row[1]), row[2]) for row in rows)


def _figure(kind: str, bucket_: str) -> int | None:
    """Return the one figure, a whole number, that all models of a bucket have; None where they differ."""
    number = bucket_.removeprefix(facet(kind, None))
    if kind == EXACT_SIZE and number:
        return int(number[3:], 16)
    if kind not in (DOWNLOADS, LIKES, TRENDING) or not number:
        return None
    exact = int(number) < FIRST_SHARED if kind == TRENDING else bucket_is_exact(int(number))
    return int(number) if exact else None


def _overlaps(kind: str, name: str, low: int | str | None, high: int | str | None) -> bool:
    """Whether a bucket may hold something from `low` to below `high`."""
    if kind in (CREATED_MONTH, CREATED_HOUR, MODIFIED_MONTH, MODIFIED_HOUR):
        day = name[:10]
        return (low is None or str(low)[: len(day)] <= day) and (high is None or day <= str(high))
    first, last = max(int(low or 0), 0), 2**63 if high is None else max(int(high) - 1, 0)
    if kind == EXACT_SIZE:
        return first <= int(name[3:], 16) <= last
    if kind in (DOWNLOADS, LIKES):
        return bucket(first) <= int(name) <= bucket(last)
    # A score is a float: the largest whole number below a limit may be below the score too.
    return size_step(first) <= name <= size_step(last + (kind == TRENDING))
