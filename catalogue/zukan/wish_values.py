"""Reads the options of a recommendation: sizes, dates and names as people write them → `Wishes`."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date

from zukan.advice import Wishes
from zukan.dates import first_day, last_day
from zukan.errors import QueryError
from zukan.exclusions import ALLOWED
from zukan.lazily import lazily
from zukan.licences import COMMERCIAL, KINDS, named
from zukan.query import family_named
from zukan.query_ranges import least_count

PREFERENCES = ("small", "balanced", "best")
_LEAST = 1_000_000
"""Bytes: a smaller number without a unit is one of gigabytes whose unit was forgotten."""
_BYTES = lazily(r"(\d{1,9}(?:\.\d{1,3})?)\s*([kmgt]?)(i?)b?", re.IGNORECASE)
_DATE = lazily(r"(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?")


def wishes_of(
    *,
    family: str | None = None,
    license: str | None = None,  # noqa: A002 (the Hub's own word)
    author: str | None = None,
    since: str | None = None,
    until: str | None = None,
    min_parameters: str | int | None = None,
    max_parameters: str | int | None = None,
    max_memory: str | int | None = None,
    max_download: str | int | None = None,
    no_gated: bool = False,
    prefer: str | None = None,
    allow: Sequence[str] = (),
) -> Wishes:
    """Check and normalise wishes; the arguments are those of `Catalogue.recommend`.

    Raises:
        QueryError: A value that does not exist.

    """
    if prefer is not None and prefer not in PREFERENCES:
        raise QueryError(f"unknown preference: {prefer} (known: {', '.join(PREFERENCES)})")
    least, most = (
        least_count(count) if isinstance(count, str) else count for count in (min_parameters, max_parameters)
    )
    allow = [name.lower() for name in allow]
    if unknown := [name for name in allow if name not in ALLOWED]:
        raise QueryError(f"cannot allow: {unknown[0]} (known: {', '.join(ALLOWED)})")
    return Wishes(
        license=_licence(license),
        min_parameters=least,
        max_parameters=most,
        max_memory=_size(max_memory),
        max_download=_size(max_download),
        family=str(family_named(family)) if family else None,
        author=author,
        since=_day(since, first_day),
        until=_day(until, last_day),
        no_gated=no_gated,
        prefer=prefer,
        allow=tuple(dict.fromkeys(allow)),
    )


def _licence(text: str | None) -> str | None:
    if text is None:
        return None
    wanted = dict.fromkeys(named(one) for one in re.split(r"[,|]", text) if one.strip())
    if not wanted:
        raise QueryError(f"no licence is given (known: {', '.join(KINDS)}, or an id such as {COMMERCIAL[0]})")
    return "|".join(wanted)


def _size(value: str | int | None) -> int | None:
    if value is None:
        return None
    match = _BYTES.fullmatch(str(value).strip())
    size = int(float(match[1]) * (1024 if match[3] else 1000) ** " kmgt".index(match[2].lower() or " ")) if match else 0
    if size <= 0 or (match and isinstance(value, str) and not match[2] and size < _LEAST):
        raise QueryError(f"not a size: {value} (write 500MB or 8GB)")
    return size


def _day(text: str | None, reading: Callable[..., date]) -> str | None:
    if text is None:
        return None
    match = _DATE.fullmatch(text.strip())
    try:
        day = reading(*(int(part) for part in match.groups() if part)) if match else None
    except (ValueError, OverflowError):
        day = None
    if day is None:
        raise QueryError(f"not a date: {text} (write 2025, 2025-06 or 2025-06-30)")
    return day.isoformat()
