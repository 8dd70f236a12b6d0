"""Reading the Hub's rate-limit headers, and waiting no longer and no shorter than they say."""

from __future__ import annotations

import pytest

from zukan.hub.pace import Pace, told_to_wait


class Clock:
    """Seconds that pass only when told."""

    def __init__(self) -> None:
        self.seconds = 1_000.0

    def __call__(self) -> float:
        """Return the seconds."""
        return self.seconds


def headers(left: int, reset: float, quota: int = 500, window: int = 300) -> dict[str, str]:
    return {
        "ratelimit": f'"api";r={left};t={reset:.0f}',
        "ratelimit-policy": f'"fixed window";"api";q={quota};w={window}',
    }


def test_without_headers_nothing_is_waited_for() -> None:
    pace = Pace()
    assert (pace.seconds_to_wait(), pace.left()) == (0, None)
    pace.note({"ratelimit": "nonsense", "ratelimit-policy": ""})
    assert pace.seconds_to_wait() == 0


@pytest.mark.parametrize(("share", "least"), [(1.0, 5), (0.5, 250), (0.9, 50)])
def test_the_share_of_the_quota_is_used_and_no_more(share: float, least: int) -> None:
    clock = Clock()
    pace = Pace(share, clock)
    pace.note(headers(least + 1, 60))
    assert (pace.seconds_to_wait(), pace.left()) == (0, 1)
    pace.note(headers(least, 59))
    assert pace.left() == 0
    assert 59 <= pace.seconds_to_wait() < 60
    clock.seconds += 59.1
    assert pace.seconds_to_wait() == 0, "the window is over"


def test_the_earliest_end_that_was_told_in_a_window_counts() -> None:
    """Seconds come rounded up: an answer later in the same second would otherwise move the end by one."""
    clock = Clock()
    pace = Pace(1.0, clock)
    pace.note(headers(4, 10))
    clock.seconds += 0.9
    pace.note(headers(3, 10))
    assert pace.seconds_to_wait() == pytest.approx(9.15, abs=0.01)


def test_a_new_window_forgets_the_old_one() -> None:
    clock = Clock()
    pace = Pace(1.0, clock)
    pace.note(headers(5, 10))
    clock.seconds += 11
    pace.note(headers(499, 300))
    assert (pace.seconds_to_wait(), pace.left()) == (0, 494)


def test_a_window_that_is_not_over_when_it_said_is_waited_for_again() -> None:
    clock = Clock()
    pace = Pace(1.0, clock)
    pace.note(headers(5, 0))
    assert 0.4 < pace.seconds_to_wait() < 1


def test_an_endless_window_is_waited_for_no_longer_than_it_is_long() -> None:
    pace = Pace(1.0, Clock())
    pace.note(headers(0, 900_000))
    assert pace.seconds_to_wait() <= 301


@pytest.mark.parametrize(
    ("given", "low", "high"),
    [
        (headers(0, 17), 17, 18),
        ({**headers(200, 100), "retry-after": "7"}, 7, 8),
        ({"retry-after": "7"}, 7, 8),
        ({"retry-after": "99999"}, 300, 302),
        ({"date": "Thu, 26 Nov 2026 10:00:00 GMT", "retry-after": "Thu, 26 Nov 2026 10:00:09 GMT"}, 9, 10),
        ({"date": "Thu, 26 Nov 2026 10:00:00 GMT", "retry-after": "Thu, 26 Nov 2026 09:00:00 GMT"}, 0, 1),
        (headers(0, 999_999), 300, 302),
    ],
    ids=["spent", "another limiter", "seconds", "too long", "date by the server's clock", "past", "bounded"],
)
def test_a_429_says_how_long_to_wait(given: dict[str, str], low: float, high: float) -> None:
    wait = told_to_wait(given)
    assert wait is not None
    assert low <= wait <= high


@pytest.mark.parametrize("given", [{}, {"retry-after": "soon"}, {"ratelimit": "r=x"}])
def test_a_429_that_says_nothing_leaves_the_wait_to_us(given: dict[str, str]) -> None:
    assert told_to_wait(given) is None
