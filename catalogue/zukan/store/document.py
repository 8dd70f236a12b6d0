"""Says by which tokens a stored model is found: a function of what is stored of it and of nothing else.

The index keeps no text, so it must be told exactly what to forget: the tokens of a model must come out the same when
they are made again. Whoever changes what this module returns raises `VERSION`; an index of another version is made
anew by the next writer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import combinations
from typing import NamedTuple

from zukan.directions import directions
from zukan.store.places import bucket
from zukan.store.tokens import (
    ANY_LANGUAGE,
    AUTHOR,
    BASE,
    CREATED_HOUR,
    CREATED_MONTH,
    CREATED_YEAR,
    DOWNLOADS,
    EVERY,
    EXACT_SIZE,
    EXCLUSION,
    FACET,
    FAMILY,
    FEW_LANGUAGES,
    FORMAT,
    FORMATS,
    GATED,
    HAS,
    INFERRED,
    JOINT,
    LANGUAGE,
    LIBRARY,
    LICENSE,
    LIKES,
    MANY_LANGUAGES,
    MODIFIED_HOUR,
    MODIFIED_MONTH,
    MORE_TAGS,
    MOST_TAGS,
    NAME,
    PAIR,
    PAIRED,
    PARAMETERS,
    SIZE,
    SOURCE,
    TARGET,
    TASK,
    TRENDING,
    TYPE,
    band,
    exact_size,
    facet,
    once,
    pair,
    size_step,
    value,
)
from zukan.store.wording import indexed_tag, name_words, running_text

VERSION = 4

_PAIRS = tuple(
    (f"{PAIR}{PAIRED[first]}{PAIRED[second]}", first, second) for first, second in combinations(range(len(PAIRED)), 2)
)
"""(what the token of a pair begins with, place of the first filter, of the second)."""
_spelled = lru_cache(maxsize=10_000)(value)


class Facts(NamedTuple):
    """What is stored of a model and tells by which tokens it is found."""

    model_id: str
    aliases: Sequence[str]
    tags: Sequence[str]
    card: str
    """First paragraph of its card."""
    task: str | None
    inferred_task: str | None
    family: str
    languages: Sequence[str]
    license: str | None
    library: str | None
    model_type: str | None
    base_models: Sequence[str]
    gated: str | None
    exclusion: str | None
    has: Sequence[str]
    num_parameters: int | None
    downloads: int | None
    likes: int | None
    trending: float | None
    created: str | None
    """ISO date and time."""
    modified: str | None


def tokens_of(facts: Facts) -> str:
    """Return the text by which a model is indexed: its tokens, and its tags and card for the tokenizer to cut."""
    names = name_words(facts.model_id)
    for name in facts.aliases:
        names |= name_words(name)
    found = [NAME + word for word in sorted(names)]
    # A model type stands in the tags, but not of every model.
    found += [running_text(word) for word in (facts.model_type, facts.library, facts.license) if word]
    # A repository's library is named by its tags too, but not always; one token is read faster than two.
    library = (facts.library or "").lower()
    formats = [library] if library in FORMATS else []
    for tag in facts.tags[:MOST_TAGS]:
        words, format_ = _of_tag(tag)
        found.append(words)
        if format_:
            formats.append(format_)
    if facts.card:
        found.append(running_text(facts.card))
    found.append(EVERY)
    if len(facts.tags) > MOST_TAGS:
        found.append(MORE_TAGS)
    found += _filters(facts, frozenset(formats))
    found += _orders(facts)
    return " ".join(found)


@lru_cache(maxsize=20_000)
def _of_tag(tag: str) -> tuple[str, str | None]:
    """Return (the words of a tag as the tokenizer is to read them, the format that it names)."""
    lower = tag.lower()
    return running_text(indexed_tag(tag)), lower if lower in FORMATS else None


def _filters(facts: Facts, formats: frozenset[str]) -> Iterable[str]:
    number = facts.num_parameters
    author, slash, _ = facts.model_id.partition("/")
    found = [
        _shared(
            facts.task, facts.inferred_task, facts.family, tuple(dict.fromkeys(facts.languages)), facts.license,
            facts.library, None if number is None else band(number), facts.model_type, facts.gated, facts.exclusion,
            tuple(facts.has), formats, facts.created[:4] if facts.created else None,
        ),
        once(AUTHOR, author if slash else None),
    ]  # fmt: skip
    found += [once(BASE, base) for base in facts.base_models]
    sides = directions(facts.model_id, facts.task, facts.model_type, facts.languages, facts.exclusion)
    found += [facet(kind, code) for kind, codes in zip((SOURCE, TARGET), sides, strict=True) for code in codes]
    return found


@lru_cache(maxsize=20_000)
def _shared(
    task: str | None,
    inferred: str | None,
    family: str,
    languages: tuple[str, ...],
    license_: str | None,
    library: str | None,
    size: str | None,
    model_type: str | None,
    gated: str | None,
    exclusion: str | None,
    has: tuple[str, ...],
    formats: frozenset[str],
    year: str | None,
) -> str:
    """Return the tokens of the values that many models have alike."""
    of_kind = {
        TASK: task, FAMILY: family, LICENSE: license_, LIBRARY: library, SIZE: size, CREATED_YEAR: year,
    }  # fmt: skip
    values = [list(map(_spelled, languages if kind == LANGUAGE else filter(None, (of_kind[kind],)))) for kind in PAIRED]
    found = [f"{FACET}{kind}{text}" for kind, texts in zip(PAIRED, values, strict=True) for text in texts or ("",)]
    if languages:
        values[PAIRED.index(LANGUAGE)].append(_spelled(ANY_LANGUAGE))
    for head, first, second in _PAIRS:
        found += [f"{head}{one}{JOINT}{other}" for one in values[first] for other in values[second]]
    if len(languages) <= MANY_LANGUAGES:
        found += [facet(FEW_LANGUAGES, code) for code in languages]
    found += [facet(FORMAT, tag) for tag in sorted(formats)]
    found += [facet(TYPE, model_type), facet(GATED, gated), facet(EXCLUSION, exclusion)]
    if task and exclusion:
        found.append(pair(TASK, task, EXCLUSION, exclusion))
    if task is None and inferred:
        found.append(facet(INFERRED, inferred))
    found += [facet(HAS, what) for what in has]
    return " ".join(found)


def _orders(facts: Facts) -> Iterable[str]:
    """Return the buckets by which other orders than popularity are read."""
    size = facts.num_parameters
    return (
        facet(EXACT_SIZE, None if size is None else exact_size(size)),
        _figure(DOWNLOADS, facts.downloads),
        _figure(LIKES, facts.likes),
        _amount(PARAMETERS, facts.num_parameters),
        _amount(TRENDING, facts.trending),
        _moment(CREATED_MONTH, CREATED_HOUR, facts.created and facts.created[:13]),
        _moment(MODIFIED_MONTH, MODIFIED_HOUR, facts.modified and facts.modified[:13]),
    )


@lru_cache(maxsize=10_000)
def _figure(kind: str, number: int | None) -> str:
    return facet(kind, None if number is None else f"{bucket(max(int(number), 0)):02d}")


@lru_cache(maxsize=10_000)
def _amount(kind: str, number: float | None) -> str:
    return facet(kind, None if number is None else size_step(int(number)))


@lru_cache(maxsize=20_000)
def _moment(month: str, hour: str, date: str | None) -> str:
    return f"{facet(month, date[:7] if date else None)} {once(hour, date or None)}"
