"""Writes dates as numbers and tells whether they come back the same."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_DAY = date(1970, 1, 1)


def milliseconds(text: str | None) -> int | str | None:
    """Return a date and time as the Hub writes it (`2022-03-02T23:29:04.000Z`) in milliseconds, else as it is."""
    if text is None or len(text) != 24 or text[10] != "T" or text[19] != "." or text[23] != "Z" or not text.isascii():
        return text
    day = _milliseconds_of_day(text[:10])
    hours, minutes, seconds_, rest = text[11:13], text[14:16], text[17:19], text[20:23]
    plain = text[13] == text[16] == ":" and (hours + minutes + seconds_ + rest).isdecimal()
    if day is None or not plain or hours > "23" or minutes > "59" or seconds_ > "59":
        return text
    return day + ((int(hours) * 60 + int(minutes)) * 60 + int(seconds_)) * 1000 + int(rest)


@lru_cache(maxsize=10_000)
def _milliseconds_of_day(text: str) -> int | None:
    number = days(text)
    return number * 86_400_000 if isinstance(number, int) else None


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
