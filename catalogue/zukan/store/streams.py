"""Reads the models that plans find, in one of the orders, as far as they are asked for.

The index answers in the order of popularity, so the first models are the best ones and reading stops early: only an
octave of popularity is read to its end, to be put into exact order. Other orders are read bucket after bucket.
"""

from __future__ import annotations

import heapq
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, islice
from typing import Any

from zukan.store.columns import POPULARITY
from zukan.store.expressions import any_of, every_of, token
from zukan.store.filters import living
from zukan.store.places import SHIFT, bucket_is_exact, is_exact
from zukan.store.planner import Plan
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
)
from zukan.store.vocabulary import Vocabulary

Key = tuple[Any, int]
"""(what a model is ordered by, its place): ascending is the order."""

_Bucket = tuple[str, int]
"""(token, how many models it had when they were counted)"""
_Buckets = dict[tuple[str, str], list[_Bucket]]
"""(kind, what its tokens begin with) → buckets in order."""

COUNT_LIMIT = 1_500
"""More are not counted while somebody waits."""
_FEW = 200
"""So many matches are read and sorted faster than bucket after bucket."""
_FEW_OF_ONE = 600
"""So many matches in one bucket are read and sorted faster than by finer ones."""
_AMONG = 4_000
_TOGETHER = 64
"""So many buckets are asked for at once."""
_PAGE = 512
"""So many sizes are read at once."""
_BEGUN_WITH = 5_000
"""Buckets of so many models together are asked for first: hardly a plan finds all of them."""

_SORTED = {
    "downloads": ("-m.downloads", DOWNLOADS),
    "likes": ("-m.likes", LIKES),
    "trending": ("-m.trending_score", TRENDING),
    "created": ("-m.created_at", CREATED_MONTH),
    "modified": ("-m.last_modified", MODIFIED_MONTH),
    "params": ("m.num_parameters", PARAMETERS),
}
_FINER = {CREATED_MONTH: CREATED_HOUR, MODIFIED_MONTH: MODIFIED_HOUR, PARAMETERS: EXACT_SIZE}
"""A kind of bucket → that of smaller ones inside it."""


