"""Answers a `Query`, the best first: the model of this name, words in the name, words anywhere, what they mean."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from itertools import chain, combinations, islice
from typing import Any, NamedTuple

from zukan.query import all_of
from zukan.query_tree import All, Either, Has, Is, Missing, Node, Not, Pair, Phrase, Range, Word
from zukan.schema import UNSIZED_LIMIT, Counted, Query, SearchResult
from zukan.store.expressions import any_of, every_of, holds, token, tokens_in
from zukan.store.filters import Filter
from zukan.store.planner import Plan, Planner
from zukan.store.read import CatalogueReader
from zukan.store.streams import COUNT_LIMIT
from zukan.store.tokens import EVERY, NAME
from zukan.store.wording import squashed
from zukan.word_search import (
    MOST_WORDS,
    Looked,
    Words,
    fragment_of,
    grouped,
    look_for,
    parts_of,
    phrase_expression,
    phrase_parts,
    unwanted,
)

_ENOUGH = 5
"""With so many models that match, nothing is guessed."""
_MOST_PLACES, _MOST_FRAGMENTS = 200, 3
_COUNTED = 2_000
"""A word of more models is as frequent as any, where some words are left out."""
_FEW = 60
"""So many models that match are put in order here, without asking the index for each tier."""
_USUAL = 5_000
"""A word that so many have in their name is one of its own."""
_MOST_JOINED, _MOST_READ, _KNOWN = 60, 500, 20
_JOINED = re.compile(r"(?=.*[a-z])(?=.*\d|.{8})[a-z0-9]{4,30}")
"""What may be several words of a name: with digits, or long."""
_SAME_NAME = 100
"""Among so many of the most popular with all words in their name, those of exactly this name come first."""

_Tier = Callable[[Looked], str]


class _Ready(NamedTuple):
    """A leaf whose expression is known."""

    expression: str


class _Asked:
    """One query over one catalogue, with what its words turned out to be."""

    def __init__(self, reader: CatalogueReader, query: Query) -> None:
        self._reader = reader
        self._query = query
        parts = query.tree.parts if isinstance(query.tree, All) else (query.tree,) if query.tree else ()
        typed = [part for part in parts if isinstance(part, Word)]
        words = grouped(typed[:MOST_WORDS], reader.vocabulary) if typed else []
        looked = [(one, look_for(one, reader.vocabulary)) for one in words]
        self.looked = {one: found for one, found in looked if found.direct}
        """How the words that stand at the top are looked for; those of punctuation alone say nothing."""
        self.others = [_exactly(part) for part in parts if not isinstance(part, Word)]
        self._inner: dict[Word, Looked] = {}
        self.is_empty = bool(typed) and not self.looked and not self.others
        self.corrections: tuple[tuple[str, str], ...] = ()
        self.relaxed = False
        self._is_name = False

    # --- which models -----------------------------------------------------------------------------------

    def places(self) -> Iterator[int]:
        """Yield the places of the models in order, each once; the later a tier, the less it is what was asked for."""
        seen: set[int] = set()

        def new(tier: Iterable[int]) -> Iterator[int]:
            for place in tier:
                if place not in seen:
                    seen.add(place)
                    yield place

        for tier in self._tiers():
            yield from new(tier)
        order = "popularity" if self._query.sort == "relevance" else self._query.sort
        if len(seen) < _ENOUGH and any(one.wide != one.direct for one in self.looked.values()):
            yield from new(self._reader.streams.places(self._plans(lambda one: one.wide), order))
        if len(seen) < _ENOUGH and self.looked and not self._is_name:
            yield from new(self._guesses(bool(seen)))

    def lists_more_than(self, found: Counted) -> bool:
        """Whether more may be listed than match every word: parts of names, slips mended, names written in parts."""
        return bool(self.looked) and (found.number < _ENOUGH or (found.exact and bool(self.joined)))

    def counted(self, found: Counted) -> Counted:
        """Return a count of what is listed as one of what there is: of names in parts no more than some are."""
        return found._replace(exact=found.exact and len(self.joined) < _MOST_JOINED)

    def plans(self) -> list[Plan]:
        """Return the plans for the models that match."""
        return self._plans(lambda one: one.direct)

    def _tiers(self) -> Iterator[Iterable[int]]:
        sort, streams = self._query.sort, self._reader.streams
        if sort != "relevance":
            bounds = [part for part in self.others if isinstance(part, Range) and part.field == sort]
            yield streams.places(self.plans(), sort, bounds)
            return
        if self.looked:
            yield self._of_this_name()
            yield self.joined
            if all(one.task for one in self.looked.values()):
                # Whoever types the id of a task means it, whatever words of it others have in their names.
                yield streams.places(self._plans(lambda one: one.task), "popularity")
            if len(self.looked) + len(self.others) > 1:
                few = self._few()
                if few is not None:
                    yield few
                    return
            if any(one.name for one in self.looked.values()):
                yield self._names_first(streams.places(self._plans(lambda one: one.name), "popularity"))
                if any(one.begins != one.name for one in self.looked.values()):
                    yield streams.places(self._plans(lambda one: one.begins), "popularity")
        yield streams.places(self.plans(), "popularity")

    def _few(self) -> list[int] | None:
        """Return all models that match, in the order of the tiers, if they are few: the index is asked once for all."""
        looked, streams = self.looked.values(), self._reader.streams
        named = every_of(one.name for one in looked)
        begun = every_of(one.begins for one in looked)
        if any(text[0] != NAME for text in (*tokens_in(named), *tokens_in(begun))):
            return None  # What is more than a name must be asked of the index.
        few = streams.few(self.plans(), _FEW + 1)
        if len(few) > _FEW:
            return None
        names = self._reader.name_tokens(few)
        tiers: tuple[list[int], ...] = ([], [], [])
        for place in streams.by_popularity(few):
            tiers[_tier(names[place], named, begun)].append(place)
        return [*self._names_first(iter(tiers[0])), *chain(*tiers[1:])]

    def _of_this_name(self) -> list[int]:
        words = self._query.words
        if self.others or not words or any(letter.isspace() for letter in words):
            return []
        place = self._reader.place_of(words)
        self._is_name = place is not None
        return [] if place is None else [place]

    @cached_property
    def joined(self) -> list[int]:
        """The models whose name says a single word in parts: `phi4` of phi-4, `xlmroberta` of xlm-roberta.

        A word that many have as it is needs none.
        """
        if len(self.looked) != 1 or self._query.sort != "relevance":
            return []
        (only,) = self.looked
        text = only.parts[0].text.lower()
        if self.others or len(only.parts) > 1 or not _JOINED.fullmatch(text):
            return []
        cuts = [(text[:place], text[place:]) for place in range(3, len(text) - 2)]
        if any(letter.isdigit() for letter in text):
            cuts = [(text[: cut.start()], text[cut.start() :]) for cut in re.finditer(r"(?<=[a-z])(?=\d)", text)]
        counts = self._reader.vocabulary.counts(NAME + word for word in (text, *chain(*cuts)))
        known = [min(counts.get(NAME + left, 0), counts.get(NAME + right, 0)) for left, right in cuts]
        # Of two words that hardly a name has, none was joined.
        if counts.get(NAME + text, 0) >= _USUAL or max(known, default=0) < _KNOWN:
            return []
        parted = re.compile(rf"(?<![a-z0-9]){'[-_. ]?'.join(map(re.escape, text))}(?![a-z0-9])")
        places = self._reader.vocabulary.names_with(text, _MOST_JOINED, _MOST_READ)
        names = self._reader.names(places)
        found = [place for place in places if place in names and parted.search(names[place].lower())]
        return found if any(text not in names[place].lower() for place in found) else []

    def _names_first(self, places: Iterator[int]) -> Iterator[int]:
        """Yield models with all words in their name, in order, those of just this name before the others."""
        text = " ".join(word.text for one in self.looked for word in one.parts)
        if len(text.replace("-", " ").replace("_", " ").replace("/", " ").split()) < 2:
            # One word alone is a kind of model, not the name of a single one.
            yield from places
            return
        first = list(islice(places, _SAME_NAME))
        wanted, names = squashed(text), self._reader.names(first)
        same = {place: None for place in first if place in names and _is_called(names[place], wanted)}
        yield from same
        yield from (place for place in first if place not in same)
        yield from places

    def _guesses(self, found: bool) -> Iterator[int]:
        """Yield models that may be meant where hardly any match: parts of names, slips mended, some of the words."""
        guessed = False
        # Where several words found something together, none of them is a part of another.
        for place in self._with_fragments() if not found or len(self.looked) == 1 else ():
            guessed = True
            yield place
        if guessed:
            return
        mended = tuple(pair for one in self.looked.values() for pair in one.corrections)
        if mended:
            plans = self._plans(lambda one: one.corrected or one.direct)
            names = self._plans(lambda one: one.corrected or one.name)
            streams = self._reader.streams
            for place in chain(streams.places(names, "popularity"), streams.places(plans, "popularity")):
                self.corrections = mended
                yield place
        if not found and not self.corrections:
            for place in self._some_words() if len(self.looked) > 1 else self._of_another_owner():
                self.relaxed = True
                yield place

    def _of_another_owner(self) -> Iterator[int]:
        """Yield the models of a typed name without its owner: repositories move, and are copied."""
        (only,) = self.looked
        owner, _, name = only.parts[0].text.rpartition("/")
        if not owner or not (fragment := fragment_of(Words((Word(name),)))):
            return
        places = self._reader.vocabulary.names_with(fragment, _MOST_PLACES)
        names = self._reader.names(places)
        same = {place for place in places if place in names and squashed(names[place].rpartition("/")[2]) == fragment}
        plans = self._plans(lambda one: one.direct, only=set())
        for some in filter(None, (same, set(places) - same)):
            yield from self._reader.streams.among(sorted(some), plans)

    def _with_fragments(self) -> Iterator[int]:
        """Yield models whose name holds some of the words as a part of its own, and the other words whole."""
        rare = [one for one in self.looked if all(map(self._reader.vocabulary.is_rare, parts_of(one)))]
        fragments = {
            one: set(places)
            # Beside a word that hardly a model has, the others are what they are.
            for one in rare or self.looked
            if (fragment := fragment_of(one)) and (places := self._reader.vocabulary.names_with(fragment, _MOST_PLACES))
        }
        some = list(fragments)[:_MOST_FRAGMENTS]
        for chosen in (*((one,) for one in some), *((tuple(some),) if len(some) > 1 else ())):
            wanted = set.intersection(*(fragments[one] for one in chosen))
            rest = {one for one in self.looked if one not in chosen}
            if wanted:
                plans = self._plans(lambda one: one.direct, only=rest)
                yield from self._reader.streams.among(sorted(wanted), plans)

    def _some_words(self) -> Iterator[int]:
        """Yield models that match as many words as possible, those with the rarer words first."""
        streams = self._reader.streams
        counts = {one: self._count(one) for one in self.looked}
        known = sorted((one for one, number in counts.items() if number), key=lambda one: counts[one])[:6]
        for most in range(min(len(known), len(self.looked) - 1), 0, -1):
            chosen = sorted(combinations(known, most), key=lambda some: sum(counts[one] for one in some))
            for some in chosen[:10]:
                wanted = set(some)
                plans = self._plans(lambda one: one.wide, only=wanted)
                yield from islice(streams.places(plans, "popularity"), COUNT_LIMIT)

    def _count(self, words: Words) -> int:
        return self._reader.streams.count(self._plans(lambda one: one.wide, only={words}), _COUNTED)

    # --- plans ------------------------------------------------------------------------------------------

    def _plans(self, tier: _Tier, only: set[Words] | None = None) -> list[Plan]:
        """Return the plans with words looked for in one way; a word that this way cannot say is left out."""
        top = [
            _Ready(expression)
            for one, looked in self.looked.items()
            if (only is None or one in only) and (expression := tier(looked))
        ]
        parts: list[object] = [*top, *self.others]
        tree = None if not parts else parts[0] if len(parts) == 1 else All(tuple(parts))  # type: ignore[arg-type]
        return Planner(self._reader.vocabulary, self._leaf).plans(tree)  # type: ignore[arg-type]

    def _leaf(self, node: Node) -> Filter:
        if isinstance(node, _Ready):
            return Filter(node.expression)
        if isinstance(node, Word):
            if node not in self._inner:
                self._inner[node] = look_for(Words((node,)), self._reader.vocabulary)
            return Filter(self._inner[node].direct or token(EVERY))
        if isinstance(node, Phrase):
            return self._reader.filters.phrase(phrase_expression(node), phrase_parts(node))
        if isinstance(node, Is) and node.field == "base":
            # What was made from it says the name that it had then.
            values = (name for value in node.values for name in (self._reader.all_names(value) if value else (value,)))
            node = node._replace(values=tuple(dict.fromkeys(values)))
        assert isinstance(node, Is | Range | Missing | Has | Pair)  # noqa: S101 (the planner takes the others apart)
        return self._reader.filters.of(node, inferred=self._query.inferred)


def _tier(names: set[str], named: str, begun: str) -> int:
    """Return 0 for a model with all words in its name, 1 where one of them begins a longer one, 2 for any other."""
    if named and holds(named, names):
        return 0
    return 1 if begun and holds(begun, names) else 2


def _is_called(model_id: str, wanted: str) -> bool:
    """Whether a model's name, with or without its author, has just these letters and digits."""
    for name in (model_id.rpartition("/")[2], model_id):
        if len(name) >= len(wanted) and name[:1].lower() == wanted[:1] and squashed(name) == wanted:
            return True
    return False


