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
_UNITS = {"": 0, "k": 3, "m": 6, "b": 9, "t": 12}
_MOST = 2**63 - 1
"""The largest number that SQLite holds."""
# How ranges are written: re compiles these for the first search that has one, and keeps them.
_OPERATOR = r"(?s:(<=?|>=?)\s*(.*))"
# Thirty digits are more than any count has, and far fewer than what int() refuses to read.
_COUNT = r"(?i:\s*(\d{1,30})(?:\.(\d{1,30}))?\s*([kmbt]?)\s*)"
_DATE = r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?"
_AGE = r"(?i:(\d{1,7})\s*([dwmy]))"
_Limit = TypeVar("_Limit", int, str)


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


def parameter_count(value: str) -> int:
    """Return the number that `350M`, `2.7B` or `1000000` stands for.

    Raises:
        QueryError: It is not a count.

    """
    scaled = _scaled(value)
    if scaled is None:
        raise QueryError(f"not a number of parameters: {value} (write 350M, 2.7B or 1000000)")
    digits, exponent = scaled
    count: int = digits * 10**exponent if exponent >= 0 else digits // 10**-exponent
    return min(count, _MOST)


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


# --- numbers and dates -----------------------------------------------------------------------------------


def _range(field: str, value: Value, position: int, today: date | None) -> Range | Missing:
    # The usual form of what a Japanese keyboard types: full-width digits, signs and letters.
    text = unicodedata.normalize("NFKC", value.text).strip()
    if text.casefold() == "none":
        return Missing(field, position)
    try:
        if field in ("created", "modified"):
            return Range(field, *(_aged(text, today) or _limits(text, _period)), position)
        sizes = _rounded(text) or _band(text) if field == "params" else None
        return Range(field, *(sizes or _limits(text, _number)), position)
    except _RangeError as error:
        raise QueryError(f"{field}: {value.text} {error}", value.position) from error


class _RangeError(Exception):
    """Why a text is not taken as a range: the end of a sentence that begins with it."""


def _limits(text: str, span: Callable[[str], tuple[_Limit, _Limit]]) -> tuple[_Limit | None, _Limit | None]:
    """Return the limits that `<X`, `<=X`, `>X`, `>=X`, `X..Y`, `X..`, `..Y` or `X` names: low, and high (excluded).

    Args:
        text: The range in its usual form.
        span: Returns where X begins and where it has ended.

    """
    low: _Limit | None = None
    high: _Limit | None = None
    if operator := re.fullmatch(_OPERATOR, text):
        begin, end = span(operator[2])
        low = {">": end, ">=": begin}.get(operator[1])
        high = {"<": begin, "<=": end}.get(operator[1])
    elif ".." in text and text != "..":
        first, _, last = text.partition("..")
        low = span(first.strip())[0] if first else None
        high = span(last.strip())[1] if last else None
    else:
        low, high = span(text)
    if high is not None and (not high or (low is not None and low >= high)):
        # Nothing is fewer than none, either.
        raise _RangeError("is an impossible range")
    return low, high


def _scaled(text: str) -> tuple[int, int] | None:
    """Return `2.7B` as its digits and their power of ten, 27 and 8: exact, which floats are not."""
    match = re.fullmatch(_COUNT, text)
    if match is None:
        return None
    fraction = match[2] or ""
    return int(match[1] + fraction), _UNITS[match[3].lower()] - len(fraction)


def _number(text: str) -> tuple[int, int]:
    digits, exponent = _scaled(text) or (1, -1)  # what is no number is refused like a fraction
    number, rest = (digits * 10**exponent, 0) if exponent >= 0 else divmod(digits, 10**-exponent)
    if rest:
        raise _RangeError("is not a range (write <1000, >=1k, 1B..3B or 7B)")
    number = min(number, _MOST - 1)
    return number, number + 1


def _band(text: str) -> tuple[int, int] | None:
    """Return the limits of `3B-8B`, as the facets write it: from 3B to below 8B; None for anything else."""
    first, dash, last = text.partition("-")
    low, high = _scaled(first), _scaled(last)
    if not dash or low is None or high is None:
        return None
    begin, end = _number(first)[0], _number(last)[0]
    if begin >= end:
        raise _RangeError("is an impossible range")
    return begin, end


def _rounded(text: str) -> tuple[int, int] | None:
    """Return the limits of what rounds to a bare `7B` or `2.7B` at the precision typed, None for anything else."""
    scaled = _scaled(text)
    if scaled is None or scaled[0] == 0:
        return None
    digits, exponent = scaled
    while digits % 10 == 0:
        digits, exponent = digits // 10, exponent + 1
    if exponent < 0:
        return None
    # Half a unit of the last digit to both sides; rounded up, because there are no half parameters.
    low, high = (-(-(2 * digits + side) * 10**exponent // 2) for side in (-1, 1))
    return min(low, _MOST - 1), min(high, _MOST)


def _period(text: str) -> tuple[str, str]:
    """Return the first day of a year, month or day, and the first day after it."""
    from zukan.dates import span  # noqa: PLC0415 (only a search with dates pays for it)

    match = re.fullmatch(_DATE, text)
    if match is None:
        raise _RangeError("is not a range of dates (write 2026, >=2026-03, 2024..2025, <30d or >1y)")
    year, month, day = (None if part is None else int(part) for part in match.groups())
    try:
        first, after = span(year or 0, month, day)
    except (ValueError, OverflowError) as error:
        raise _RangeError("is an impossible date") from error
    return first.isoformat(), after.isoformat()


def _aged(text: str, today: date | None) -> tuple[str | None, str | None] | None:
    """Return the limits of `<30d` (younger) or `>1y` (older), None for anything else.

    An age is a stretch of time, not a number of whole days: `<30d` takes the whole day 30 days ago with it, so that
    nothing younger than 30 times 24 hours is left out, and `<=` says no more than `<`.
    """
    operator = re.fullmatch(_OPERATOR, text)
    age = operator and re.fullmatch(_AGE, operator[2])
    if not operator or not age:
        return None
    from datetime import UTC, datetime  # noqa: PLC0415 (as above)

    from zukan.dates import before  # noqa: PLC0415 (as above)

    day = before(today or datetime.now(UTC).date(), int(age[1]), age[2].lower()).isoformat()
    return (day, None) if operator[1][0] == "<" else (None, day)