class Streams:
    """Reads models of one open catalogue."""

    def __init__(self, connection: sqlite3.Connection, vocabulary: Vocabulary) -> None:
        """Take a connection that reads, and the words of the catalogue."""
        self._connection = connection
        self._vocabulary = vocabulary

    def places(self, plans: Sequence[Plan], order: str) -> Iterator[int]:
        """Yield the places of the models that plans find, each once, in order."""
        if order == "popularity":
            return _once(self._merged([self._popular(plan) for plan in plans]))
        few = self.few(plans, _FEW + 1)
        if len(few) <= _FEW:
            return self._sorted(few, order)
        known: _Buckets = {}
        return _once(self._merged([self._by(plan, order, known) for plan in plans]))

    def among(self, places: Sequence[int], plans: Sequence[Plan]) -> Iterator[int]:
        """Yield those of some places that plans find too, in order of popularity.

        Of the models that a plan finds the most popular are looked at, `_AMONG` of them: the index would look for each
        place from its beginning.

        Args:
            places: Ascending, a few hundred at most.
            plans: What else must hold.

        """
        wanted: set[int] = set()
        for plan in plans:
            if (plan.match, plan.where) == (token(EVERY), ""):
                return self.by_popularity(places)
            rows = self._tuples(
                "SELECT rowid FROM model_text WHERE model_text MATCH ? AND rowid BETWEEN ? AND ? LIMIT ?",
                (plan.match, places[0], places[-1], _AMONG),
            )
            found = {row[0] for row in rows}.intersection(places)
            if found and plan.where:
                checked = (
                    f"WITH t(rowid) AS (VALUES {','.join(f'({place})' for place in found)}) "
                    f"SELECT t.rowid FROM t CROSS JOIN model m ON m.place = t.rowid WHERE {plan.where}"
                )
                found = {row[0] for row in self._tuples(checked, plan.values)}
            wanted |= found
        return self.by_popularity(wanted)

    def few(self, plans: Sequence[Plan], most: int) -> list[int]:
        """Return the first places that plans find, in the order of the index; at most so many."""
        if len(plans) == 1 and not plans[0].where:
            sql = "SELECT rowid FROM model_text WHERE model_text MATCH ? LIMIT ?"
            return [row[0] for row in self._tuples(sql, (plans[0].match, most)).fetchall()]
        return list(islice(_once(self._merged([self._raw(plan) for plan in plans])), most))

    def count(self, plans: Sequence[Plan], most: int) -> int:
        """Return how many models plans find, at most so many."""
        if len(plans) == 1 and not plans[0].where:
            row = self._connection.execute(
                "SELECT count(*) FROM (SELECT rowid FROM model_text WHERE model_text MATCH ? LIMIT ?)",
                (plans[0].match, most),
            ).fetchone()
            return int(row[0])
        return len(self.few(plans, most))

    @staticmethod
    def _merged(streams: list[Iterator[Key]]) -> Iterator[Key]:
        return streams[0] if len(streams) == 1 else heapq.merge(*streams)

    def _raw(self, plan: Plan) -> Iterator[Key]:
        if not plan.where:
            rows = self._connection.execute("SELECT rowid FROM model_text WHERE model_text MATCH ?", (plan.match,))
            return ((0, row[0]) for row in rows)
        return ((0, row[0]) for row in self._rows(plan, "t.rowid"))

    def _tuples(self, sql: str, values: Sequence[Any]) -> sqlite3.Cursor:
        cursor = self._connection.cursor()
        cursor.row_factory = None  # plain tuples compare, and are made faster
        return cursor.execute(sql, values)

    def _rows(self, plan: Plan, columns: str, *, match: str = "", tail: str = "") -> sqlite3.Cursor:
        where = f" AND {plan.where}" if plan.where else ""
        return self._tuples(
            f"SELECT {columns} FROM model_text t CROSS JOIN model m ON m.place = t.rowid "
            f"WHERE t.model_text MATCH ?{where}{tail}",
            (match or plan.match, *plan.values),
        )

    def _popular(self, plan: Plan) -> Iterator[Key]:
        """Yield (minus popularity, place)."""
        keys: Iterator[Key] = self._rows(plan, f"-{POPULARITY}, t.rowid")
        for of_step, group in groupby(keys, key=lambda key: key[1] >> SHIFT):
            if is_exact(of_step << SHIFT):
                # Models of a step of their own are equally popular: they need not be read to the end.
                yield from group
            else:
                yield from sorted(group)

    def by_popularity(self, places: Iterable[int]) -> Iterator[int]:
        """Return places in order of popularity."""
        return self._sorted(places, "popularity")

    def _sorted(self, places: Iterable[int], order: str) -> Iterator[int]:
        value = f"-{POPULARITY}" if order == "popularity" else _SORTED[order][0]
        wanted = ",".join(map(str, places))
        rows = self._connection.execute(
            f"SELECT m.place FROM model m WHERE m.place IN ({wanted}) ORDER BY {value} IS NULL, {value}, m.place"
        )
        return (row[0] for row in rows)

    def _by(self, plan: Plan, order: str, known: _Buckets) -> Iterator[Key]:
        """Yield ((whether it is not known, what is ordered by), place), the same of every plan: they are merged."""
        _, kind = _SORTED[order]
        yield from self._grouped(plan, order, kind, self._buckets(kind, known), known)
        yield from self._bucket(plan, order, kind, facet(kind, None))

    def _grouped(self, plan: Plan, order: str, kind: str, buckets: Sequence[_Bucket], known: _Buckets) -> Iterator[Key]:
        """Yield the models of buckets, so many buckets together as a plan finds few models in.

        Each time the index is asked it reads all that the plan finds, so it is asked as rarely as may be.
        """
        most, start = _FEW if plan.match == token(EVERY) else _BEGUN_WITH, 0
        while start < len(buckets):
            end, together = start + 1, buckets[start][1]
            while end < len(buckets) and end - start < _TOGETHER and together + buckets[end][1] <= most:
                together += buckets[end][1]
                end += 1
            group = [text for text, _ in buckets[start:end]]
            if len(group) == 1 and _figure(kind, group[0]) is not None:
                yield from self._bucket(plan, order, kind, group[0])
                start = end
                continue
            within = plan._replace(match=_both(plan, any_of(map(token, group))))
            few = _FEW if len(group) > 1 else _FEW_OF_ONE
            found = self.few([within], few + 1)
            if len(found) <= few:
                yield from self._keys(found, order)
                start = end
                most = most * 4 if len(found) * 4 < _FEW else most
            elif len(group) > 1:
                most = together // 4
            else:
                start = end
                yield from self._many(plan, order, kind, group[0], known)

    def _many(self, plan: Plan, order: str, kind: str, bucket: str, known: _Buckets) -> Iterator[Key]:
        """Yield the models of a bucket in which a plan finds many: by finer buckets, where there are some."""
        finer = _FINER.get(kind)
        # Single sizes are known only as they were counted last.
        if finer is None or (finer == EXACT_SIZE and not self._vocabulary.is_fresh()):
            yield from self._bucket(plan, order, kind, bucket)
        elif finer == EXACT_SIZE:
            # There are thousands in one bucket, and the first are enough nearly always.
            for page in self._vocabulary.pages(facet(finer, bucket.removeprefix(facet(kind, None))), _PAGE):
                yield from self._grouped(plan, order, finer, page, known)
        else:
            buckets = self._buckets(finer, known, bucket.removeprefix(facet(kind, None)))
            yield from self._grouped(plan, order, finer, buckets, known)

    def _buckets(self, kind: str, known: _Buckets, start: str = "") -> list[_Bucket]:
        """Return the tokens of the buckets of an order, in that order; `known` keeps them for the other plans."""
        if (kind, start) not in known:
            found = list(living(self._vocabulary, kind, start).items())
            known[kind, start] = found if kind in (PARAMETERS, EXACT_SIZE) else found[::-1]
        return known[kind, start]

    def _keys(self, places: Sequence[int], order: str) -> Iterator[Key]:
        value, _ = _SORTED[order]
        rows = self._tuples(
            f"SELECT {value} IS NULL, {value}, m.place FROM model m WHERE m.place IN ({','.join(map(str, places))}) "
            "ORDER BY 1, 2, 3",
            (),
        )
        return (((row[0], row[1]), row[2]) for row in rows)

    def _bucket(self, plan: Plan, order: str, kind: str, bucket: str) -> Iterator[Key]:
        """Yield the models of one bucket; where all have the same figure, they are in order as they are found."""
        value, _ = _SORTED[order]
        match = _both(plan, token(bucket))
        figure = _figure(kind, bucket)
        where, tail = "", " ORDER BY 1, 2, 3"
        if figure is not None:
            key = (0, figure if kind == EXACT_SIZE else -figure)
            for row in self._rows(plan, "t.rowid", match=match, tail=f" AND {value} = {key[1]}"):
                yield (key, row[0])
            # The lowest bucket holds what is below nought too.
            if figure:
                return
            where = f" AND {value} <> 0"
        for null, key_value, place in self._rows(
            plan, f"{value} IS NULL, {value}, t.rowid", match=match, tail=where + tail
        ):
            yield ((null, key_value), place)


def _both(plan: Plan, expression: str) -> str:
    """Return the expression for what a plan finds and another expression too; that of every model costs its length."""
    return expression if plan.match == token(EVERY) else every_of((plan.match, expression))


def _figure(kind: str, bucket: str) -> int | None:
    """Return the one figure, a whole number, that all models of a bucket have; None where they differ."""
    number = bucket.removeprefix(facet(kind, None))
    if kind == EXACT_SIZE and number:
        return int(number[3:], 16)
    if kind not in (DOWNLOADS, LIKES, TRENDING) or not number:
        return None
    exact = int(number) < FIRST_SHARED if kind == TRENDING else bucket_is_exact(int(number))
    return int(number) if exact else None


def _once(keys: Iterable[Key]) -> Iterator[int]:
    seen: set[int] = set()
    for _, place in keys:
        if place not in seen:
            seen.add(place)
            yield place
