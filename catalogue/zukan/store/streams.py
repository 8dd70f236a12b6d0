"""Reads the models that plans find, in one of the orders, as far as they are asked for.

The index answers in the order of popularity, so the first models are the best ones and reading stops early: only an
octave of popularity is read to its end, to be put into exact order.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from zukan.query_tree import Range
from zukan.store.columns import POPULARITY
from zukan.store.expressions import token
from zukan.store.matches import Key, Matches, merged, once
from zukan.store.orders import Orders
from zukan.store.places import HERE, SHIFT, is_exact, listed_places
from zukan.store.planner import Plan
from zukan.store.tokens import EVERY
from zukan.store.vocabulary import Vocabulary

COUNT_LIMIT = 1_500
"""More are not counted while somebody waits."""
_AMONG = 4_000
_EACH = 6
"""So few places are each looked for by itself, which is exact."""


class Streams(Matches):
    """Reads models of one open catalogue."""

    def __init__(self, connection: sqlite3.Connection, vocabulary: Vocabulary) -> None:
        """Take a connection that reads, and the words of the catalogue."""
        super().__init__(connection, vocabulary)
        self._orders = Orders(self, vocabulary)

    def places(self, plans: Sequence[Plan], order: str, bounds: Sequence[Range] = ()) -> Iterator[int]:
        """Yield the places of the models that plans find, each once, in order.

        Args:
            plans: What must hold.
            order: `popularity`, or one of `zukan.store.orders.ORDERS`.
            bounds: See `zukan.store.orders.Orders.places`.

        """
        if order == "popularity":
            return once(merged([self._popular(plan) for plan in plans]))
        return self._orders.places(plans, order, bounds)

    def among(self, places: Sequence[int], plans: Sequence[Plan]) -> Iterator[int]:
        """Yield those of some places that plans find too, in order of popularity.

        Where these are more than a few, of the models that a plan finds the most popular are looked at, `_AMONG` of
        them: the index would look for each place from its beginning.

        Args:
            places: Ascending, a few hundred at most.
            plans: What else must hold.

        """
        if any((plan.match, plan.where) == (token(EVERY), "") for plan in plans):
            return self.by_popularity(places)
        if len(places) <= _EACH:
            return self.by_popularity(self.each_of(places, plans))
        wanted: set[int] = set()
        for plan in plans:
            rows = self.tuples(
                "SELECT rowid FROM model_text WHERE model_text MATCH ? AND rowid BETWEEN ? AND ? LIMIT ?",
                (plan.match, places[0], places[-1], _AMONG),
            )
            wanted |= self._checked({row[0] for row in rows}.intersection(places), plan)
        return self.by_popularity(wanted)

    def each_of(self, places: Sequence[int], plans: Sequence[Plan]) -> set[int]:
        """Return those of a few places that plans find too, each looked for by itself: tens at most."""
        wanted: set[int] = set()
        for plan in plans:
            sql = "SELECT rowid FROM model_text WHERE model_text MATCH ? AND rowid = ?"
            found = {place for place in places if self.tuples(sql, (plan.match, place)).fetchone()}
            wanted |= self._checked(found, plan)
        return wanted

    def _checked(self, places: set[int], plan: Plan) -> set[int]:
        """Return those of some places that fulfil the conditions of a plan."""
        if not places or not plan.where:
            return places
        rows = self.tuples(
            "WITH t(rowid) AS (SELECT value FROM json_each(?)) "
            f"SELECT t.rowid FROM t CROSS JOIN model m ON m.place = t.rowid WHERE {plan.where}",
            (listed_places(places), *plan.values),
        )
        return {row[0] for row in rows}

    def _popular(self, plan: Plan) -> Iterator[Key]:
        """Yield (minus popularity, place)."""
        keys: Iterator[Key] = self.rows(plan, f"-{POPULARITY}, t.rowid")
        for of_step, group in groupby(keys, key=lambda key: key[1] >> SHIFT):
            if is_exact(of_step << SHIFT):
                # Models of a step of their own are equally popular: they need not be read to the end.
                yield from group
            else:
                yield from sorted(group)

    def by_popularity(self, places: Iterable[int]) -> Iterator[int]:
        """Return places in order of popularity."""
        here = HERE.format(self.index_of(POPULARITY))
        rows = self.tuples(f"SELECT m.place FROM {here} ORDER BY -{POPULARITY}, m.place", (listed_places(places),))
        return (row[0] for row in rows)
