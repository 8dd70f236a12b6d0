"""Finds the one model that a name means: its id, a former id, its name without the author; or the nearest names."""

from __future__ import annotations

from collections.abc import Sequence

from zukan.errors import UnknownModel
from zukan.query import plain_name
from zukan.schema import Hit
from zukan.store.read import CatalogueReader
from zukan.store.wording import squashed, words_of

_NEAR = 0.75
"""How alike two names must be to be taken for a slip of the fingers."""


def find_model(reader: CatalogueReader, name: str) -> Hit:
    """Return the model called `name`: its id, a former id, or its name without the author if only one has it.

    Raises:
        UnknownModel: None has; with the nearest names.

    """
    name = plain_name(name.strip()).rstrip("/")
    if found := reader.get(name):
        return found
    if "/" not in name:
        same = reader.named(name)
        if len(same) == 1 and (found := reader.get(same[0])):
            return found
        if same:
            raise UnknownModel(name, same)
    raise UnknownModel(name, nearest_names(reader, name))


def nearest_names(reader: CatalogueReader, name: str, limit: int = 3) -> list[str]:
    """Return catalogue ids that look like `name`, nearest first."""
    wanted = name.lower()
    short = wanted.rpartition("/")[2]
    if "/" not in name and len(said := words_of(name)) == 1 and (places := reader.with_name_word(said[0], limit)):
        # The name of a kind of model: its best known ones are meant, rather than others of nearly that name.
        names = reader.names(places)
        return [names[place] for place in places if place in names]
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

    matcher = SequenceMatcher(None, short, candidate.rpartition("/")[2])
    if matcher.real_quick_ratio() < _NEAR or (ratio := matcher.ratio()) < _NEAR:
        return 0.0
    return ratio + (0.3 * SequenceMatcher(None, wanted, candidate).ratio() if "/" in wanted else 0.0)
