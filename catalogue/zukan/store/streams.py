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
from zukan.store.expressions import every_of, token
from zukan.store.filters import living
from zukan.store.places import SHIFT, is_exact
from zukan.store.planner import Plan
from zukan.store.tokens import (
    CREATED_HOUR,
    CREATED_MONTH,
    DOWNLOADS,
    EVERY,
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

_Buckets = dict[tuple[str, str], list[str]]
"""(kind, what its tokens begin with) → tokens in order."""

COUNT_LIMIT = 10_000
"""More are not counted while somebody waits."""
_FEW = 600
"""So many matches are read and sorted faster than bucket after bucket."""

_SORTED = {
    "downloads": ("-m.downloads", DOWNLOADS, ""),
    "likes": ("-m.likes", LIKES, ""),
    "trending": ("-m.trending_score", TRENDING, ""),
    "created": ("-m.created_at", CREATED_MONTH, CREATED_HOUR),
    "modified": ("-m.last_modified", MODIFIED_MONTH, MODIFIED_HOUR),
    "params": ("m.num_parameters", PARAMETERS, ""),
}


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
        few = self._few(plans)
        if few is not None:
            return self._sorted(few, order)
        known: _Buckets = {}
        return _once(self._merged([self._by(plan, order, known) for plan in plans]))

    def among(self, places: Sequence[int], plans: Sequence[Plan]) -> Iterator[int]:
        """Yield those of some places that plans find too, in order of popularity.

        Args:
            places: Ascending, a few hundred at most: each is looked up.
            plans: What else must hold.

        """
        if [(plan.match, plan.where) for plan in plans] == [(token(EVERY), "")]:
            return self._sorted(places, "popularity")
        listed = f"t.rowid IN ({','.join(map(str, places))})"
        narrowed = [
            Plan(plan.match, f"{listed} AND {plan.where}" if plan.where else listed, plan.values) for plan in plans
        ]
        return self.places(narrowed, "popularity")

    def few(self, plans: Sequence[Plan], most: int) -> list[int]:
        """Return the first places that plans find, in the order of the index; at most so many."""
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

    def _few(self, plans: Sequence[Plan]) -> list[int] | None:
        """Return all places that plans find if they are few."""
        found = self.few(plans, _FEW + 1)
        return found if len(found) <= _FEW else None

    def _raw(self, plan: Plan) -> Iterator[Key]:
        if not plan.where:
            rows = self._connection.execute("SELECT rowid FROM model_text WHERE model_text MATCH ?", (plan.match,))
            return ((0, row[0]) for row in rows)
        return ((0, row[0]) for row in self._rows(plan, "t.rowid"))

    def _rows(self, plan: Plan, columns: str, *, match: str = "", tail: str = "") -> sqlite3.Cursor:
        where = f" AND {plan.where}" if plan.where else ""
        cursor = self._connection.cursor()
        cursor.row_factory = None  # plain tuples compare, and are made faster
        return cursor.execute(
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

    def _sorted(self, places: Iterable[int], order: str) -> Iterator[int]:
        value = f"-{POPULARITY}" if order == "popularity" else _SORTED[order][0]
        wanted = ",".join(map(str, places))
        rows = self._connection.execute(
            f"SELECT m.place FROM model m WHERE m.place IN ({wanted}) ORDER BY {value} IS NULL, {value}, m.place"
        )
        return (row[0] for row in rows)

    def _by(self, plan: Plan, order: str, known: _Buckets) -> Iterator[Key]:
        """Yield ((whether it is not known, what is ordered by), place), the same of every plan: they are merged."""
        _, kind, finer = _SORTED[order]
        for bucket in self._buckets(kind, known):
            if finer:
                yield from self._month(plan, order, bucket, known)
            else:
                yield from self._bucket(plan, order, token(bucket))
        yield from self._bucket(plan, order, token(facet(kind, None)))

    def _month(self, plan: Plan, order: str, month: str, known: _Buckets) -> Iterator[Key]:
        """Yield the models of a month; if there are many, hour after hour."""
        _, kind, finer = _SORTED[order]
        within = Plan(every_of((plan.match, token(month))), plan.where, plan.values)
        if self.count([within], _FEW + 1) <= _FEW:
            yield from self._bucket(plan, order, token(month))
            return
        start = facet(kind, None)
        for bucket in self._buckets(finer, known, month.removeprefix(start)):
            yield from self._bucket(plan, order, token(bucket))

    def _buckets(self, kind: str, known: _Buckets, start: str = "") -> list[str]:
        """Return the tokens of the buckets of an order, in that order; `known` keeps them for the other plans."""
        if (kind, start) not in known:
            found = living(self._vocabulary, kind, start)
            known[kind, start] = found if kind == PARAMETERS else found[::-1]
        return known[kind, start]

    def _bucket(self, plan: Plan, order: str, bucket: str) -> Iterator[Key]:
        value, _, _ = _SORTED[order]
        rows = self._rows(
            plan, f"{value} IS NULL, {value}, t.rowid", match=every_of((plan.match, bucket)), tail=" ORDER BY 1, 2, 3"
        )
        return (((row[0], row[1]), row[2]) for row in rows)


def _once(keys: Iterable[Key]) -> Iterator[int]:
    seen: set[int] = set()
    for _, place in keys:
        if place not in seen:
            seen.add(place)
            yield place
