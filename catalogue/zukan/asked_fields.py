"""Reads the fields of a search in a question: `qwen params:<1B license:mit` asks `recommend` for the same.

Who knows how a search is written writes questions so too. What is no field of a search, or has a value that there is
none of, stays what it is: a word of the question.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from zukan.advice import Wishes
from zukan.errors import QueryError
from zukan.languages import language_code, language_name
from zukan.lazily import lazily
from zukan.licences import KINDS, KNOWN, named
from zukan.query_ranges import parameter_count
from zukan.schema import Family
from zukan.tasks import all_tasks

_FIELD = lazily(
    r"(?<!\S)(-?)(task|lang|language|family|licen[sc]e|author|params|parameters|size|created|gated)[:：]"
    r"(\"[^\"]{0,80}\"|[^\s\"、，]{1,80})",
    re.IGNORECASE,
)
_RANGE = lazily(r"(?P<low>[\d.]{1,12}[kmb]?)(?:\.\.|-)(?P<high>[\d.]{1,12}[kmb]?)", re.IGNORECASE)
_BOUND = lazily(r"(?P<sign><=?|>=?)(?P<value>[\d.]{1,12}[kmb]?)", re.IGNORECASE)
_DATE = lazily(r"(?P<sign><=?|>=?)?(?P<date>\d{4}(?:-\d{2}(?:-\d{2})?)?)")


def fields_in(question: str, is_author: Callable[[str], bool] = lambda _: True) -> tuple[Wishes, str]:
    """Return (what fields ask for that are wishes, the question without them, with languages and tasks in words).

    Args:
        question: As typed.
        is_author: Whether anybody of that name has published a model.

    """
    found: dict[str, Any] = {}

    def said(match: re.Match[str]) -> str:
        field, value = match[2].lower().replace("licence", "license"), match[3].strip('"').strip(",;.")
        words = _in_words(field, value, without=bool(match[1]))
        if words is not None:
            return words
        wishes = {} if match[1] else dict(_wishes(field, value, is_author))
        if not wishes:
            return match[0]
        for name, wish in wishes.items():
            found.setdefault(name, wish)
        return ""

    rest = _FIELD.sub(said, question)
    return Wishes(**found), question if rest == question else " ".join(rest.split())


def _in_words(field: str, value: str, *, without: bool) -> str | None:
    """Return what says a field in words, None where it is a wish, or none of these."""
    if field in ("lang", "language"):
        codes = [language_code(name) for name in value.split("|")]
        if not all(codes):
            return None
        names = " or ".join(language_name(code, "en") for code in codes if code)
        return f"not {names}" if without else f"in {names}"
    if field == "author" and without:
        return f"nothing from {value}"
    if field == "gated" and not without and value.lower() in ("no", "false"):
        return "not gated"
    if field == "task" and not without and value.lower() in {task.task_id for task in all_tasks()}:
        return value.lower().replace("-", " ")
    return None


def _wishes(field: str, value: str, is_author: Callable[[str], bool]) -> Iterator[tuple[str, Any]]:
    """Yield (name, value) of the wishes that a field is; none where its value is none."""
    if field == "family" and value.lower() in {str(family) for family in Family}:
        yield "family", value.lower()
    elif field == "license":
        licences = [named(one) for one in re.split(r"[,|]", value)]
        if all(one in (*KNOWN, *KINDS) for one in licences):
            yield "license", "|".join(licences)
    elif field == "author" and value.strip() and is_author(value.strip()):
        yield "author", value.strip()
    elif field in ("params", "parameters", "size"):
        yield from _sizes(value)
    elif field == "created" and (match := _DATE.fullmatch(value)):
        day = match["date"]
        if not (match["sign"] or "").startswith("<"):
            yield "since", f"{day}{'-01-01'[(len(day) - 4) :]}"
        if not (match["sign"] or "").startswith(">"):
            yield "until", f"{day}{'-12-31'[(len(day) - 4) :]}"


def _sizes(value: str) -> Iterator[tuple[str, int]]:
    try:
        if match := _RANGE.fullmatch(value):
            low, high = match["low"], match["high"]
            unit = "" if low[-1].isalpha() else high[-1] if high[-1].isalpha() else ""
            yield "min_parameters", parameter_count(low + unit)
            yield "max_parameters", parameter_count(high)
        elif match := _BOUND.fullmatch(value):
            least = match["sign"].startswith(">")
            yield "min_parameters" if least else "max_parameters", parameter_count(match["value"])
        else:
            # A size without a bound: others by a quarter at most are called so too.
            size = parameter_count(value)
            yield "min_parameters", round(size * 0.75)
            yield "max_parameters", round(size * 1.25)
    except QueryError:
        return
