"""Says what one filter of a search is in the index and in SQL: the tokens that prove it, and what must be looked at.

A filter on a whole value is its token. A range is the tokens of the buckets that lie inside, and of those that its
limits cut: the models of these are checked in SQL.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from zukan.query_tree import Has, Is, Missing, Pair, Range
from zukan.store.columns import ELSEWHERE, OF_TRIAL, moment
from zukan.store.expressions import any_of, every_of, token, without
from zukan.store.places import bucket, bucket_is_exact
from zukan.store.tokens import (
    AUTHOR,
    BASE,
    CREATED_HOUR,
    CREATED_MONTH,
    CREATED_YEAR,
    DOWNLOADS,
    EVERY,
    EXACT_SIZE,
    EXCLUSION,
    FAMILY,
    FORMAT,
    FORMATS,
    GATED,
    HAS,
    INFERRED,
    LANGUAGE,
    LIBRARY,
    LICENSE,
    LIKES,
    MODIFIED_HOUR,
    MODIFIED_MONTH,
    MORE_TAGS,
    PARAMETERS,
    SIZE,
    SIZE_EDGES,
    SOURCE,
    TARGET,
    TASK,
    TRENDING,
    TYPE,
    YEARS,
    exact_size,
    facet,
    once,
    plain,
    size_step,
)
from zukan.store.vocabulary import Vocabulary
from zukan.store.wording import indexed_tag, words_of

KINDS = {
    "task": TASK, "family": FAMILY, "language": LANGUAGE, "license": LICENSE, "library": LIBRARY, "author": AUTHOR,
    "type": TYPE, "base": BASE, "gated": GATED, "inferred": INFERRED, "exclusion": EXCLUSION,
}  # fmt: skip
_NUMBERS = {"downloads": DOWNLOADS, "likes": LIKES}
NUMBER_COLUMNS = {
    "params": "m.num_parameters", "downloads": "m.downloads", "likes": "m.likes", "trending": "m.trending_score",
}  # fmt: skip
DATE_COLUMNS = {"created": moment("created_at"), "modified": moment("last_modified")}
_MONTHS = {"created": CREATED_MONTH, "modified": MODIFIED_MONTH}
_MISSING = {
    "params": PARAMETERS, "downloads": DOWNLOADS, "likes": LIKES, "trending": TRENDING, "created": CREATED_YEAR,
    "modified": MODIFIED_MONTH,
}  # fmt: skip
_UNSTATED = {"params": SIZE, "created": CREATED_YEAR}
_MOST_YEARS = 12
_GROUP = 16
_TAGGED = "EXISTS (SELECT 1 FROM json_each(m.tags) t JOIN word w ON w.id = t.value WHERE w.text = ? COLLATE NOCASE)"
_PHRASE = "zukan_phrase(m.model_id, m.tags, (SELECT paragraph FROM card WHERE model = m.id), ?)"
_TRIED = (
    f"t.rowid IN (SELECT coalesce(h.place, n.place) FROM trial x {OF_TRIAL.format('x')} "
    f"WHERE NOT {ELSEWHERE.format('x.result')})"
)


class Filter(NamedTuple):
    """One filter as the index and SQL know it."""

    sure: str
    """Expression for models that fulfil it; "" = none surely."""
    maybe: str = ""
    """Expression for models that must be looked at; "" = none."""
    sql: str = ""
    """Condition on `model m` that decides, for those; without such, one that may stand for `sure`."""
    values: tuple[Any, ...] = ()
    kind: str = ""
    """The letter of a filter on whole values; those with `options` have tokens in pairs with others."""
    options: tuple[str, ...] = ()
    """The values of which one must hold."""
    unstated: str = ""
    """The letter of what nothing may be stated of, where that is all that is asked for."""


class Filters:
    """Makes filters for one catalogue."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        """Take the words of the catalogue."""
        self._vocabulary = vocabulary

    def of(self, leaf: Is | Range | Missing | Has | Pair, *, inferred: bool = False) -> Filter:
        """Return the filter of a leaf of a query.

        Args:
            leaf: What is asked for.
            inferred: Whether a task may be inferred where the repository states none.

        """
        return self._vocabulary.memory.of(
            (type(leaf), leaf._replace(position=0), inferred), lambda: self._of(leaf, inferred=inferred)
        )

    def _of(self, leaf: Is | Range | Missing | Has | Pair, *, inferred: bool) -> Filter:
        if isinstance(leaf, Is):
            return self._is(leaf, inferred=inferred)
        if isinstance(leaf, Range):
            return self._range(leaf)
        if isinstance(leaf, Missing):
            return Filter(token(facet(_MISSING[leaf.field], None)), unstated=_UNSTATED.get(leaf.field, ""))
        if isinstance(leaf, Has):
            return _has(leaf.what)
        sides = ((SOURCE, leaf.source), (TARGET, leaf.target))
        return Filter(every_of(token(facet(kind, code)) for kind, code in sides if code))

    @staticmethod
    def phrase(expression: str, words: Sequence[str]) -> Filter:
        """Return the filter for words that stand next to each other: the index knows only that all are there."""
        if not words:
            return Filter(token(EVERY))
        return Filter("", expression, _PHRASE, (" ".join(words),))

    def _is(self, leaf: Is, *, inferred: bool) -> Filter:
        if leaf.field == "tag":
            return _tagged(leaf.values)
        kind = KINDS[leaf.field]
        if leaf.field == "gated":
            return Filter(any_of(_gated(value) for value in leaf.values))
        if kind == LIBRARY and not FORMATS.isdisjoint(leaf.values):
            # A format stands in the tags as well as in the library's place; its token is that of both.
            parts = [token(facet(FORMAT if value in FORMATS else LIBRARY, value)) for value in leaf.values]
            return Filter(any_of(parts))
        parts = [token(once(kind, value)) for value in leaf.values]
        if kind == TASK and inferred:
            also = [token(facet(INFERRED, value)) for value in leaf.values if value]
            return Filter(any_of((*parts, *also)))
        if None in leaf.values:
            alone = len(leaf.values) == 1
            looked_at = "m.exclusion IS NULL" if alone and kind == EXCLUSION else ""
            return Filter(any_of(parts), sql=looked_at, kind=kind, unstated=kind if alone else "")
        return Filter(any_of(parts), kind=kind, options=tuple(str(value) for value in leaf.values))

    def _range(self, leaf: Range) -> Filter:
        if leaf.field == "params":
            return _sizes(leaf)
        if leaf.field == "trending":
            return self._scores(leaf)
        if leaf.field in _NUMBERS:
            return _numbers(leaf)
        return self._dates(leaf)

    def _scores(self, leaf: Range) -> Filter:
        # A score is a float, so that the largest one is rounded up to 2**63; and the lowest step holds negative ones.
        first, last = size_step(_whole(leaf.low, 0)), size_step(_whole(leaf.high, 2**63 + 1) - 1)
        start = facet(TRENDING, None)
        steps = [text.removeprefix(start) for text in living(self._vocabulary, TRENDING)]
        sure = [name for name in steps if first < name < last]
        maybe = [name for name in steps if name in (first, last)]
        return Filter(_tokens(TRENDING, sure), _tokens(TRENDING, maybe), *_between(NUMBER_COLUMNS[leaf.field], leaf))

    def _dates(self, leaf: Range) -> Filter:
        kind = _MONTHS[leaf.field]
        low, high = str(leaf.low or "0000-01-01"), str(leaf.high or "9999-12-31")
        months = [plain(text.removeprefix(facet(kind, None))) for text in living(self._vocabulary, kind)]
        if low.endswith("-01-01") and high.endswith("-01-01") and leaf.field == "created" and leaf.low and leaf.high:
            years = tuple(str(year) for year in range(int(low[:4]), int(high[:4])))
            if len(years) <= _MOST_YEARS:
                return Filter(_tokens(CREATED_YEAR, years), kind=CREATED_YEAR, options=years)
        within = [month for month in months if low[:7] <= month <= high[:7]]
        sure = [month for month in within if low <= f"{month}-01" and f"{month}-31" < high]
        sql, values = _between(DATE_COLUMNS[leaf.field], leaf)
        return Filter(_tokens(kind, sure), _tokens(kind, [month for month in within if month not in sure]), sql, values)


def living(vocabulary: Vocabulary, kind: str, start: str = "") -> dict[str, int]:
    """Return the tokens of the buckets of a kind that models have, in order, with how many had them as last counted.

    Nobody may change what is returned.

    Args:
        vocabulary: The words of the catalogue.
        kind: The letter of figures, sizes or dates.
        start: What the buckets begin with: the month of hours, as `value` writes it.

    """
    return vocabulary.memory.of(("living", kind, start), lambda: _living(vocabulary, kind, start))


def _living(vocabulary: Vocabulary, kind: str, start: str) -> dict[str, int]:
    prefix = facet(kind, None)
    found = {text: models for text, models in vocabulary.values(prefix + start) if text != prefix}
    if not vocabulary.is_fresh():
        # Buckets that have come since the words were counted; of most groups none has.
        unknown = [text for name in _possible(kind, plain(start)) if (text := facet(kind, name)) not in found]
        for first in range(0, len(unknown), _GROUP):
            group = unknown[first : first + _GROUP]
            if vocabulary.is_used(group):
                found.update({text: 0 for text in group if vocabulary.is_used([text])})
    return dict(sorted(found.items()))


def _possible(kind: str, start: str) -> Iterable[str]:
    if kind in (CREATED_HOUR, MODIFIED_HOUR):
        # A date without a time is of no hour.
        times = ("", *(f"T{hour:02d}" for hour in range(24)))
        return [f"{start}-{day:02d}{time}" for day in range(1, 32) for time in times]
    if kind in (CREATED_MONTH, MODIFIED_MONTH):
        return [f"{year}-{month:02d}" for year in YEARS for month in range(1, 13)]
    fine = kind in (PARAMETERS, TRENDING)
    return [f"{number:03d}" for number in range(512)] if fine else [f"{number:02d}" for number in range(80)]


def _whole(value: int | str | None, default: int) -> int:
    return default if value is None else int(value)


def _tokens(kind: str, values: Iterable[str]) -> str:
    return any_of(token(facet(kind, value)) for value in values)


def _between(column: str, leaf: Range) -> tuple[str, tuple[Any, ...]]:
    parts = [(f"{column} >= ?", leaf.low), (f"{column} < ?", leaf.high)]
    parts = [(sql, value) for sql, value in parts if value is not None]
    return " AND ".join(sql for sql, _ in parts) or f"{column} IS NOT NULL", tuple(value for _, value in parts)


def _numbers(leaf: Range) -> Filter:
    kind = _NUMBERS[leaf.field]
    low, high = _whole(leaf.low, -1), _whole(leaf.high, 2**63)
    first, last = bucket(max(low, 0)), bucket(max(high - 1, 0))
    sure = [f"{number:02d}" for number in range(first + 1, last)]
    # A bucket of one figure lies inside whenever it is met, but the lowest holds the negative ones too.
    maybe: list[str] = []
    for number in {first, last}:
        whole = low < 0 < high if number == 0 else bucket_is_exact(number) and low <= number < high
        (sure if whole else maybe).append(f"{number:02d}")
    sql, values = _between(NUMBER_COLUMNS[leaf.field], leaf)
    return Filter(_tokens(kind, sure), _tokens(kind, maybe), sql, values)


def _sizes(leaf: Range) -> Filter:
    low, high = _whole(leaf.low, 0), _whole(leaf.high, 2**63)
    edges = (*SIZE_EDGES, 2**63)
    # "At most 1B" ends behind the first figure of a band, and figures have tokens too.
    of_edge = token(facet(EXACT_SIZE, exact_size(high - 1))) if low < high - 1 and high - 1 in SIZE_EDGES[1:] else ""
    if of_edge:
        high -= 1
    sure: list[str] = []
    maybe: list[str] = []
    for number, (start, end) in enumerate(pairwise(edges)):
        if start < high and low < end:
            (sure if low <= start and end <= high else maybe).append(f"{number:02d}")
    sql, values = _between(NUMBER_COLUMNS["params"], leaf)
    whole = Filter(any_of((_tokens(SIZE, sure), of_edge)), _tokens(SIZE, maybe), sql, values)
    return whole._replace(kind=SIZE, options=tuple(sure)) if not maybe and not of_edge else whole


def _has(what: str) -> Filter:
    if what == "trial":
        return Filter("", token(EVERY), _TRIED)
    if what == "safetensors":
        return Filter(token(facet(FORMAT, what)))
    stated = {"license": LICENSE, "task": TASK, "size": SIZE}
    if what in stated:
        return Filter(without(token(EVERY), token(facet(stated[what], None))))
    return Filter(token(facet(HAS, what)))


def _gated(value: str | None) -> str:
    if value == "no":
        return token(facet(GATED, "false"))
    if value == "yes":
        return any_of(token(facet(GATED, way)) for way in ("auto", "manual", "true"))
    return token(facet(GATED, value))


def _tagged(values: Iterable[str | None]) -> Filter:
    found = [value for value in values if value]
    return Filter(
        "", any_of(_words_of_tag(value) for value in found), f"({' OR '.join([_TAGGED] * len(found))})", tuple(found)
    )


def _words_of_tag(tag: str) -> str:
    """Return the expression for models that may have a tag, in whatever case: those with its words."""
    indexed = indexed_tag(tag.lower())
    words = every_of(token(word) for word in words_of(indexed))
    return any_of((words, token(MORE_TAGS))) if words else token(EVERY)
