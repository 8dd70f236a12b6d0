"""The fields of a search and what their values become: `task:ner` → `Is("task", ("token-classification",))`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from zukan.errors import QueryError, UnknownFamily, UnknownTask
from zukan.languages import language_code, language_words
from zukan.query_tree import Either, Has, Is, Missing, Node, Pair, Range

if TYPE_CHECKING:
    from datetime import date

    from zukan.schema import Family

_FIELDS = """
task pipeline_tag|fill-mask; family|encoder-only; language lang|ja; license licence|apache-2.0;
library library_name|transformers; author org|google; type model_type|bert;
base base_model|google-bert/bert-base-uncased; tag|autotrain; gated|no; has|card; from|ja; to|en;
params parameters size|<1B; downloads|>1000; likes|>=100; trending|>10;
created created_at year|2026; modified updated last_modified|<30d;
dataset|squad; arxiv|1810.04805; region|us
"""
"""Each field, its other names | an example of a value."""

FIELDS: dict[str, str] = {}
"""Every name of a field → the field."""
EXAMPLES: dict[str, str] = {}
"""Field → a value it takes."""
for _entry in " ".join(_FIELDS.split()).split("; "):
    _names, _, _example = _entry.partition("|")
    FIELDS.update(dict.fromkeys(_names.split(), _names.split()[0]))
    EXAMPLES[_names.split()[0]] = _example

BOUNDED = ("params", "downloads", "likes", "trending", "created", "modified")
"""Fields whose values may be bounds."""
HAS = ("card", "evals", "safetensors", "trial", "license", "task", "size")
GATED = ("yes", "no", "auto", "manual", "none")

_FAMILY_ALIASES = {
    "encoder": "encoder-only",
    "encoderonly": "encoder-only",
    "maskedlm": "encoder-only",
    "decoder": "decoder-only",
    "decoderonly": "decoder-only",
    "causallm": "decoder-only",
    "seq2seq": "seq2seq",
    "encoderdecoder": "seq2seq",
    "other": "other",
    "undetermined": "undetermined",
    "unknown": "undetermined",
    "エンコーダー": "encoder-only",
    "エンコーダ": "encoder-only",
    "デコーダー": "decoder-only",
    "デコーダ": "decoder-only",
}


class Value(NamedTuple):
    """One value of a field as typed, without its quotation marks."""

    text: str
    position: int


def family_named(name: str) -> Family:
    """Return the family called `name` (`encoder`, `encoder-only`, `encoder-decoder` …).

    Raises:
        UnknownFamily: No family has that name.

    """
    from zukan.schema import Family  # noqa: PLC0415 (a search for words needs none of the schema)

    if found := _FAMILY_ALIASES.get(re.sub(r"[\s_-]", "", name.casefold())):
        return Family(found)
    families = [str(family) for family in Family]
    raise UnknownFamily(name, _nearest(name, families, cutoff=0.4) or families)


_MAY_BE_CODE = re.compile(r"[a-z]{3}|code|protein")
"""What models name in the place of a language, and no table of ours knows."""


def language_named(name: str, position: int | None = None) -> str:
    """Return the code of a language given by code or by its English or Japanese name.

    Args:
        name: As typed.
        position: Where it stands in a query.

    Raises:
        QueryError: No language has that name; with the nearest ones.

    """
    code = language_code(name)
    if code is None:
        known = ("a code such as ja", "a name such as Japanese")
        raise _unknown("language", name, (), position, nearest_languages(name), known=known)
    return code


def nearest_languages(name: str, cutoff: float = 0.6) -> Sequence[str]:
    """Return the names of languages that are much like another name, the nearest first."""
    return _nearest(name, tuple(language_words()), cutoff)


def unknown_field(name: str, position: int) -> QueryError:
    """Return the error for a field that there is none of, with the nearest ones."""
    return _unknown("field", name, tuple(FIELDS), position, known=dict.fromkeys(FIELDS.values()))


def field_node(field: str, values: Sequence[Value], position: int, today: date | None) -> Node:
    """Return what a field with these values asks for; any of the values will do.

    Args:
        field: One of the values of `FIELDS`.
        values: At least one, none of them empty.
        position: Where the field stands in the text.
        today: What ages count from; None for today in UTC.

    Raises:
        QueryError: A value that the field does not take, at the position of the value.

    """
    if field in ("dataset", "arxiv", "region"):
        return Is("tag", _distinct(f"{field}:{value.text}" for value in values), position)
    if field == "license":
        return Is(field, _distinct(one for value in values for one in _licences(value)), position)
    if read := _STATED.get(field):
        return Is(field, _distinct(map(read, values)), position)
    nodes: Iterable[Node]
    if field == "has":
        nodes = (Has(_one_of("has", value, HAS), position) for value in values)
    elif field == "from":
        nodes = (Pair(_language(value), None, position) for value in values)
    elif field == "to":
        nodes = (Pair(None, _language(value), position) for value in values)
    else:
        nodes = (_range(field, value, position, today) for value in values)
    return any_of(_distinct(nodes))


def any_of(nodes: Sequence[Node]) -> Node:
    """Return what holds where one of these does (there is at least one)."""
    if len(nodes) == 1:
        return nodes[0]
    flat: list[Node] = []
    for node in nodes:
        flat.extend(node.parts if isinstance(node, Either) else (node,))
    return Either(tuple(flat))


_Item = TypeVar("_Item")


def _distinct(items: Iterable[_Item]) -> tuple[_Item, ...]:
    return tuple(dict.fromkeys(items))


# --- values out of a list --------------------------------------------------------------------------------


def _text(value: Value) -> str:
    return value.text


def _stated(value: Value) -> str | None:
    """Return the value in lower case, as the Hub writes licences, libraries and model types."""
    text = value.text.lower()
    return None if text == "none" else text


def _licences(value: Value) -> tuple[str | None, ...]:
    from zukan.licences import searched  # noqa: PLC0415 (only a search with license: knows what they allow)

    return searched(value.text)


def _task(value: Value) -> str | None:
    from zukan.tasks import all_tasks, task  # noqa: PLC0415 (only a search with task: reads the registry)

    if value.text.casefold() == "none":
        return None
    try:
        return task(value.text).task_id
    except UnknownTask as error:
        # Where even the registry sees no likeness, its ids that share some letters say what an id looks like.
        near = error.suggestions or _nearest(value.text, [known.task_id for known in all_tasks()], cutoff=0)
        raise _unknown("task", value.text, (), value.position, near) from error


def _family(value: Value) -> str:
    try:
        return str(family_named(value.text))
    except UnknownFamily as error:
        raise _unknown("family", value.text, (), value.position, error.suggestions) from error


def _language(value: Value) -> str:
    """Return a code; what may be one of thousands that models name is looked up later, see `zukan.asked`."""
    typed = value.text.casefold()
    return language_code(typed) or (
        typed if _MAY_BE_CODE.fullmatch(typed) else language_named(value.text, value.position)
    )


def _language_or_none(value: Value) -> str | None:
    return None if value.text.casefold() == "none" else _language(value)


def _gated(value: Value) -> str | None:
    chosen = _one_of("gated", value, GATED)
    return None if chosen == "none" else chosen


_STATED: dict[str, Callable[[Value], str | None]] = {
    "task": _task,
    "family": _family,
    "language": _language_or_none,
    "library": _stated,
    "type": _stated,
    "author": _text,
    "base": _text,
    "tag": _text,
    "gated": _gated,
}


def _one_of(field: str, value: Value, choices: Sequence[str]) -> str:
    text = value.text.casefold()
    if text not in choices:
        raise _unknown(f"value of {field}", value.text, choices, value.position)
    return text


def _nearest(name: str, choices: Sequence[str], cutoff: float = 0.6) -> Sequence[str]:
    from difflib import get_close_matches  # noqa: PLC0415 (only for errors)

    # No name is longer; matching a long text against all of them would take its time.
    return get_close_matches(name.casefold()[:60], choices, n=3, cutoff=cutoff)


def _unknown(
    what: str,
    name: str,
    choices: Sequence[str],
    position: int | None,
    near: Sequence[str] = (),
    known: Iterable[str] | None = None,
) -> QueryError:
    """Return the error for a name that is none of the choices: the nearest of them, or all where none is near."""
    near = near or _nearest(name, choices)
    hint = f"nearest: {', '.join(near)}" if near else f"known: {', '.join(choices if known is None else known)}"
    return QueryError(f"unknown {what}: {name} ({hint})", position)


def _range(field: str, value: Value, position: int, today: date | None) -> Range | Missing:
    from zukan.query_ranges import RangeError, limits  # noqa: PLC0415 (only a search with a range pays for it)

    # The usual form of what a Japanese keyboard types: full-width digits, signs and letters.
    text = unicodedata.normalize("NFKC", value.text).strip()
    if text.casefold() == "none":
        return Missing(field, position)
    try:
        return Range(field, *limits(field, text, today), position)
    except RangeError as error:
        raise QueryError(f"{field}: {value.text} {error}", value.position) from error
