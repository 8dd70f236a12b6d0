"""Keeps requests inside the Hub's rate limit: reads the `RateLimit` headers and says how long to wait.

The Hub counts requests in fixed windows and says on every answer how many are left and when the window ends
(https://huggingface.co/docs/hub/rate-limits): `RateLimit: "api";r=489;t=189` and
`RateLimit-Policy: "fixed window";"api";q=500;w=300`.
"""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

DEFAULT_WINDOW_SECONDS = 300.0
_MARGIN_SECONDS = 0.05
_ROUNDED = 1.0
_RETRY_SECONDS = 0.5
"""How long to wait again where the window should be over and is not: the Hub may round its seconds down."""
_RESERVE = 0.01
"""Share of the quota that is left alone, so that a request which is not ours never makes ours the one too many."""
_SMALLEST_RESERVE = 1
_LARGE = 100


@dataclass(slots=True)
class Window:
    """What the last answer said of the present window."""

    left: int
    quota: int | None
    seconds: float
    ends: float
    """By the clock of `Pace`."""


def read_window(headers: Mapping[str, str]) -> tuple[int | None, float | None, int | None, float | None]:
    """Return (requests left, seconds to the reset, quota, seconds of a window) of the `RateLimit` headers."""
    limit, policy = headers.get("ratelimit", ""), headers.get("ratelimit-policy", "")

    def number(key: str, text: str) -> int | None:
        match = re.search(rf"(?:^|;)\s*{key}=(\d{{1,9}})", text)
        return int(match[1]) if match else None

    reset, window = number("t", limit), number("w", policy)
    return number("r", limit), None if reset is None else float(reset), number("q", policy), window and float(window)


def told_to_wait(headers: Mapping[str, str], now: float | None = None) -> float | None:
    """Return the seconds that a 429 asks to wait, at most one window; None where it does not say.

    A 429 with requests left comes from another limiter, which only `Retry-After` (seconds or a date) describes.
    """
    left, reset, _, window = read_window(headers)
    stated = headers.get("retry-after", "").strip()
    seconds: float | None = None
    if left == 0 and reset is not None:
        seconds = reset
    elif stated.isdigit():
        seconds = float(stated[:9])
    elif stated:
        try:
            at = parsedate_to_datetime(stated).timestamp()
        except (ValueError, TypeError, OverflowError):
            at = None
        # The server's own clock where it says it: ours may be wrong.
        seconds = None if at is None else max(0.0, at - (_date(headers) or now or time.time()))
    elif reset is not None:
        seconds = reset
    return None if seconds is None else min(seconds + _MARGIN_SECONDS, (window or DEFAULT_WINDOW_SECONDS) + 1.0)


def _date(headers: Mapping[str, str]) -> float | None:
    try:
        return parsedate_to_datetime(headers["date"]).timestamp()
    except (KeyError, ValueError, TypeError, OverflowError):
        return None


class Pace:
    """Says how long to wait before the next request of one bucket."""

    def __init__(self, share: float = 1.0, clock: Callable[[], float] = time.monotonic) -> None:
        """Start without knowing the quota.

        Args:
            share: The part of the quota that may be used, 0 to 1, the requests of others included.
            clock: Seconds that only go forward: the time of day may be set while a walk runs.

        """
        self.share = share
        self.window: Window | None = None
        self._clock = clock
        self._spent: Window | None = None
        """The window that was used up and should be over."""
        self._early = 0.0
        """How much too early windows were thought to be over: the Hub may round its seconds down."""

    def note(self, headers: Mapping[str, str]) -> None:
        """Take in the headers of an answer; one without them changes nothing."""
        left, reset, quota, seconds = read_window(headers)
        if left is None or reset is None:
            return
        spent, self._spent = self._spent, None
        if spent is not None and left < spent.left:
            self._early = _ROUNDED
        # No seconds left means less than one.
        ends = self._clock() + max(reset, _RETRY_SECONDS) + self._early
        old = self.window
        # Seconds come rounded up: the earliest end that was told in this window is the truest.
        if old is not None and self._clock() < old.ends and left <= old.left:
            ends = min(ends, old.ends)
        self.window = Window(left, quota, seconds or DEFAULT_WINDOW_SECONDS, ends)

    def sent(self) -> None:
        """Count a request whose answer may not say what is left."""
        if self.window is not None:
            self.window.left -= 1

    def seconds_to_wait(self) -> float:
        """Return how long to wait before the next request, 0 for not at all."""
        window = self.window
        if window is None:
            if self._spent is not None and self._clock() < self._spent.ends:
                # The first request after a window was answered without a word about the next one.
                return _ROUNDED
            return 0.0
        if window.left > self._reserve(window):
            return 0.0
        remaining = window.ends - self._clock()
        if remaining > 0:
            return min(remaining + _MARGIN_SECONDS, window.seconds + 1.0)
        # The window is over by its own account. Where it is not, the next answer says so; until it does, one request.
        self._spent = Window(window.left, window.quota, window.seconds, self._clock() + _ROUNDED)
        self.window = None
        return 0.0

    def left(self) -> int | None:
        """Return how many requests may still be made in this window, None where the Hub has not said."""
        window = self.window
        return None if window is None else max(0, window.left - self._reserve(window))

    def _reserve(self, window: Window) -> int:
        quota = window.quota
        if not quota:
            return _SMALLEST_RESERVE
        kept = max(min(_SMALLEST_RESERVE, quota // 2), math.ceil(quota * _RESERVE) if quota >= _LARGE else 0)
        return max(kept, quota - math.floor(quota * self.share))
