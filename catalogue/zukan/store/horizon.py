"""Says how far down the order of popularity a search is counted, where to count all that match takes too long.

The index reads through the lists of all words and filters to find what they have in common; how long that takes is
known from the kept counts before anything is read.
"""

from __future__ import annotations

import sqlite3
from itertools import pairwise

from zukan.store.expressions import conjuncts
from zukan.store.places import SHIFT, STEPS, first_place
from zukan.store.vocabulary import Vocabulary

WORK = 8_000
"""Microseconds that counting may take, by the measure below."""
_READ, _ASKED, _TOKEN = 0.03, 0.1, 0.026
"""Microseconds for each entry of all lists; and, where the shortest is much shorter than the others, for each of its
entries, and for each token that is looked for there. Held against 85 searches at three million models on two cores
(2026): right to a factor of two for most."""


class Horizon:
    """Knows the lists of one open catalogue and how its models are spread over the steps of popularity."""

    def __init__(self, connection: sqlite3.Connection, vocabulary: Vocabulary) -> None:
        """Take a connection that reads, and the words of the catalogue."""
        self._connection = connection
        self._vocabulary = vocabulary

    def of(self, expression: str) -> int | None:
        """Return the place before which the models of an expression are counted; None = they all are."""
        share = WORK / max(self._work(expression), 1.0)
        if share >= 1:
            return None
        steps = self._vocabulary.memory.of("steps", self._steps)
        wanted = share * sum(steps)
        for of_step, models in enumerate(steps):
            if models >= wanted:
                return first_place(of_step) + int(wanted)
            wanted -= models
        return None

    def _work(self, expression: str) -> float:
        """Return how many microseconds it takes to look for all models of an expression; 0 for a single list."""
        tokens = conjuncts(expression)
        if len(tokens) < 2:
            return 0.0
        counts = self._vocabulary.counts(text for some in tokens for text in some)
        lengths = [sum(counts.get(text, 0) for text in some) for some in tokens]
        return min(_READ * sum(lengths), min(lengths) * (_ASKED + _TOKEN * sum(map(len, tokens))))

    def _steps(self) -> list[int]:
        """Return how many models each step of popularity has had: what has left one leaves a gap."""
        edges = [first_place(number) for number in range(STEPS + 1)]
        sql = "SELECT max(place) FROM model WHERE place >= ? AND place < ?"
        last = [self._connection.execute(sql, pair).fetchone()[0] for pair in pairwise(edges)]
        return [0 if place is None else (int(place) & ((1 << SHIFT) - 1)) + 1 for place in last]
