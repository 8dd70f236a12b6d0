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

from zukan.languages import language_pair_in_name
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
    EXCLUSION,
    FAMILY,
    FEW_LANGUAGES,
    FORMAT,
    FORMATS,
    GATED,
    HAS,
    INFERRED,
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
    PAIRED,
    PARAMETERS,
    SIZE,
    SOURCE,
    TARGET,
    TASK,
    TRENDING,
    TYPE,
    band,
    facet,
    once,
    pair,
    size_step,
)
from zukan.store.wording import indexed_tag, name_words, running_text

VERSION = 1

_TRANSLATES = frozenset({"translation"})
_TRANSLATING_TYPES = frozenset(
    {"m2m_100", "nllb", "nllb-moe", "mbart", "marian", "fsmt", "seamless_m4t", "umt5", "mt5"}
)


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
    names: set[str] = set()
    for name in (facts.model_id, *facts.aliases):
        names |= name_words(name)
    words = [part for tag in facts.tags[:MOST_TAGS] if (part := indexed_tag(tag))]
    # A model type stands in the tags, but not of every model.
    words += [word for word in (facts.model_type, facts.library, facts.license) if word]
    found = [NAME + word for word in sorted(names)]
    found.append(running_text(" ".join(words)))
    if facts.card:
        found.append(running_text(facts.card))
    found.append(EVERY)
    if len(facts.tags) > MOST_TAGS:
        found.append(MORE_TAGS)
    found += _filters(facts)
    found += _orders(facts)
    return " ".join(found)


def _filters(facts: Facts) -> Iterable[str]:
    formats = FORMATS.intersection([tag.lower() for tag in facts.tags[:MOST_TAGS]])
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
    if facts.task in _TRANSLATES or facts.model_type in _TRANSLATING_TYPES:
        found += _directions(facts.model_id, facts.languages)
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
    single = {
        TASK: task, FAMILY: family, LICENSE: license_, LIBRARY: library, SIZE: size, CREATED_YEAR: year,
    }  # fmt: skip
    values = {kind: languages if kind == LANGUAGE else tuple(filter(None, (single[kind],))) for kind in PAIRED}
    found = [facet(kind, text) for kind, texts in values.items() for text in texts or (None,)]
    if languages:
        values[LANGUAGE] = (*languages, ANY_LANGUAGE)
    for first, second in combinations(PAIRED, 2):
        found += [pair(first, one, second, other) for one in values[first] for other in values[second]]
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


def _directions(model_id: str, languages: Sequence[str]) -> Iterable[str]:
    """Return from and into which languages a translation model translates: as its name says, else all it knows."""
    direction = language_pair_in_name(model_id)
    if direction:
        return [facet(SOURCE, direction[0]), facet(TARGET, direction[1])]
    return [facet(kind, code) for kind in (SOURCE, TARGET) for code in dict.fromkeys(languages)]


def _orders(facts: Facts) -> Iterable[str]:
    """Return the buckets by which other orders than popularity are read."""
    created, modified, size = facts.created, facts.modified, facts.num_parameters
    found = [
        facet(kind, None if number is None else f"{bucket(max(int(number), 0)):02d}")
        for kind, number in ((DOWNLOADS, facts.downloads), (LIKES, facts.likes))
    ]
    found += [
        facet(kind, None if number is None else size_step(int(number)))
        for kind, number in ((PARAMETERS, size), (TRENDING, facts.trending))
    ]
    dates = (
        (created, ((CREATED_MONTH, 7), (CREATED_HOUR, 13))),
        (modified, ((MODIFIED_MONTH, 7), (MODIFIED_HOUR, 13))),
    )
    for date, kinds in dates:
        found += [facet(kind, date[:length] if date else None) for kind, length in kinds]
    return found
