"""Finds models that bear the name of a far better liked one of another author: copies of it, which nobody should be
led to, least of all where the original was left out for its size or because its authors must grant access.
"""

from __future__ import annotations

from collections.abc import Sequence

from zukan.judged import Judged
from zukan.schema import Prospect
from zukan.search import popular
from zukan.store.memory import MOST, ORIGINALS
from zukan.store.read import CatalogueReader
from zukan.store.tokens import NAME
from zukan.store.wording import squashed, words_of

MIRROR = "copy of another author's model"
_MOST_LIKES, _TIMES = 10, 20
"""A model with at most so many likes is a copy where another of its name has so many times as many."""
_LOOKED_AT = 15
"""So many of the best that are none are looked for."""
_OF_NAME = 20
_RAREST = 3
"""By so many of the words of a name, the rarest, its other bearers are looked for: each common word costs as much as
all rare ones."""


def without_mirrors(reader: CatalogueReader, ranked: Sequence[Judged]) -> list[Judged]:
    """Return models, the best first, without those of the best that are copies of others."""
    kept: list[Judged] = []
    for place, one in enumerate(ranked):
        if len(kept) == _LOOKED_AT:
            return [*kept, *ranked[place:]]
        if original(reader, one.model) is None:
            kept.append(one)
    return kept


def original(reader: CatalogueReader, model: Prospect) -> str | None:
    """Return the id of the model that a hardly liked one bears the name of, with or without its author; else None.

    A name without a number is one that several give to different models: `sentiment-classifier`.
    """
    name, likes = model.model_id.rpartition("/")[2], model.likes or 0
    if likes > _MOST_LIKES or not any(map(str.isdigit, name)):
        return None
    # The same models come again and again, and a name of common words takes milliseconds.
    return reader.vocabulary.memory.one(ORIGINALS, model.model_id, lambda: _original(reader, model, name, likes), MOST)


def _original(reader: CatalogueReader, model: Prospect, name: str, likes: int) -> str | None:
    own = squashed(name)
    words = {NAME + word: word for word in words_of(name)}
    counts = reader.vocabulary.counts(words)
    rarest = [words[text] for text in sorted(words, key=lambda text: counts.get(text, 0))[:_RAREST]]
    places = popular(reader, (), _OF_NAME, named=(" ".join(rarest),))
    known = reader.names(places)
    alike = [place for place in places if place in known and _is_named(known[place], own)]
    for other in reader.prospects(alike):
        if other.author != model.author and (other.likes or 0) >= _TIMES * (1 + likes):
            return other.model_id
    return None


def _is_named(model_id: str, own: str) -> bool:
    """Whether a model's name, with or without its author, is this one but for case and signs."""
    return own in (squashed(model_id.rpartition("/")[2]), squashed(model_id))
