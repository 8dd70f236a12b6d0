"""Lets the next page be fetched while the present one is stored."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")
_LOOK_SECONDS = 0.5
"""Waits are cut into pieces, because one without an end cannot be interrupted everywhere."""


@dataclass
class _Made(Generic[T]):
    """What the thread hands over: an item, an error, or neither at the end."""

    items: tuple[T, ...] = ()
    error: BaseException | None = None


@dataclass
class _Maker(Generic[T]):
    """Makes the items of an iterator, one ahead of who takes them."""

    source: Iterator[T]
    made: queue.Queue[_Made[T]] = field(default_factory=lambda: queue.Queue(maxsize=1))
    stopped: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        try:
            for item in self.source:
                self._put(_Made((item,)))
                if self.stopped.is_set():
                    return
        except BaseException as error:  # noqa: BLE001 (it is raised again by whoever takes the items)
            self._put(_Made(error=error))
        else:
            self._put(_Made())

    def _put(self, found: _Made[T]) -> None:
        while not self.stopped.is_set():
            try:
                self.made.put(found, timeout=_LOOK_SECONDS)
            except queue.Full:
                continue
            return

    def take(self) -> _Made[T]:
        while True:
            try:
                return self.made.get(timeout=_LOOK_SECONDS)
            except queue.Empty:
                continue


def ahead(items: Iterator[T]) -> Iterator[T]:
    """Yield the items of an iterator, the next one being made meanwhile in a thread of its own.

    An error of the iterator is raised where its item would have come. The thread is a daemon, so that Ctrl-C need not
    wait for an answer that does not come; left early, it makes at most one item more.
    """
    maker = _Maker(items)
    threading.Thread(target=maker.run, name="zukan-ahead", daemon=True).start()
    try:
        while True:
            found = maker.take()
            if found.error is not None:
                raise found.error
            if not found.items:
                return
            yield from found.items
    finally:
        maker.stopped.set()
