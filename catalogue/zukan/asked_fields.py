"""Reads the fields of a search in a question: `qwen params:<1B license:mit` asks `recommend` for the same.

Who knows how a search is written writes questions so too. A field that a question can say in words becomes these words;
one that is a wish becomes that; what no question asks for (`sort:`) is left out.
"""

from __future__ import annotations

import re

from zukan.advice import Wishes
from zukan.languages import language_name
from zukan.schema import Family

_FIELD = re.compile(
    r"(?<!\S)(-?)(task|lang|language|family|licen[sc]e|author|params|gated|library|type|base|created|modified|downloads|"
    r"likes|sort|has|is):(\"[^\"]{0,80}\"|\S{1,80})",
    re.IGNORECASE,
)
_SIZES = re.compile(
    r"(?P<sign><=?|>=?)?(?P<low>\d[\d.]{0,6}[kmb]?)(?:(?:\.\.|-)(?P<high>\d[\d.]{0,6}[kmb]))?", re.IGNORECASE
)
_NAMED = ("license", "family", "author")


def fields_in(question: str) -> tuple[Wishes, str]:
    """Return (what fields ask for that are wishes, the question with the others in words).

    Args:
        question: As typed.

    """
    if ":" not in question:
        return Wishes(), question
    found: dict[str, str] = {}

    def said(match: re.Match[str]) -> str:
        field, value = match[2].lower().replace("licence", "license"), match[3].strip('"').strip(",;、")
        if field == "family" and value.lower() not in {str(family) for family in Family}:
            return value
        if field in _NAMED and not match[1]:
            found.setdefault(field, value.lower() if field == "family" else value)
            return ""
        return _in_words(field, value, without=bool(match[1]))

    rest = _FIELD.sub(said, question)
    return Wishes(**found), " ".join(rest.split()) if rest != question else question  # type: ignore[arg-type]


def _in_words(field: str, value: str, *, without: bool) -> str:
    """Return what says a field in words, "" where nothing does."""
    if field in ("lang", "language"):
        name = language_name(value.lower(), "en") or value
        return f"not {name}" if without else f"in {name}"
    if field == "author" and without:
        return f"nothing from {value}"
    if field == "gated":
        return "not gated" if (value.lower() in ("no", "false")) is not without else ""
    if without:
        return ""
    if field == "params":
        return _size(value)
    if field == "task":
        return value.replace("-", " ")
    return value if field in ("type", "base", "library") else ""


def _size(value: str) -> str:
    match = _SIZES.fullmatch(value)
    if match is None:
        return ""
    low, high, sign = match["low"], match["high"], match["sign"] or ""
    if high:
        return f"{low} to {high} parameters"
    if not low[-1:].isalpha():
        return ""
    return f"{'under ' if sign.startswith('<') else 'over ' if sign else ''}{low} parameters"
