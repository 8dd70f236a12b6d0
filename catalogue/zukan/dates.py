"""Days: what a year, a month or a day spans, and what lies so long before a day."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta


def span(year: int, month: int | None = None, day: int | None = None) -> tuple[date, date]:
    """Return the first day of a year, month or day, and the first day after it.

    Raises:
        ValueError: There is no such day.
        OverflowError: What comes after it is beyond all dates.

    """
    first = date(year, 1 if month is None else month, 1 if day is None else day)
    if day is not None:
        return first, first + timedelta(days=1)
    last = 12 if month is None else month
    return first, date(first.year + last // 12, last % 12 + 1, 1)


def first_day(year: int, month: int | None = None, day: int | None = None) -> date:
    """Return the first day of a year, month or day.

    Raises:
        ValueError: There is no such day.

    """
    return date(year, 1 if month is None else month, 1 if day is None else day)


def last_day(year: int, month: int | None = None, day: int | None = None) -> date:
    """Return the last day of a year, month or day.

    Raises:
        ValueError: There is no such day.

    """
    first = first_day(year, month, day)
    if day is not None:
        return first
    last = 12 if month is None else month
    return first.replace(month=last, day=monthrange(year, last)[1])


def before(day: date, number: int, unit: str) -> date:
    """Return the day so many days (`d`), weeks (`w`), months (`m`) or years (`y`) before another, at most the first."""
    try:
        if unit in "dw":
            return day - timedelta(days=number * (7 if unit == "w" else 1))
        months = day.year * 12 + day.month - 1 - number * (12 if unit == "y" else 1)
        first = date(months // 12, months % 12 + 1, 1)
        found = first + timedelta(days=day.day - 1)
        # One month before the 31st of March is the last of February.
        return found if found.month == first.month else found - timedelta(days=found.day)
    except (ValueError, OverflowError):
        return date.min


def beginning(day: date, unit: str) -> date:
    """Return the first day of the week (`w`), month (`m`) or year (`y`) of a day."""
    if unit == "w":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if unit == "m" else day.replace(month=1, day=1)
