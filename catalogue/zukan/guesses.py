"""Finds models that may be meant where hardly any match: parts of names, slips mended, other owners, fewer words."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, combinations, islice

from zukan.asked import Asked
from zukan.query_tree import Word
from zukan.store.streams import COUNT_LIMIT
from zukan.store.tokens import FACET, NAME, TASK
from zukan.store.wording import squashed
from zukan.typed_words import Words
from zukan.word_search import fragment_of, parts_of

_MOST_PLACES, _MOST_FRAGMENTS = 200, 3
_FREQUENT = 5_000
"""A word in the names of so many models is whole."""
_COUNTED = 2_000
"""A word of more models is as frequent as any, where some words are left out."""


class Guesses:
    """What may be meant by one query."""

    def __init__(self, asked: Asked) -> None:
        """Take the query."""
        self._asked = asked
        self.corrections: tuple[tuple[str, str], ...] = ()
        """(typed, taken for) of the slips that were mended."""
        self.relaxed = False
        """Whether some of the words were left out."""

    def places(self, *, found: bool) -> Iterator[int]:
        """Yield the places of models that may be meant, the likelier first; less where some were `found`."""
        asked = self._asked
        guessed = False
        # Where several words found something together, none of them is a part of another.
        for place in self._with_fragments() if not found or len(asked.looked) == 1 else ():
            guessed = True
            yield place
        if guessed:
            return
        mended = tuple(pair for one in asked.looked.values() for pair in one.corrections)
        if mended:
            plans = asked.by(lambda one: one.corrected or one.direct)
            names = asked.by(lambda one: one.corrected or one.name)
            streams = asked.reader.streams
            for place in chain(streams.places(names, "popularity"), streams.places(plans, "popularity")):
                self.corrections = mended
                yield place
        if not found and not self.corrections:
            for place in self._some_words() if len(asked.looked) > 1 else self._of_another_owner():
                self.relaxed = True
                yield place

    def _of_another_owner(self) -> Iterator[int]:
        """Yield the models of a typed name without its owner: repositories move, and are copied."""
        reader = self._asked.reader
        (only,) = self._asked.looked
        owner, _, name = only.parts[0].text.rpartition("/")
        if not owner or not (fragment := fragment_of(Words((Word(name),)))):
            return
        places = reader.vocabulary.names_with(fragment, _MOST_PLACES)
        names = reader.names(places)
        same = {place for place in places if place in names and squashed(names[place].rpartition("/")[2]) == fragment}
        plans = self._asked.by(lambda one: one.direct, only=set())
        for some in filter(None, (same, set(places) - same)):
            yield from reader.streams.among(sorted(some), plans)

    def _with_fragments(self) -> Iterator[int]:
        """Yield models whose name holds some of the words as a part of its own, and the other words whole."""
        looked, vocabulary = self._asked.looked, self._asked.reader.vocabulary
        rare = [one for one in looked if all(map(vocabulary.is_rare, parts_of(one)))]
        chosen_from = rare or [
            one for one in looked if all(vocabulary.count(NAME + part) < _FREQUENT for part in parts_of(one))
        ]
        fragments = {
            one: set(places)
            # Beside a word that hardly a model has, or fewer than others, the others are what they are.
            for one in chosen_from or looked
            if (fragment := fragment_of(one)) and (places := vocabulary.names_with(fragment, _MOST_PLACES))
        }
        some = list(fragments)[:_MOST_FRAGMENTS]
        for chosen in (*((one,) for one in some), *((tuple(some),) if len(some) > 1 else ())):
            wanted = set.intersection(*(fragments[one] for one in chosen))
            rest = {one for one in looked if one not in chosen}
            if wanted:
                plans = self._asked.by(lambda one: one.direct, only=rest)
                yield from self._asked.reader.streams.among(sorted(wanted), plans)

    def _some_words(self) -> Iterator[int]:
        """Yield models that match as many words as possible, those with the rarer words first.

        Of a single word those that have it in their name.
        """
        looked, streams = self._asked.looked, self._asked.reader.streams
        counts = {one: self._count(one) for one in looked}
        known = sorted((one for one, number in counts.items() if number), key=lambda one: counts[one])[:6]
        vague = {one for one in known if self._is_vague(one)}
        for most in range(min(len(known), len(looked) - 1), 0, -1):
            chosen = sorted(
                combinations(known, most),
                key=lambda some: (len(vague.intersection(some)), sum(counts[one] for one in some)),
            )
            for some in chosen[:10]:
                # Of several words all names that have them take long to find, and they are mostly the first anyhow.
                if most == 1 and looked[some[0]].name:
                    names = self._asked.by(lambda one: one.name, only=set(some))
                    yield from islice(streams.places(names, "popularity"), COUNT_LIMIT)
                plans = self._asked.by(lambda one: one.wide, only=set(some))
                yield from islice(streams.places(plans, "popularity"), COUNT_LIMIT)

    def _is_vague(self, words: Words) -> bool:
        """Whether a word is only understood to be about some task: the 関西弁 of 関西弁 音声認識."""
        if words.meaning or all(word.text.isascii() for word in words.parts):
            return False
        return FACET + TASK in self._asked.looked[words].direct

    def _count(self, words: Words) -> int:
        return self._asked.reader.streams.count(self._asked.by(lambda one: one.wide, only={words}), _COUNTED)
