"""Numbers, dates and ages as a search writes them: `<1B`, `3B-8B`, `2026-03`, `>1y`, and the limits that they name."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from zukan.errors import QueryError

if TYPE_CHECKING:
    from datetime import date

_UNITS = {"": 0, "k": 3, "m": 6, "b": 9, "t": 12}
_FEWEST = 1_000
_MOST = 2**63 - 1
"""The largest number that SQLite holds."""
_OPERATOR = r"(?s:(<=?|>=?)\s*(.*))"
# Thirty digits are more than any count has, and far fewer than what int() refuses to read.
_COUNT = r"(?i:\s*(\d{1,3}(?:,\d{3}){1,9}|\d{1,30})(?:\.(\d{1,30}))?\s*([kmbt]?)\s*)"
_DATE = r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?"
_AGE = r"(?i:(\d{1,7})\s*([dwmy]))"
_Limit = TypeVar("_Limit", int, str)


class RangeError(Exception):
    """Why a text is not taken as a range: the end of a sentence that begins with it."""


Limits = tuple[int | str | None, int | str | None]
"""The lowest value, and the first that is too high; dates as ISO dates, None for no limit."""


def limits(field: str, text: str, today: date | None) -> Limits:
    """Return the limits that a range names.

    Args:
        field: `created` or `modified` for dates and ages, `params` where a bare 7B is what rounds to it; else a count.
        text: The range in its usual form, NFKC.
        today: What ages count from; None for today in UTC.

    Raises:
        RangeError: It is none, or none that anything can be in.

    """
    if field in ("created", "modified"):
        return _aged(text, today) or _ends(text, _period)
    sizes = _rounded(text) or _band(text) if field == "params" else None
    return sizes or _ends(text, _number)


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


def least_count(value: str) -> int:
    """Return what `parameter_count` reads, but for `7`, of which somebody forgot the unit.

    Raises:
        QueryError: It is not a count, or one of fewer parameters than any model has.

    """
    count = parameter_count(value)
    if 0 < count < _FEWEST and value.strip().replace(".", "").isdigit():
        raise QueryError(f"not a number of parameters: {value} (write 350M, 2.7B or 1000000)")
    return count


def _ends(text: str, span: Callable[[str], tuple[_Limit, _Limit]]) -> tuple[_Limit | None, _Limit | None]:
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
        raise RangeError("is an impossible range")
    return low, high


def _scaled(text: str) -> tuple[int, int] | None:
    """Return `2.7B` as its digits and their power of ten, 27 and 8: exact, which floats are not."""
    match = re.fullmatch(_COUNT, text)
    if match is None:
        return None
    fraction = match[2] or ""
    return int(match[1].replace(",", "") + fraction), _UNITS[match[3].lower()] - len(fraction)


def _number(text: str) -> tuple[int, int]:
    digits, exponent = _scaled(text) or (1, -1)  # what is no number is refused like a fraction
    number, rest = (digits * 10**exponent, 0) if exponent >= 0 else divmod(digits, 10**-exponent)
    if rest:
        raise RangeError("is not a range (write <1000, >=1k, 1B..3B or 7B)")
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
        raise RangeError("is an impossible range")
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
        raise RangeError("is not a range of dates (write 2026, >=2026-03, 2024..2025, <30d or >1y)")
    year, month, day = (None if part is None else int(part) for part in match.groups())
    try:
        first, after = span(year or 0, month, day)
    except (ValueError, OverflowError) as error:
        raise RangeError("is an impossible date") from error
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
