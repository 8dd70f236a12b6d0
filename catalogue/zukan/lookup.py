"""Finds the one model that a name means: its id, a former id, its name without the author; or the nearest names."""

from __future__ import annotations

from collections.abc import Sequence

from zukan.errors import UnknownModel
from zukan.organisations import organisations
from zukan.query import plain_name
from zukan.schema import Hit
from zukan.store.places import popularity
from zukan.store.read import CatalogueReader
from zukan.store.wording import squashed, words_of

_NEAR = 0.75
"""How alike two names must be to be taken for a slip of the fingers."""
_TELLING, _VERY_NEAR = 8, 0.9
"""A shorter name, said with its author, must be more alike to that of somebody else's model."""
_BY_FAR = 100
"""Times as popular, by downloads and likes, as any other of its name."""


def find_model(reader: CatalogueReader, name: str) -> Hit:
    """Return the model called `name`: its id, a former id, or its name without the author.

    Of several with that name the one is meant that is by far the most popular: the others are mostly copies of it.

    Raises:
        UnknownModel: None has, or several that may be meant; with the nearest names.

    """
    name = plain_name(name.strip()).rstrip("/")
    if found := reader.get(name):
        return found
    if "/" not in name:
        same = reader.named(name)
        if found := _by_far_the_most_popular(reader, same):
            return found
        if same:
            raise UnknownModel(name, same)
    raise UnknownModel(name, nearest_names(reader, name))


def _by_far_the_most_popular(reader: CatalogueReader, names: Sequence[str]) -> Hit | None:
    known = reader.get_many(names)
    hits = [known[name] for name in names if name in known]
    if not hits:
        return None
    scores = [popularity(hit.record.downloads, hit.record.likes) for hit in hits]
    best = scores.index(max(scores))
    others = scores[:best] + scores[best + 1 :]
    return hits[best] if scores[best] >= _BY_FAR * max(others, default=0) else None


def nearest_names(reader: CatalogueReader, name: str, limit: int = 3) -> list[str]:
    """Return catalogue ids that look like `name`, nearest first; its author's with all its words before others."""
    wanted = name.lower()
    author, _, short = wanted.rpartition("/")
    said = words_of(short)
    if said and (author or len(said) == 1):
        # The name of a kind of model: its best known ones are meant, rather than others of nearly that name. Who says
        # an author may say who they are, and not what they call themselves: meta/llama.
        for owner in dict.fromkeys((author, *organisations().get(author, author).split("|"))):
            places = reader.with_name_words(said, limit, owner)
            names = reader.names(places)
            if found := [names[place] for place in places if place in names]:
                return found
    if author and len(squashed(short)) >= _TELLING and (same := reader.named(short, limit)):
        return same  # of other owners: repositories move, and are copied
    pool = dict.fromkeys(candidate for fragment in _fragments(short) for candidate in reader.names_like(fragment))
    scored = sorted(
        ((_likeness(wanted, short, candidate.lower()), -place, candidate) for place, candidate in enumerate(pool)),
        reverse=True,
    )
    return [candidate for score, _, candidate in scored[:limit] if score]


def _fragments(short: str) -> Sequence[str]:
    """Return the parts of a name that a model of nearly this name has."""
    pieces = sorted(
        {piece for piece in "".join(c if c.isalnum() else " " for c in short).split() if len(piece) > 2}, key=len
    )
    whole = squashed(short)
    half = len(whole) // 2
    return [part for part in (whole, *pieces[::-1][:2], whole[:4], whole[:half], whole[half:]) if len(part) > 2]


def _likeness(wanted: str, short: str, candidate: str) -> float:
    from difflib import SequenceMatcher  # noqa: PLC0415 (only for names that do not exist)

    other = candidate.rpartition("/")[2]
    matcher = SequenceMatcher(None, short, other)
    if matcher.real_quick_ratio() < _NEAR or (ratio := matcher.ratio()) < _NEAR:
        return 0.0
    if "/" not in wanted:
        return ratio
    whole = SequenceMatcher(None, wanted, candidate).ratio()
    by_chance = len(short) < _TELLING and ratio < _VERY_NEAR and squashed(short) != squashed(other)
    return 0.0 if by_chance and whole < _NEAR else ratio + 0.3 * whole
