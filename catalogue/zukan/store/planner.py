"""Turns a query into what the index is asked for: one expression, or a few with conditions for SQL to check.

Filters whose tokens decide become one expression, whatever their nesting. Where a filter must be looked at in SQL, the
query is written as alternatives (an OR of ANDs): each has its expression and the conditions for its models.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain, product
from math import prod
from typing import Any, NamedTuple

from zukan.errors import QueryError
from zukan.query_tree import All, Either, Node, Not
from zukan.store.expressions import NOTHING, any_of, beginning, every_of, token, tokens_in, without
from zukan.store.filters import Filter
from zukan.store.tokens import EVERY, EXCLUSION, PAIRED, TASK, facet, pair, pairs_of
from zukan.store.vocabulary import Vocabulary

MOST_ALTERNATIVES = 32
_COMMON = 8
"""A filter that one model in so many fulfils is common."""
_FEW = 500
"""Fewer models than one in so many are looked at row by row."""
_READ_AT_ONCE = 200
"""Of a task that fewer models have than one in so many, all that state a fact are read."""
_BESIDE_TASK = (*(kind for kind in PAIRED if kind != TASK), EXCLUSION)
"""Whatever of these a model with a task states has a token in a pair with the task."""
_MOST_PAIRS = 80
"""More would take longer to read than the filters one by one."""


class Plan(NamedTuple):
    """Models that the index finds by an expression and SQL lets pass."""

    match: str
    where: str = ""
    values: tuple[Any, ...] = ()


class _Part(NamedTuple):
    """A filter, or its contrary."""

    filter: Filter
    negated: bool


Leaf = Callable[[Node], Filter]
"""Returns the filter of a leaf of a query."""


class Planner:
    """Plans queries over one catalogue."""

    def __init__(self, vocabulary: Vocabulary, leaf: Leaf) -> None:
        """Take the words of the catalogue, and what turns a leaf into a filter."""
        self._vocabulary = vocabulary
        self._leaf = leaf

    def plans(self, node: Node | None) -> list[Plan]:
        """Return the plans whose models together are those of a query.

        Raises:
            QueryError: It has too many alternatives.

        """
        if node is None:
            return [Plan(token(EVERY))]
        return [self._plan(parts) for parts in self._alternatives(node, negated=False)]

    def _alternatives(self, node: Node, *, negated: bool) -> list[list[_Part]]:
        """Return the alternatives of a query, each as the filters that must hold together."""
        if isinstance(node, Not):
            return self._alternatives(node.part, negated=not negated)
        if not isinstance(node, All | Either):
            return [[_Part(self._leaf(node), negated)]]
        parts = [self._alternatives(part, negated=negated) for part in node.parts]
        both = isinstance(node, All) is not negated
        if not both and (merged := _merged(parts)):
            return merged
        numbers = [len(part) for part in parts]
        if (prod(numbers) if both else sum(numbers)) > MOST_ALTERNATIVES:
            raise QueryError(f"the query has more than {MOST_ALTERNATIVES} alternatives")
        if both:
            return [list(chain.from_iterable(chosen)) for chosen in product(*parts)]
        return list(chain.from_iterable(parts))

    def _plan(self, parts: Sequence[_Part]) -> Plan:
        wanted = [part.filter for part in parts if not part.negated]
        unwanted = [part.filter for part in parts if part.negated]
        wanted, stated = self._without_unstated(wanted)
        common = [one for one in wanted if _is_usual(one) or self._is_common(one)]
        expressions = [_either(one) for one in wanted if not one.options and one not in common]
        expressions += self._together([one for one in wanted if one.options])
        checked = [one for one in wanted if one.maybe]
        looked_at = checked or not all(map(_is_usual, common))
        if common and looked_at and self._are_few(expressions, _FEW):
            # To look at their rows takes less time than to search the lists of a range for each.
            checked += [one for one in common if one.sql and one not in checked]
            common = [one for one in common if not one.sql]
        expressions = self._rarest_first(expressions)
        for one in sorted(common, key=lambda one: len(one.sure)):
            expressions = [*_first(expressions), _either(one)]
        where = [f"({one.sql})" for one in checked]
        values = [value for one in checked for value in one.values]
        for one in unwanted:
            if one.maybe:
                where.append(f"(({one.sql}) IS NOT TRUE)")
                values += one.values
        match = without(every_of(expressions) or token(EVERY), any_of((*(one.sure for one in unwanted), *stated)))
        return Plan(match, " AND ".join(where), tuple(values))

    def _without_unstated(self, wanted: list[Filter]) -> tuple[list[Filter], list[str]]:
        """Return filters without those for what is not stated, and expressions for the models that state it.

        Most models lack most facts: of a task that few have, those with a fact are read at once off its pairs.
        """
        unstated = [one for one in wanted if one.unstated in _BESIDE_TASK]
        tasks = [one for one in wanted if one.kind == TASK and len(one.options) == 1] if unstated else []
        if not tasks or not self._are_few([tasks[0].sure], _READ_AT_ONCE):
            return wanted, []
        (task,) = tasks[0].options
        stated = [beginning(pairs_of(TASK, task, one.unstated)) for one in unstated]
        return [one for one in wanted if one not in unstated], stated

    def _is_common(self, one: Filter) -> bool:
        """Whether so many models surely fulfil a filter on a range that it hardly tells any apart."""
        if not (one.sure and one.sql) or one.options:
            return False
        (models,) = self._models([one.sure])
        return models * _COMMON > self._vocabulary.models()

    def _are_few(self, expressions: Sequence[str], share: int) -> bool:
        """Whether fewer models than one in so many match expressions together, by that which fewest match."""
        return bool(expressions) and min(self._models(expressions)) * share < self._vocabulary.models()

    def _rarest_first(self, expressions: Sequence[str]) -> list[str]:
        """Return expressions so that each is asked only for what rarer ones have in common, where there are several."""
        different = list(dict.fromkeys(filter(None, expressions)))
        if len(different) < 3:
            return different
        found: list[str] = []
        for _, expression in sorted(zip(self._models(different), different, strict=True)):
            found = [*_first(found), expression]
        return found

    def _models(self, expressions: Sequence[str]) -> list[int]:
        """Return how many models match each expression at most, as last counted."""
        tokens = [tokens_in(expression) for expression in expressions]
        counts = self._vocabulary.counts(chain.from_iterable(tokens))
        return [sum(counts.get(text, 0) for text in some) for some in tokens]

    def _together(self, filters: Sequence[Filter]) -> list[str]:
        """Return expressions for filters on values: pairs with the rarest of them where there are tokens for pairs."""
        paired = [one for one in filters if one.kind in PAIRED]
        if len({one.kind for one in paired}) < 2:
            return [one.sure for one in filters]
        counts = self._vocabulary.counts(facet(one.kind, value) for one in paired for value in one.options)
        rarest = min(paired, key=lambda one: sum(counts.get(facet(one.kind, value), 0) for value in one.options))
        found: list[str] = []
        joined = False
        for one in filters:
            if one is rarest:
                continue
            if (
                one.kind not in PAIRED
                or one.kind == rarest.kind
                or len(one.options) * len(rarest.options) > _MOST_PAIRS
            ):
                found.append(one.sure)
                continue
            joined = True
            found.append(
                any_of(
                    token(pair(rarest.kind, value, one.kind, other))
                    for value in rarest.options
                    for other in one.options
                )
            )
        if not joined or len(rarest.options) > 1:
            # Pairs with two values of the rarest may hold for different ones of them.
            found.append(rarest.sure)
        return found


def _is_usual(one: Filter) -> bool:
    """Whether a filter asks for models against which nothing stands: most are such."""
    return one.kind == EXCLUSION and not one.options


def _first(expressions: Sequence[str]) -> list[str]:
    """Return one expression for what several match, which the index answers before it looks at what stands beside it.

    It asks all lists of an AND in turn; a search in one that holds most models costs more than all the rest, so that is
    asked only for what the others have in common. FTS5 makes one AND of an AND in an AND, but not of one in a NOT.
    """
    return [without(every_of(expressions), NOTHING)] if len(expressions) > 1 else list(expressions)


def _either(one: Filter) -> str:
    return any_of((one.sure, one.maybe)) or NOTHING


def _merged(parts: Sequence[list[list[_Part]]]) -> list[list[_Part]] | None:
    """Return alternatives that are decided by their tokens as one filter; None if some must be looked at."""
    expressions = []
    for alternatives in parts:
        for alternative in alternatives:
            if any(part.filter.maybe for part in alternative):
                return None
            wanted = every_of(part.filter.sure or NOTHING for part in alternative if not part.negated)
            unwanted = any_of(part.filter.sure for part in alternative if part.negated)
            expressions.append(without(wanted or token(EVERY), unwanted))
    return [[_Part(Filter(any_of(expressions)), negated=False)]]
