"""Answers a `Query`, the best first: the model of this name, words in the name, what they mean, words anywhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import islice
from typing import Any

from zukan.asked import Asked, Ready
from zukan.guesses import Guesses
from zukan.joined import MOST, joined
from zukan.query import all_of
from zukan.query_tree import All, Missing, Node, Range
from zukan.schema import UNSIZED_LIMIT, Counted, Query, SearchResult, Unmatched
from zukan.store.expressions import any_of, every_of, holds, token, tokens_in
from zukan.store.memory import POPULAR
from zukan.store.read import CatalogueReader
from zukan.store.shelf import MOST_POPULAR
from zukan.store.streams import COUNT_LIMIT
from zukan.store.tokens import NAME
from zukan.store.wording import squashed
from zukan.understood_words import Together, together
from zukan.word_search import author_of, made_by

_ENOUGH = 5
"""With so many models that match, nothing is guessed."""
_FEW = 60
"""So many models that match are put in order here, without asking the index for each tier."""
_LISTED = 500
"""So many of what is not all that was asked for are counted where facets are wanted."""
_SAME_NAME = 100
"""Among so many of the most popular with all words in their name, those of exactly this name come first."""


class Answer(Asked):
    """The models of one query in order, tier by tier."""

    def __init__(self, reader: CatalogueReader, query: Query) -> None:
        super().__init__(reader, query)
        self.guesses = Guesses(self)
        self.are_many = False
        """Whether more match than could be put in order here: known once they were counted."""
        self.meant: str | None = None
        """The task that the words mean together, if models for it were listed for that."""

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
        order = "popularity" if self.query.sort == "relevance" else self.query.sort
        if len(seen) < _ENOUGH and not self._is_id and self._hardly_any_has_them:
            if any(one.wide != one.direct for one in self.looked.values()):
                yield from new(self.reader.streams.places(self.by(lambda one: one.wide), order))
            if len(seen) < _ENOUGH and self.together and not self._is_name:
                yield from new(self._models_for(self.together.wide))
        if len(seen) < _ENOUGH and self.looked and not self._is_name:
            yield from new(self.guesses.places(found=bool(seen)))

    def lists_more_than(self, found: Counted) -> bool:
        """Whether more may be listed than match every word: parts of names, slips mended, what the words mean."""
        if not self.looked:
            return False
        if self._is_id:
            return True
        return found.number < _ENOUGH or (found.exact and bool(self.joined)) or self._is_told_by_no_name

    def counted(self, found: Counted) -> Counted:
        """Return a count of what is listed as one of what there is: of names in parts no more than some are."""
        return found._replace(exact=found.exact and len(self.joined) < MOST)

    def _tiers(self) -> Iterator[Iterable[int]]:
        sort, streams = self.query.sort, self.reader.streams
        if sort != "relevance":
            bounds = [part for part in self.others if isinstance(part, Range) and part.field == sort]
            yield streams.places(self.plans(), sort, bounds)
            return
        if self.looked:
            yield self._of_this_name
            if all(one.task for one in self.looked.values()):
                # Whoever types the id of a task means it, whatever words of it others have in their names.
                yield streams.places(self.by(lambda one: one.task), "popularity")
            if self._is_id:
                # Who types a whole id means that model, or copies of it.
                yield streams.places(self.by(lambda one: one.name), "popularity")
                return
            if len(self.looked) + len(self.others) > 1:
                few = self._few()
                if few is not None:
                    named, others = few
                    yield named
                    yield self._meant()
                    yield others
                    return
            if any(one.name for one in self.looked.values()):
                if self.chosen_names:
                    yield streams.places(self.by(lambda one: one.name, also=self.chosen_names), "popularity")
                yield self._names_first(self._with_joined(streams.places(self.by(lambda one: one.name), "popularity")))
                if any(one.begins != one.name for one in self.looked.values()):
                    yield streams.places(self.by(lambda one: one.begins), "popularity")
            else:
                yield self.joined
            yield self._meant()
        elif self.chosen_names:
            yield streams.places(self.planned((self.chosen_names,)), "popularity")
        yield streams.places(self.plans(), "popularity")

    def _few(self) -> tuple[list[int], list[int]] | None:
        """Return all models that match, in order, if they are few: the index is asked once for all.

        Returns:
            Those with all words in their name, and the others.

        """
        if self.are_many:
            return None
        looked, streams = self.looked.values(), self.reader.streams
        named = every_of((*(one.name for one in looked), self.chosen_names))
        begun = every_of(one.begins for one in looked)
        if any(text[0] != NAME for text in (*tokens_in(named), *tokens_in(begun))):
            return None  # What is more than a name must be asked of the index.
        few = streams.few(self.plans(), _FEW + 1)
        if len(few) > _FEW:
            return None
        names = self.reader.name_tokens(few)
        tiers: tuple[list[int], ...] = ([], [], [])
        for place in streams.by_popularity(few):
            tiers[_tier(names[place], named, begun)].append(place)
        return [*self._names_first(self._with_joined(tiers[0])), *tiers[1]], tiers[2]

    def _with_joined(self, places: Iterable[int]) -> Iterator[int]:
        """Yield places of names that have all words, and among the first those that say them in other parts."""
        rest = iter(places)
        if self.joined:
            first = islice(rest, _SAME_NAME)
            yield from self.reader.streams.by_popularity({*first, *self.joined})
        yield from rest

    @cached_property
    def _of_this_name(self) -> list[int]:
        words = self.query.words
        if self.others or not words or any(letter.isspace() for letter in words):
            return []
        place = self.reader.place_of(words)
        return [] if place is None else [place]

    @property
    def _is_name(self) -> bool:
        """Whether just the name of a model was typed."""
        return bool(self._of_this_name)

    @property
    def may_be_slips(self) -> bool:
        """Whether words were typed that are no name of a model."""
        return bool(self.looked) and not self._is_name and "/" not in self.text

    @property
    def heard(self) -> tuple[tuple[str, str], ...]:
        """(typed in katakana, the words of names that it is taken for)."""
        return tuple(pair for one in self.looked.values() for pair in one.heard)

    @property
    def _is_id(self) -> bool:
        """Whether the whole id of a model was typed."""
        return self._is_name and "/" in self.query.words and all(one.name for one in self.looked.values())

    @cached_property
    def joined(self) -> list[int]:
        """The models whose name says the words in other parts."""
        return joined(self)

    @cached_property
    def together(self) -> Together | None:
        """What several words mean together: "fix grammar"."""
        if self.query.sort != "relevance" or sum(len(one.parts) for one in self.looked) < 2:
            return None
        found = together(self.text, self.reader.vocabulary)
        if found is None:
            return None
        made = [made_by(author) for words in self.looked if (author := author_of(words))]
        # りんな 音声, rinna 音声, llm-jp 13b: what somebody else has made is none of it.
        expressions = tuple(every_of((one, *made)) for one in found.expressions)
        return found._replace(expressions=expressions, wide=every_of((found.wide, *made)))

    # What the words mean together is listed for what they are alone: a facet leads to as many models as it says.

    @property
    def wishes(self) -> bool:
        """Whether words that mean something together ask for what only a recommendation weighs."""
        return self.meant is not None and self.together is not None and self.together.wishes

    @cached_property
    def _hardly_any_has_them(self) -> bool:
        """Whether hardly any model has all of the words."""
        words = self.planned((one.direct for one in self.looked.values()), alone=True)
        return self.reader.streams.count(words, _ENOUGH) < _ENOUGH

    @cached_property
    def _is_told_by_no_name(self) -> bool:
        """Whether no name has all of several words, which mean something together."""
        if self.joined or sum(len(one.parts) for one in self.looked) < 2:
            return False
        # Whoever types the id of a task asks for it; no name need have it.
        expressions = (one.task or one.begins or one.name or one.direct for one in self.looked.values())
        names = self.planned(expressions, alone=True)
        return not self.reader.streams.count(names, 1) and self.together is not None and self.together.is_sure

    def _meant(self) -> Iterator[int]:
        return self._models_for(*self.together.expressions) if self.together and self._is_told_by_no_name else iter(())

    def _models_for(self, *expressions: str) -> Iterator[int]:
        for expression in expressions:
            for place in self.reader.streams.places(self.planned((expression,)), "popularity"):
                self.meant = self.together.task if self.together else None
                yield place

    def _names_first(self, places: Iterator[int]) -> Iterator[int]:
        """Yield models with all words in their name, in order, those of just this name before the others."""
        if len(self.text.replace("-", " ").replace("_", " ").replace("/", " ").split()) < 2:
            # One word alone is a kind of model, not the name of a single one.
            yield from places
            return
        first = list(islice(places, _SAME_NAME))
        wanted, names = squashed(self.text), self.reader.names(first)
        same = {place: None for place in first if place in names and _is_called(names[place], wanted)}
        yield from same
        yield from (place for place in first if place not in same)
        yield from places


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


def search(reader: CatalogueReader, query: Query) -> SearchResult:
    """Return the models that match a query, the best first.

    All words must match. Where no name has them all, models for the task that they mean together (`meant`) come before
    those that have the words elsewhere. Where hardly any model does, parts of names and mended slips follow
    (`corrections`), and where none does models that match some of the words (`relaxed`).

    Raises:
        QueryError: It has too many alternatives.

    """
    with reader.translated():
        asked = Answer(reader, query)
        if asked.is_empty:
            return SearchResult(query, (), more=False)
        counts: dict[str, Any] = {}
        listed: list[int] | None = None
        if query.facets:
            from zukan.store.facets import facets_among, facets_of, total_of  # noqa: PLC0415 (most count nothing)

            plans = asked.plans()
            number = total_of(reader, query.tree, plans)
            asked.are_many = not number.exact
            if asked.lists_more_than(number):
                # What follows is less than what was asked for: all that is listed is counted.
                listed = list(islice(asked.places(), _LISTED + 1))
                total, facets, sampled = facets_among(reader, listed, whole=len(listed) <= _LISTED)
                found = asked.counted(total), facets, sampled
            else:
                found = facets_of(reader, query.tree, plans)
            counts = dict(zip(("total", "facets", "sampled"), found, strict=True))
        end = query.offset + query.limit + 1
        if listed is None or len(listed) > _LISTED:
            places = list(islice(asked.places(), query.offset, end))
        else:
            places = listed[query.offset : end]
        return SearchResult(
            query,
            tuple(reader.hits(places[: query.limit])),
            more=len(places) > query.limit,
            relaxed=asked.guesses.relaxed,
            unknown_size=_unknown_sizes(reader, query),
            corrections=(corrections := asked.guesses.corrections or asked.heard),
            suggestion=None if corrections or query.offset or not places else _suggestion(asked),
            unmatched=() if places or query.offset or not asked.others else _unmatched(reader, query),
            meant=asked.meant,
            wishes=asked.wishes,
            **counts,
        )


def _unmatched(reader: CatalogueReader, query: Query) -> tuple[Unmatched, ...]:
    from zukan.unmatched import unmatched  # noqa: PLC0415 (most searches find something)

    return unmatched(reader, query)


def _suggestion(asked: Answer) -> str | None:
    if asked.guesses.relaxed or not asked.may_be_slips:
        return None
    from zukan.likely_slips import mended  # noqa: PLC0415 (most words are known)

    return mended(asked)


def count(reader: CatalogueReader, query: Query) -> Counted:
    """Return how many models a search lists, to a limit where they must be counted."""
    from zukan.store.facets import counted, limited  # noqa: PLC0415

    with reader.translated():
        asked = Answer(reader, query)
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
        tree = all_of((*parts, Ready(names)) if names else parts)  # type: ignore[arg-type]
        # Other wishes for the same task, a larger machine, ask for the same models again. As text: trees of different
        # kinds of parts may be equal.
        key = f"{limit} {inferred} {tree!r}"
        query = Query(tree=tree, inferred=inferred)
        return list(reader.vocabulary.memory.one(POPULAR, key, lambda: _popular(reader, query, limit), MOST_POPULAR))


def _popular(reader: CatalogueReader, query: Query, limit: int) -> tuple[int, ...]:
    asked = Asked(reader, query)
    return () if asked.is_empty else tuple(reader.streams.few(asked.plans(), limit))


def number_of(reader: CatalogueReader, parts: Iterable[Node | None], most: int) -> int:
    """Return how many models match all parts of a query, at most so many."""
    with reader.translated():
        asked = Asked(reader, Query(tree=all_of(parts)))
        return 0 if asked.is_empty else reader.streams.count(asked.plans(), most)


def _unknown_sizes(reader: CatalogueReader, query: Query) -> int:
    """Return how many models the size bounds left out only because their size is not known."""
    parts = query.tree.parts if isinstance(query.tree, All) else (query.tree,)
    if not any(isinstance(part, Range) and part.field == "params" for part in parts):
        return 0
    from zukan.store.facets import unsized  # noqa: PLC0415 (most searches bound no size)

    kept = [part for part in parts if part and not (isinstance(part, Range) and part.field == "params")]
    rest = all_of(kept)
    counted_before = unsized(reader, rest, Asked(reader, query._replace(tree=rest)).plans())
    if counted_before is not None:
        return min(counted_before, UNSIZED_LIMIT)
    asked = Asked(reader, query._replace(tree=All((*kept, Missing("params")))))
    return reader.streams.count(asked.plans(), UNSIZED_LIMIT)