def _exactly(node: Node) -> Node:
    """Return a part of a query whose unwanted words begin no longer ones: `-bert` is not about bertweet."""
    if isinstance(node, Not) and isinstance(node.part, Word):
        expression = unwanted(node.part)
        return Not(_Ready(expression)) if expression else _Ready(token(EVERY))  # type: ignore[arg-type, return-value]
    if isinstance(node, All | Either):
        return type(node)(tuple(_exactly(part) for part in node.parts))
    return node


def search(reader: CatalogueReader, query: Query) -> SearchResult:
    """Return the models that match a query, the best first.

    All words must match. Where hardly any model does, parts of names and mended slips follow (`corrections`), and where
    none does models that match some of the words (`relaxed`).

    Raises:
        QueryError: It has too many alternatives.

    """
    with reader.translated():
        asked = _Asked(reader, query)
        if asked.is_empty:
            return SearchResult(query, (), more=False)
        counts: dict[str, Any] = {}
        if query.facets:
            # First: what is counted is remembered where it is put in order too.
            from zukan.store.facets import facets_among, facets_of  # noqa: PLC0415 (most searches count nothing)

            found = facets_of(reader, query.tree, asked.plans())
            if asked.lists_more_than(found[0]):
                # What follows is less than what was asked for: all that is listed is counted.
                total, facets, sampled = facets_among(reader, list(islice(asked.places(), COUNT_LIMIT + 1)))
                found = asked.counted(total), facets, sampled
            counts = dict(zip(("total", "facets", "sampled"), found, strict=True))
        places = list(islice(asked.places(), query.offset, query.offset + query.limit + 1))
        return SearchResult(
            query,
            tuple(reader.hits(places[: query.limit])),
            more=len(places) > query.limit,
            relaxed=asked.relaxed,
            unknown_size=_unknown_sizes(reader, query),
            corrections=asked.corrections,
            **counts,
        )


