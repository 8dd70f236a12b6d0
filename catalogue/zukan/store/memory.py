"""Keeps what was read of a catalogue for as long as nobody changes it: most questions ask for the same few things."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Hashable, Iterable
from typing import TypeVar

T = TypeVar("T")
_MOST = 20_000
"""Things that are kept, and numbers of words beside them."""


class Memory:
    """What one connection has read; only inside a transaction is it known that nobody has changed it since."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Take a connection that reads."""
        self._connection = connection
        self._kept: dict[Hashable, object] = {}
        self._numbers: dict[str, int] = {}
        self._answers: dict[Hashable, object] = {}
        self._version: int | None = None

    def begin(self) -> None:
        """Forget the answers, and all if others have changed the catalogue since; call when a transaction begins."""
        self._answers.clear()
        version = self._connection.execute("PRAGMA data_version").fetchone()[0]
        if version != self._version:
            self._version = version
            self._kept.clear()
            self._numbers.clear()

    def of(self, key: Hashable, read: Callable[[], T]) -> T:
        """Return what is kept under a key, or what `read` returns now; nobody may change it."""
        if not self._connection.in_transaction or self._version is None:
            return read()
        if key in self._kept:
            return self._kept[key]  # type: ignore[return-value]
        if len(self._kept) >= _MOST:
            self._kept.clear()
        self._kept[key] = found = read()
        return found

    def answer(self, key: Hashable, read: Callable[[], T]) -> T:
        """Do the same for the rest of the transaction alone: what one question asks for more than once."""
        if not self._connection.in_transaction or self._version is None:
            return read()
        if key not in self._answers:
            self._answers[key] = read()
        return self._answers[key]  # type: ignore[return-value]

    def numbers(self, texts: Iterable[str], read: Callable[[list[str]], dict[str, int]]) -> dict[str, int]:
        """Return the numbers of texts, without those of nought; `read` is asked for those that are not kept."""
        if not self._connection.in_transaction or self._version is None:
            return read(list(texts))
        wanted = list(dict.fromkeys(texts))
        known = self._numbers
        missing = [text for text in wanted if text not in known]
        if missing:
            if len(known) >= _MOST:
                known.clear()
                missing = wanted
            known.update(dict.fromkeys(missing, 0) | read(missing))
        return {text: number for text in wanted if (number := known[text])}
