"""Turns what a user typed into a `Query` whose every value is a known one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from zukan.errors import QueryError
from zukan.query_language import parse_query
from zukan.query_tree import All, Has, Is, Node, Range
from zukan.query_values import family_named, language_named
from zukan.said_sizes import with_sizes
from zukan.schema import Query

__all__ = ["MAX_LIMIT", "family_named", "language_named", "make_query"]

MAX_LIMIT = 10_000
SORTS = ("relevance", "downloads", "likes", "trending", "created", "modified", "params")
_ADDRESS = r"^(?:(?:https?://)?(?:huggingface\.co|hf\.co)/|hf://)(?:models/)?([\w.-]+)(?:/([\w.-]+))?(?:[/?#].*)?$"

_SEARCHED = r"^(?:https?://)?(?:huggingface\.co|hf\.co)/models\?(?:.*&)?search=([^&#]+)"
_VIEWS = ("tree", "blob", "raw", "resolve", "commit", "commits", "discussions")
"""What follows the name in the address of a model without an owner."""


def _task_named(name: str) -> str:
    from zukan.tasks import task  # noqa: PLC0415 (only a search with --task reads the registry)

    return task(name).task_id


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
    facets: bool = False,
) -> Query:
    """Check and normalise a search.

    Raises:
        QuestionError: The words cannot be read, or a task, family, language, count or order does not exist.

    """
    if not words.isprintable() and any("\ud800" <= letter <= "\udfff" for letter in words):
        raise QueryError("the query is not valid text")
    words = plain_name(words.strip())
    typed = with_sizes(parse_query(words))
    if sort not in SORTS:
        raise QueryError(f"unknown order: {sort or '“”'} (known: {', '.join(SORTS)})")
    if not 0 <= limit <= MAX_LIMIT or offset < 0:
        raise QueryError(f"limit must be 0 to {MAX_LIMIT} and offset not negative")
    low, high = (_count(value) if isinstance(value, str) else value for value in (min_parameters, max_parameters))
    if low is not None and high is not None and low > high:
        raise QueryError(f"no model has at least {low} and at most {high} parameters")
    query = Query(
        words=words,
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
        facets=facets,
    )
    return query._replace(tree=all_of((typed, *_options(query))))


_SEVERAL = ("license", "library", "author")
"""Options that take several values with `|` or commas between them."""


def _options(query: Query) -> Iterator[Node]:
    """Yield the filters that are given beside the words."""
    single = (
        ("task", query.task),
        ("family", query.family),
        ("license", query.license and query.license.lower()),
        ("library", query.library and query.library.lower()),
        ("author", query.author),
    )
    for name, value in (*single, *(("language", code) for code in query.languages)):
        if value is not None:
            if name == "license":
                from zukan.licences import searched  # noqa: PLC0415 (only a search for one knows what they allow)

                several = _values(value, may_be_none=False)
                yield Is(name, tuple(dict.fromkeys(one for named in several for one in searched(str(named)))))
            else:
                yield Is(name, _values(value, may_be_none=name != "author") if name in _SEVERAL else (value,))
    if query.min_parameters is not None or query.max_parameters is not None:
        most = query.max_parameters
        yield Range("params", query.min_parameters, None if most is None else min(most + 1, 2**63 - 1))


def _values(value: str, *, may_be_none: bool) -> tuple[str | None, ...]:
    """Return the values of an option, as in the language of queries: any of several, `none` for what is not stated."""
    several = [one.strip() for one in value.replace(",", "|").split("|")]
    return tuple(None if may_be_none and one.lower() == "none" else one for one in several if one) or (value,)


def all_of(parts: Iterable[Node | None]) -> Node | None:
    """Return the query that asks for all parts; None for none."""
    found: list[Node] = []
    for part in parts:
        if part is not None:
            found += part.parts if isinstance(part, All) else (part,)
    return found[0] if len(found) == 1 else All(tuple(found)) if found else None


def plain_name(words: str) -> str:
    """Return the model id in an address copied from the Hub (`https://huggingface.co/a/b/tree/main` → `a/b`)."""
    if "/" not in words:
        return words
    import re  # noqa: PLC0415 (most searches hold no address)

    if match := re.match(_SEARCHED, words.strip()):
        from urllib.parse import unquote_plus  # noqa: PLC0415

        return unquote_plus(match[1])
    match = re.match(_ADDRESS, words.strip())
    if match and match[2] in _VIEWS:
        return match[1]
    return f"{match[1]}/{match[2]}" if match and match[2] else match[1] if match else words


def asks_what_was_tried(words: str) -> bool:
    """Whether a search would tell which models were tried here, however that is spelled."""
    try:
        return _holds_trials(parse_query(plain_name(words.strip())))
    except QueryError:
        return False  # nothing is answered then


def _holds_trials(node: Any) -> bool:
    if isinstance(node, Has):
        return node.what == "trial"
    parts = node if isinstance(node, tuple) else ()
    return any(_holds_trials(part) for part in parts)


def _count(text: str) -> int:
    from zukan.query_ranges import least_count  # noqa: PLC0415 (only a search with a limit pays for it)

    return least_count(text)
