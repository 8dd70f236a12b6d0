"""Writes dates as numbers and tells whether they come back the same."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_DAY = date(1970, 1, 1)
_MILLISECOND = timedelta(milliseconds=1)
_WRITTEN = re.compile(r"\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z", re.ASCII)


def milliseconds(text: str | None) -> int | str | None:
    """Return a date and time as the Hub writes it (`2022-03-02T23:29:04.000Z`) in milliseconds, else as it is."""
    if text is None or len(text) != 24 or not _WRITTEN.fullmatch(text):
        return text
    try:
        found = (datetime.fromisoformat(text) - _EPOCH) // _MILLISECOND
    except ValueError:
        return text
    return found if found >= 0 else text


@lru_cache(maxsize=10_000)
def days(text: str | None) -> int | str | None:
    """Return an ISO date in days, else as it is."""
    if text is None or len(text) != 10:
        return text
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return text
    return (found - _FIRST_DAY).days if found >= _FIRST_DAY and found.isoformat() == text else text


@lru_cache(maxsize=1_000)
def seconds(text: str | None) -> int | str | None:
    """Return a time of day as zukan writes it (`2026-11-27T01:21:16+00:00`) in seconds, else as it is."""
    if text is None or len(text) != 25 or not text.endswith("+00:00"):
        return text
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return text
    number = (found - _EPOCH) // timedelta(seconds=1)
    return number if number >= 0 and found.isoformat(timespec="seconds") == text else text
