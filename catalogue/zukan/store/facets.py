"""Counts the values of the filters among the models of a search: read off the kept counts, or over the best matches."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from zukan.query_tree import Is, Node
from zukan.schema import Counted, Facet
from zukan.store.expressions import token, tokens_in
from zukan.store.filters import KINDS
from zukan.store.planner import Plan
from zukan.store.rows import listed
from zukan.store.streams import COUNT_LIMIT
from zukan.store.tokens import (
    ANY_LANGUAGE,
    CREATED_YEAR,
    EVERY,
    FAMILY,
    GATED,
    LANGUAGE,
    LIBRARY,
    LICENSE,
    PAIR,
    PAIRED,
    SIZE,
    SIZE_EDGES,
    TASK,
    facet,
    pairs_of,
    plain,
)

if TYPE_CHECKING:
    from zukan.store.read import CatalogueReader

FACETS = {
    "task": TASK, "family": FAMILY, "language": LANGUAGE, "license": LICENSE, "library": LIBRARY, "size": SIZE,
    "gated": GATED, "year": CREATED_YEAR,
}  # fmt: skip
NONE = "none"
SIZES = (
    ("<100M", "04"), ("100M-500M", "09"), ("500M-1B", "11"), ("1B-3B", "14"), ("3B-8B", "19"), ("8B-15B", "23"),
    ("15B-40B", "26"), ("40B-100B", "28"), (">=100B", "99"),
)  # fmt: skip
"""Bands as people see them, and the first band of the index that lies beyond each."""
_GATED = {"false": "no", NONE: NONE}
"""How a query says who may fetch a model; every other value is a way of asking its authors."""
SAMPLE = 500
_FEWEST = 20
"""Where fewer are seen among the most popular, all are looked for."""
_MOST_VALUES = 50
_ORDERED = ("size", "year")
_YEARS = [sum(366 if y % 4 == 0 else 365 for y in range(1970, year)) * 86_400_000 for year in range(1970, 2100)]
"""When the years begin, in milliseconds; no year from 1970 to 2099 is an exception to the fourth being a leap year."""


def counted(reader: CatalogueReader, tree: Node | None, plans: Sequence[Plan]) -> Counted:
    """Return how many models a search finds: from the kept counts where it is one filter, else counted to a limit."""
    kept = _kept_count(reader, _single(tree, plans)) or _kept_count_of_pair(reader, plans)
    return kept or limited(reader.streams.count(plans, COUNT_LIMIT + 1))


def total_of(reader: CatalogueReader, tree: Node | None, plans: Sequence[Plan]) -> Counted:
    """Return how many models a search finds, where its facets are wanted too: no further than these are counted."""
    if kept := _kept_count(reader, _single(tree, plans)) or _kept_count_of_pair(reader, plans):
        return kept
    places, whole = _seen(reader, plans)
    return limited(len(places), whole=whole)


def facets_of(
    reader: CatalogueReader, tree: Node | None, plans: Sequence[Plan]
) -> tuple[Counted, tuple[Facet, ...], int | None]:
    """Return what a search finds in numbers.

    Returns:
        How many models, the facets, and over how many of the most popular models these were counted (None = all).

    """
    single = _single(tree, plans)
    if single and (total := _kept_count(reader, single)):
        # Who may fetch a model has no token together with other filters.
        kept = [(name, kind) for name, kind in FACETS.items() if kind in PAIRED or single[0] is None]
        return total, tuple(_kept_facet(reader, *single, name, kind) for name, kind in kept), None
    if total := _kept_count_of_pair(reader, plans):
        _, facets, sampled = facets_among(reader, reader.streams.few(plans, SAMPLE), whole=False)
        return total, facets, sampled
    places, whole = _seen(reader, plans)
    return facets_among(reader, places, whole=whole)


def _seen(reader: CatalogueReader, plans: Sequence[Plan]) -> tuple[list[int], bool]:
    """Return the places of the models that are counted, and whether these are all that match or more than the limit."""
    # In the order of the index: the octave of popularity counts, within the last one none is sorted.
    if len(plans) == 1 and not plans[0].where and (edge := reader.horizon.of(plans[0].match)) is not None:
        found = reader.vocabulary.memory.answer(
            ("seen", plans[0].match), lambda: reader.streams.before(plans[0], edge, COUNT_LIMIT + 1)
        )
        if len(found) > _FEWEST:
            return found, len(found) > COUNT_LIMIT
    return reader.streams.few(plans, COUNT_LIMIT + 1), True


def facets_among(
    reader: CatalogueReader, places: Sequence[int], *, whole: bool = True
) -> tuple[Counted, tuple[Facet, ...], int | None]:
    """Return what the models at some places come to in numbers, see `facets_of`; `whole`: they are all that match."""
    counted_ = places[:SAMPLE]
    found = _read(reader, counted_)
    facets = tuple(_facet(name, found[name]) for name in FACETS)
    sampled = len(counted_) if len(places) > SAMPLE or not whole else None
    return limited(len(places), whole=whole), facets, sampled


def unsized(reader: CatalogueReader, tree: Node | None, plans: Sequence[Plan]) -> int | None:
    """Return how many models of a search have no known size, from the kept counts; None where they do not say."""
    single = _single(tree, plans)
    if single is None or reader.vocabulary.counted_at() is None:
        return None
    return _kept(reader, *single, SIZE)[NONE]


def of_all(reader: CatalogueReader, name: str) -> Counter[str] | None:
    """Return how many models have each value of a facet, as last counted; None where nothing was counted yet."""
    return None if reader.vocabulary.counted_at() is None else _kept(reader, None, "", FACETS[name])


def _kept_count(reader: CatalogueReader, single: tuple[str | None, str] | None) -> Counted | None:
    if single is None or (counted_at := reader.vocabulary.counted_at()) is None:
        return None
    kind, value = single
    return _as_counted(reader, EVERY if kind is None else facet(kind, value), counted_at)


def _as_counted(reader: CatalogueReader, text: str, counted_at: str) -> Counted:
    fresh = reader.vocabulary.is_fresh()
    return Counted(reader.vocabulary.count(text), exact=True, counted_at=None if fresh else counted_at)


def _kept_count_of_pair(reader: CatalogueReader, plans: Sequence[Plan]) -> Counted | None:
    """Return how many models have two filters that have a token together, where more than are counted at once do."""
    if len(plans) != 1 or plans[0].where or not plans[0].match.startswith(f'"{PAIR}'):
        return None
    tokens = tokens_in(plans[0].match)
    if len(tokens) != 1 or plans[0].match != token(tokens[0]) or (at := reader.vocabulary.counted_at()) is None:
        return None
    found = _as_counted(reader, tokens[0], at)
    return found if found.number > COUNT_LIMIT else None


def limited(number: int, *, whole: bool = True) -> Counted:
    """Return so many models as a count, to the limit; where they are not the `whole`, as one less than there are."""
    return Counted(min(number if whole else number - 1, COUNT_LIMIT), exact=whole and number <= COUNT_LIMIT)


def _single(tree: Node | None, plans: Sequence[Plan]) -> tuple[str | None, str] | None:
    """Return (kind, value) of a search for one value of one filter, (None, "") for all models.

    Inferred tasks, and a library that may also stand in the tags, are more than the one token that is counted.
    """
    if tree is None:
        return None, ""
    if (
        isinstance(tree, Is)
        and KINDS.get(tree.field) in PAIRED
        and len(tree.values) == 1
        and tree.values[0] is not None
    ):
        kind, value = KINDS[tree.field], tree.values[0]
        return (kind, value) if list(plans) == [Plan(token(facet(kind, value)))] else None
    return None


def _kept_facet(reader: CatalogueReader, given: str | None, value: str, name: str, kind: str) -> Facet:
    key = ("facet", given, value, name)
    return reader.vocabulary.memory.of(key, lambda: _facet(name, _kept(reader, given, value, kind)))


def _kept(reader: CatalogueReader, given: str | None, value: str, kind: str) -> Counter[str]:
    """Return the kept counts of a filter's values, of all models or of those of one value of another filter."""
    vocabulary = reader.vocabulary
    if given is None:
        start = facet(kind, None)
        return _summed((plain(text.removeprefix(start)) or NONE, models) for text, models in vocabulary.values(start))
    total = vocabulary.count(facet(given, value))
    if given == kind:
        return Counter({value.lower(): total} if total else {})
    start = pairs_of(given, value, kind)
    found = Counter({plain(text.removeprefix(start)): models for text, models in vocabulary.values(start)})
    stated = found.pop(ANY_LANGUAGE, 0) if kind == LANGUAGE else found.total()
    if (rest := total - stated) > 0:
        found[NONE] += rest
    return found


