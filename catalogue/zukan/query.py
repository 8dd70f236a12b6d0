"""Turns what a user typed into a `Query` whose every value is a known one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import get_close_matches

from zukan.errors import QueryError, UnknownFamily
from zukan.languages import language_code
from zukan.schema import Family, Query

MAX_WORDS_CHARACTERS = 1_000
MAX_LIMIT = 10_000

_FAMILY_ALIASES = {
    "encoder": Family.ENCODER_ONLY,
    "encoderonly": Family.ENCODER_ONLY,
    "maskedlm": Family.ENCODER_ONLY,
    "decoder": Family.DECODER_ONLY,
    "decoderonly": Family.DECODER_ONLY,
    "causallm": Family.DECODER_ONLY,
    "seq2seq": Family.SEQ2SEQ,
    "encoderdecoder": Family.SEQ2SEQ,
    "other": Family.OTHER,
    "undetermined": Family.UNDETERMINED,
    "unknown": Family.UNDETERMINED,
    "エンコーダー": Family.ENCODER_ONLY,
    "エンコーダ": Family.ENCODER_ONLY,
    "デコーダー": Family.DECODER_ONLY,
    "デコーダ": Family.DECODER_ONLY,
}
_COUNT = re.compile(r"^\s*(\d+(?:\.\d+)?)\s*([kmbt]?)\s*$", re.IGNORECASE)
_UNITS = {"": 1, "k": 10**3, "m": 10**6, "b": 10**9, "t": 10**12}


def family_named(name: str) -> Family:
    """Return the family called `name` (`encoder`, `encoder-only`, `encoder-decoder` …).

    Raises:
        UnknownFamily: No family has that name.

    """
    key = re.sub(r"[\s_-]", "", name.casefold())
    if found := _FAMILY_ALIASES.get(key):
        return found
    near = get_close_matches(name.casefold(), [str(family) for family in Family], n=3, cutoff=0.4)
    raise UnknownFamily(name, near or [str(family) for family in Family])


def _task_named(name: str) -> str:
    from zukan.tasks import task  # noqa: PLC0415 (only a search with --task reads the registry)

    return task(name).task_id


def language_named(name: str) -> str:
    """Return the code of a language given by code or by its English or Japanese name.

    Raises:
        QueryError: No language has that name.

    """
    code = language_code(name)
    if code is None:
        raise QueryError(f"unknown language: {name}")
    return code


def parameter_count(value: str) -> int:
    """Return the number that `350M`, `2.7B` or `1000000` stands for.

    Raises:
        QueryError: It is not a count.

    """
    match = _COUNT.match(value)
    if match is None:
        raise QueryError(f"not a number of parameters: {value} (write 350M, 2.7B or 1000000)")
    return min(int(float(match[1]) * _UNITS[match[2].lower()]), 2**63 - 1)


def make_query(
    words: str = "",
    *,
    task: str | None = None,
    family: str | None = None,
    languages: Sequence[str] = (),
    license: str | None = None,  # noqa: A002 (the Hub's own word)
    library: str | None = None,
    author: str | None = None,
    min_parameters: str | int | None = None,
    max_parameters: str | int | None = None,
    sort: str = "relevance",
    limit: int = 20,
    offset: int = 0,
    inferred: bool = False,
) -> Query:
    """Check and normalise a search.

    Raises:
        QuestionError: A task, family, language, count or order that does not exist.

    """
    from zukan.store.read import SORTS  # noqa: PLC0415 (the orders the store knows)

    if len(words) > MAX_WORDS_CHARACTERS:
        raise QueryError(f"{len(words)} characters are too many words to search for (at most {MAX_WORDS_CHARACTERS})")
    if sort not in SORTS:
        raise QueryError(f"unknown order: {sort} (known: {', '.join(SORTS)})")
    if not 0 <= limit <= MAX_LIMIT or offset < 0:
        raise QueryError(f"limit must be 0 to {MAX_LIMIT} and offset not negative")
    low, high = (
        parameter_count(value) if isinstance(value, str) else value for value in (min_parameters, max_parameters)
    )
    if low is not None and high is not None and low > high:
        raise QueryError(f"no model has at least {low} and at most {high} parameters")
    return Query(
        words=words.strip(),
        task=_task_named(task) if task else None,
        family=str(family_named(family)) if family else None,
        languages=tuple(language_named(name) for name in languages),
        license=license,
        library=library,
        author=author,
        min_parameters=low,
        max_parameters=high,
        sort=sort,
        limit=limit,
        offset=min(offset, 2**62),
        inferred=inferred,
    )
