"""Reads the places of the models that plans find, as the index gives them: the more popular octave first."""

from __future__ import annotations

import heapq
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any

from zukan.lazily import lazily
from zukan.store.columns import FIGURES
from zukan.store.planner import Plan
from zukan.store.vocabulary import Vocabulary

Key = tuple[Any, int]
"""(what a model is ordered by, its place): ascending is the order."""
_REMEMBERED = 8
"""Answers of one transaction."""
_HELD = {name: frozenset(("place", *columns)) for name, columns in FIGURES.items()}
_COLUMN = lazily(r"\bm\.(\w+)")


class Matches:
    """Asks the index of one open catalogue."""

    def __init__(self, connection: sqlite3.Connection, vocabulary: Vocabulary) -> None:
        """Take a connection that reads, and the words of the catalogue."""
        self._connection = connection
        self._vocabulary = vocabulary
        self._answers: dict[tuple[Plan, ...], tuple[int, list[int]]] = {}

    @property
    def indexes(self) -> set[str]:
        """The names of the indexes of this catalogue: those of an older one are others."""
        return self._vocabulary.memory.of("indexes", self._indexes)

    def _indexes(self) -> set[str]:
        return {row[0] for row in self.tuples("SELECT name FROM sqlite_master WHERE type = 'index'")}

    def index_of(self, sql: str) -> str:
        """Return SQL for the index that holds every column of `model m` that SQL names; "" where there is none."""
        named = _columns_in(sql)
        return next((f"INDEXED BY {name}" for name in FIGURES if name in self.indexes and named <= _HELD[name]), "")

    def forget(self) -> None:
        """Forget the answers: what follows is of another moment."""
        self._answers.clear()

    def few(self, plans: Sequence[Plan], most: int) -> list[int]:
        """Return the first places that plans find, in the order of the index; at most so many.

        The last answers of a transaction are remembered: what is put in order is often counted too.
        """
        if not self._connection.in_transaction:
            return self._few(plans, most)
        asked = tuple(plans)
        limit, found = self._answers.get(asked, (0, []))
        if most > limit and len(found) == limit:
            found = self._few(plans, most)
            self._remember(asked, most, found)
        return found[:most]

    def _remember(self, plans: Sequence[Plan], most: int, found: list[int]) -> None:
        if not self._connection.in_transaction:
            return
        if len(self._answers) >= _REMEMBERED:
            self._answers.clear()
        self._answers[tuple(plans)] = most, found

    def before(self, plan: Plan, place: int, most: int) -> list[int]:
        """Return the first places before one that a plan without conditions finds, at most so many."""
        sql = "SELECT rowid FROM model_text WHERE model_text MATCH ? AND rowid < ? LIMIT ?"
        return [row[0] for row in self.tuples(sql, (plan.match, place, most)).fetchall()]

    def _few(self, plans: Sequence[Plan], most: int) -> list[int]:
        if len(plans) == 1 and not plans[0].where:
            sql = "SELECT rowid FROM model_text WHERE model_text MATCH ? LIMIT ?"
            return [row[0] for row in self.tuples(sql, (plans[0].match, most)).fetchall()]
        return list(islice(once(merged([self._raw(plan) for plan in plans])), most))

    def count(self, plans: Sequence[Plan], most: int) -> int:
        """Return how many models plans find, at most so many."""
        limit, known = self._answers.get(tuple(plans), (0, [])) if self._connection.in_transaction else (0, [])
        if len(known) < limit or most <= limit:
            return min(len(known), most)
        if len(plans) == 1 and not plans[0].where:
            row = self._connection.execute(
                "SELECT count(*) FROM (SELECT rowid FROM model_text WHERE model_text MATCH ? LIMIT ?)",
                (plans[0].match, most),
            ).fetchone()
            if not row[0]:
                self._remember(plans, most, [])
            return int(row[0])
        return len(self.few(plans, most))

    def tuples(self, sql: str, values: Sequence[Any] = ()) -> sqlite3.Cursor:
        """Return the rows of a statement as plain tuples, which compare and are made faster."""
        cursor = self._connection.cursor()
        cursor.row_factory = None
        return cursor.execute(sql, values)

    def rows(self, plan: Plan, columns: str, *, match: str = "", tail: str = "") -> sqlite3.Cursor:
        """Return columns of `model_text t` and `model m` of what a plan finds, or another expression in its place."""
        where = f" AND {plan.where}" if plan.where else ""
        index = self.index_of(f"{columns}{where}{tail}")
        return self.tuples(
            f"SELECT {columns} FROM model_text t CROSS JOIN model m {index} ON m.place = t.rowid "
            f"WHERE t.model_text MATCH ?{where}{tail}",
            (match or plan.match, *plan.values),
        )

    def _raw(self, plan: Plan) -> Iterator[Key]:
        if not plan.where:
            rows = self.tuples("SELECT rowid FROM model_text WHERE model_text MATCH ?", (plan.match,))
            return ((0, row[0]) for row in rows)
        return ((0, row[0]) for row in self.rows(plan, "t.rowid"))


@lru_cache(maxsize=200)
def _columns_in(sql: str) -> frozenset[str]:
    return frozenset(_COLUMN.findall(sql))


def merged(streams: list[Iterator[Key]]) -> Iterator[Key]:
    """Return what several streams yield, as one in their order."""
    return streams[0] if len(streams) == 1 else heapq.merge(*streams)


def once(keys: Iterable[Key]) -> Iterator[int]:
    """Yield the place of each key, none twice."""
    seen: set[int] = set()
    for _, place in keys:
        if place not in seen:
            seen.add(place)
            yield place