def _read(reader: CatalogueReader, places: Sequence[int]) -> dict[str, Counter[str]]:
    """Return the counts among the models at some places."""
    *shared_columns, sizes, created = reader.facet_columns(places)
    tasks, languages, licenses, libraries, gated, families = map(Counter, shared_columns)
    shared = {"task": tasks, "license": licenses, "library": libraries, "gated": gated}
    texts = reader.texts({number for one in (*shared.values(), languages) for number in one if number is not None})
    known = reader.families(families)
    found = {name: _summed((texts.get(value, NONE), n) for value, n in one.items()) for name, one in shared.items()}
    found["language"] = _summed((code, n) for value, n in languages.items() for code in listed(texts[value]) or (NONE,))
    found["family"] = _summed((known[value], n) for value, n in families.items())
    known_sizes = [number for number in sizes if number is not None]
    found["size"] = Counter({f"{max(edge, 0):02d}": n for edge, n in _banded(known_sizes, SIZE_EDGES)})
    found["size"][NONE] = len(sizes) - len(known_sizes)
    # Nearly all are; who wrote a year that is none has it as text.
    dates = [moment for moment in created if type(moment) is int]
    found["year"] = Counter({str(1970 + edge): n for edge, n in _banded(dates, _YEARS)})
    if len(dates) < len(created):
        found["year"].update(NONE if moment is None else moment[:4] for moment in created if type(moment) is not int)
    return found


