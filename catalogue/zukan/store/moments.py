"""Writes dates as numbers and tells whether they come back the same."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_DAY = date(1970, 1, 1)
_DAY, _HOUR, _MINUTE, _SECOND = 86_400_000, 3_600_000, 60_000, 1_000
"""In milliseconds."""
_MOST_REMEMBERED = 10_000
_DATE = re.compile(r"\d{4}-\d\d-\d\dT", re.ASCII)
_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d):", re.ASCII)
_PART = re.compile(r"([0-5]\d)\.(\d{3})Z", re.ASCII)


def milliseconds(text: str | None) -> int | str | None:
    """Return a date and time as the Hub writes it (`2022-03-02T23:29:04.000Z`) in milliseconds, else as it is."""
    if text is None or len(text) != 24:
        return text
    try:
        # In parts, of which there are few: a whole one is read five times as slowly.
        found = _DATES[text[:11]] + _TIMES[text[11:17]] + _PARTS[text[17:]]
    except ValueError:
        return text
    return found if found >= 0 else text


class _Read(dict[str, int]):
    """A part of a time → its milliseconds; what is none raises `ValueError`."""

    def __init__(self, read: Callable[[str], int]) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, text: str) -> int:
        found = self._read(text)
        if len(self) >= _MOST_REMEMBERED:
            self.clear()
        self[text] = found
        return found


def _date(text: str) -> int:
    if not _DATE.fullmatch(text):
        raise ValueError(text)
    return (date.fromisoformat(text[:10]) - _FIRST_DAY).days * _DAY


def _time(text: str) -> int:
    if not (written := _TIME.fullmatch(text)):
        raise ValueError(text)
    return int(written[1]) * _HOUR + int(written[2]) * _MINUTE


def _part(text: str) -> int:
    if not (written := _PART.fullmatch(text)):
        raise ValueError(text)
    return int(written[1]) * _SECOND + int(written[2])


_DATES, _TIMES, _PARTS = _Read(_date), _Read(_time), _Read(_part)


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
