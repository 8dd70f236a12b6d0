"""Names filters that no model fulfils: a value that anybody may make up, with the nearest, or days after the newest."""

from __future__ import annotations

from difflib import SequenceMatcher, get_close_matches

from zukan.asked import Asked
from zukan.lookup import nearest_names
from zukan.query_tree import All, Is, Node, Range
from zukan.schema import Query, Unmatched
from zukan.store.filters import KINDS, living
from zukan.store.read import CatalogueReader
from zukan.store.tokens import AUTHOR, CREATED_MONTH, MODIFIED_MONTH, facet, plain, value

_NAMED = ("library", "license", "type", "author", "base", "tag")
"""Fields whose values anybody may make up: nobody refuses them as wrong."""
_MONTHS = {"created": CREATED_MONTH, "modified": MODIFIED_MONTH}
_LIKE = 0.6
_BEGUN = 3
"""Authors are looked for among those whose names begin with so many of the same letters: there are very many."""
_LONGEST = 80
_MOST_BASES = 5


def unmatched(reader: CatalogueReader, query: Query) -> tuple[Unmatched, ...]:
    """Return those of a search that found nothing which no model fulfils, whatever else was asked for.

    Of values only single ones are looked at; the nearest is one that models had when they were counted last.
    """
    parts = query.tree.parts if isinstance(query.tree, All) else (query.tree,)
    found = [_of_value(reader, part) for part in parts if isinstance(part, Is) and part.field in _NAMED]
    found += [_of_day(reader, part) for part in parts if isinstance(part, Range) and part.field in _MONTHS]
    return tuple(one for one in found if one is not None)


def _of_value(reader: CatalogueReader, part: Is) -> Unmatched | None:
    if len(part.values) != 1 or not (wanted := part.values[0]) or _is_fulfilled(reader, part):
        return None
    if part.field == "tag":
        return Unmatched(part.field, wanted, None)
    if part.field == "base":
        likely = [*reader.named(wanted, _MOST_BASES), *nearest_names(reader, wanted)]
        made = (name for name in likely if _is_fulfilled(reader, Is("base", (name,))))
        return Unmatched(part.field, wanted, next(made, None))
    start = facet(KINDS[part.field], None)
    among = start + (value(wanted[:_BEGUN]) if KINDS[part.field] == AUTHOR else "")
    known = {plain(text.removeprefix(start)): models for text, models in reader.vocabulary.values(among)}
    known.pop("", None)
    near = get_close_matches(wanted.lower()[:_LONGEST], known, n=5, cutoff=_LIKE)
    likeness = {name: SequenceMatcher(None, name, wanted.lower()).ratio() for name in near}
    return Unmatched(part.field, wanted, max(near, key=lambda name: (likeness[name], known[name]), default=None))


def _of_day(reader: CatalogueReader, part: Range) -> Unmatched | None:
    start = facet(_MONTHS[part.field], None)
    months = [plain(text.removeprefix(start)) for text in living(reader.vocabulary, _MONTHS[part.field])]
    newest = max(months, default=None)
    if not isinstance(part.low, str) or newest is None or part.low[: len(newest)] <= newest:
        return None
    return Unmatched(part.field, part.low, newest)


def _is_fulfilled(reader: CatalogueReader, part: Node) -> bool:
    return bool(reader.streams.count(Asked(reader, Query(tree=part)).plans(), 1))