def _banded(values: Iterable[int], edges: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield (number of the edge at or below, how many values) of values; cheaper than asking for each of them."""
    ordered = sorted(values)
    start = 0
    while start < len(ordered):
        edge = bisect_right(edges, ordered[start])
        end = bisect_left(ordered, edges[edge]) if edge < len(edges) else len(ordered)
        yield edge - 1, end - start
        start = end


def _summed(pairs: Iterable[tuple[str, int]]) -> Counter[str]:
    total: dict[str, int] = {}
    for value, number in pairs:
        key = value.lower()
        total[key] = total.get(key, 0) + number
    return Counter(total)


def _facet(name: str, counts: Counter[str]) -> Facet:
    if name == "gated":
        counts = _summed((_GATED.get(way, "yes"), number) for way, number in counts.items())
    if name == "size":
        values = _sizes(counts)
    elif name in _ORDERED:
        values = sorted(counts.items(), key=lambda item: (item[0] == NONE, item[0]))
    else:
        values = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return Facet(name, tuple(values[:_MOST_VALUES]), max(len(values) - _MOST_VALUES, 0))


def _sizes(counts: Counter[str]) -> list[tuple[str, int]]:
    found: list[tuple[str, int]] = []
    before = ""
    for label, beyond in SIZES:
        number = sum(models for name, models in counts.items() if name != NONE and before <= name < beyond)
        before = beyond
        if number:
            found.append((label, number))
    return [*found, (NONE, counts[NONE])] if counts[NONE] else found
