"""Fetching ahead: the same items in the same order, errors in their place, nothing kept alive."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from zukan.crawl.ahead import ahead


def test_the_items_come_in_order() -> None:
    assert list(ahead(iter(range(50)))) == list(range(50))
    assert list(ahead(iter(()))) == []


def test_the_next_item_is_made_while_the_present_one_is_used() -> None:
    made: list[int] = []

    def numbers() -> Iterator[int]:
        for number in range(3):
            made.append(number)
            yield number

    items = ahead(numbers())
    assert next(items) == 0
    deadline = time.monotonic() + 5
    while 1 not in made and time.monotonic() < deadline:
        time.sleep(0.01)
    assert 1 in made
    assert list(items) == [1, 2]


def test_an_error_comes_after_the_items_before_it() -> None:
    def broken() -> Iterator[int]:
        yield 1
        raise ZeroDivisionError

    items = ahead(broken())
    assert next(items) == 1
    with pytest.raises(ZeroDivisionError):
        next(items)


def test_left_early_it_stops() -> None:
    items = ahead(iter(range(1_000_000)))
    assert next(items) == 0
    items.close()  # type: ignore[attr-defined]
    deadline = time.monotonic() + 5
    while any(thread.name == "zukan-ahead" for thread in threading.enumerate()) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not any(thread.name == "zukan-ahead" for thread in threading.enumerate())
