"""One query over one catalogue, with what its words turned out to be, and the plans that find its models."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import NamedTuple

from zukan.languages import language_code
from zukan.query_tree import All, Either, Has, Is, Missing, Node, Not, Pair, Phrase, Range, Word
from zukan.query_values import language_named
from zukan.schema import Query
from zukan.store.expressions import any_of, every_of, token
from zukan.store.filters import Filter
from zukan.store.planner import Plan, Planner
from zukan.store.read import CatalogueReader
from zukan.store.tokens import EVERY, LANGUAGE, facet
from zukan.typed_words import MOST_WORDS, Words, grouped, telling
from zukan.word_search import Looked, look_for, phrase_expression, phrase_parts, unwanted

Tier = Callable[[Looked], str]
"""Returns in which way a word is looked for; "" where this way cannot say it."""


class Ready(NamedTuple):
    """A leaf whose expression is known."""

    expression: str


class Asked:
    """One query over one catalogue."""

    def __init__(self, reader: CatalogueReader, query: Query) -> None:
        """Look up the words of a query."""
        self.reader = reader
        self.query = query
        parts = query.tree.parts if isinstance(query.tree, All) else (query.tree,) if query.tree else ()
        typed = [part for part in parts if isinstance(part, Word)]
        words = grouped(typed[:MOST_WORDS], reader.vocabulary) if typed else []
        self.text = " ".join(word.text for one in words for word in one.parts)
        """The words that stand at the top, as typed."""
        looked = [(one, look_for(one, reader.vocabulary)) for one in telling(words)]
        self.looked = {one: found for one, found in looked if found.direct}
        """How the words that stand at the top are looked for; those of punctuation alone say nothing."""
        self.others = [_exactly(part) for part in parts if not isinstance(part, Word)]
        self._inner: dict[Word, Looked] = {}
        self.is_empty = bool(typed) and not self.looked and not self.others

    def plans(self) -> list[Plan]:
        """Return the plans for the models that match."""
        return self.by(lambda one: one.direct)

    def by(self, tier: Tier, only: set[Words] | None = None, *, also: str = "") -> list[Plan]:
        """Return the plans with words looked for in one way; a word that this way cannot say is left out.

        Args:
            tier: The way.
            only: These of the words alone.
            also: An expression that must hold as well.

        """
        expressions = [
            expression
            for one, looked in self.looked.items()
            if (only is None or one in only) and (expression := tier(looked))
        ]
        return self.planned([*expressions, also] if also else expressions)

    def planned(self, expressions: Iterable[str], *, alone: bool = False) -> list[Plan]:
        """Return the plans for what matches some expressions, and (unless `alone`) all of the query but its words."""
        parts: list[object] = [*map(Ready, expressions), *(() if alone else self.others)]
        tree = None if not parts else parts[0] if len(parts) == 1 else All(tuple(parts))  # type: ignore[arg-type]
        return Planner(self.reader.vocabulary, self._leaf).plans(tree)  # type: ignore[arg-type]

    def _leaf(self, node: Node) -> Filter:
        if isinstance(node, Ready):
            return Filter(node.expression)
        if isinstance(node, Word):
            return Filter(self._look_for(node).direct or token(EVERY))
        if isinstance(node, Phrase):
            return self.reader.filters.phrase(phrase_expression(node), phrase_parts(node))
        if isinstance(node, Is) and node.field == "base":
            # What was made from it says the name that it had then.
            values = (name for value in node.values for name in (self.reader.all_names(value) if value else (value,)))
            node = node._replace(values=tuple(dict.fromkeys(values)))
        if isinstance(node, Is | Pair):
            self._check_languages(node)
        assert isinstance(node, Is | Range | Missing | Has | Pair)  # noqa: S101 (the planner takes the others apart)
        return self.reader.filters.of(node, inferred=self.query.inferred)

    def _look_for(self, word: Word) -> Looked:
        if word not in self._inner:
            self._inner[word] = look_for(Words((word,)), self.reader.vocabulary)
        return self._inner[word]

    @cached_property
    def chosen_names(self) -> str:
        """The expression for names that have one word of each choice: bert OR roberta; "" where there is none."""
        choices = [part.parts for part in self.others if isinstance(part, Either)]
        words = [parts for parts in choices if all(isinstance(part, Word) for part in parts)]
        return every_of(any_of(self._look_for(word).name for word in parts) for parts in words)  # type: ignore[arg-type]

    def _check_languages(self, node: Is | Pair) -> None:
        """Refuse a code that no table knows and no model names: it is a slip.

        Raises:
            QueryError: With the nearest names.

        """
        named = (
            (node.source, node.target) if isinstance(node, Pair) else node.values if node.field == "language" else ()
        )
        unknown = [code for code in named if code and language_code(code) is None]
        counts = self.reader.vocabulary.counts(facet(LANGUAGE, code) for code in unknown) if unknown else {}
        for code in unknown:
            if not counts.get(facet(LANGUAGE, code)):
                language_named(code, node.position)


def _exactly(node: Node) -> Node:
    """Return a part of a query whose unwanted words begin no longer ones: `-bert` is not about bertweet."""
    if isinstance(node, Not) and isinstance(node.part, Word):
        expression = unwanted(node.part)
        return Not(Ready(expression)) if expression else Ready(token(EVERY))  # type: ignore[arg-type, return-value]
    if isinstance(node, All | Either):
        return type(node)(tuple(_exactly(part) for part in node.parts))
    return node