def count(reader: CatalogueReader, query: Query) -> Counted:
    """Return how many models a search lists, to a limit where they must be counted."""
    from zukan.store.facets import counted, limited  # noqa: PLC0415

    with reader.translated():
        asked = _Asked(reader, query)
        if asked.is_empty:
            return Counted(0, exact=True)
        found = counted(reader, query.tree, asked.plans())
        if asked.lists_more_than(found):
            found = asked.counted(limited(sum(1 for _ in islice(asked.places(), COUNT_LIMIT + 1))))
        return found


def popular(
    reader: CatalogueReader,
    parts: Iterable[Node | None],
    limit: int,
    *,
    inferred: bool = False,
    named: Iterable[str] = (),
) -> list[int]:
    """Return the places of the most popular models that match all parts of a query, to the octave of popularity.

    Where words are `named`, one of them stands in the name; several with spaces between them all do.
    """
    names = any_of(every_of(token(NAME + word) for word in words.split()) for words in named)
    with reader.translated():
        tree = all_of((*parts, _Ready(names)) if names else parts)  # type: ignore[arg-type]
        asked = _Asked(reader, Query(tree=tree, inferred=inferred))
        return [] if asked.is_empty else reader.streams.few(asked.plans(), limit)


def number_of(reader: CatalogueReader, parts: Iterable[Node | None], most: int) -> int:
    """Return how many models match all parts of a query, at most so many."""
    with reader.translated():
        asked = _Asked(reader, Query(tree=all_of(parts)))
        return 0 if asked.is_empty else reader.streams.count(asked.plans(), most)


def _unknown_sizes(reader: CatalogueReader, query: Query) -> int:
    """Return how many models the size bounds left out only because their size is not known."""
    parts = query.tree.parts if isinstance(query.tree, All) else (query.tree,)
    if not any(isinstance(part, Range) and part.field == "params" for part in parts):
        return 0
    from zukan.store.facets import unsized  # noqa: PLC0415 (most searches bound no size)

    kept = [part for part in parts if part and not (isinstance(part, Range) and part.field == "params")]
    rest = all_of(kept)
    counted_before = unsized(reader, rest, _Asked(reader, query._replace(tree=rest)).plans())
    if counted_before is not None:
        return min(counted_before, UNSIZED_LIMIT)
    asked = _Asked(reader, query._replace(tree=All((*kept, Missing("params")))))
    return reader.streams.count(asked.plans(), UNSIZED_LIMIT)
