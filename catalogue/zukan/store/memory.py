"""Keeps what was read of a catalogue for as long as nobody changes it: most questions ask for the same few things."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from itertools import islice
from typing import Any, TypeVar

from zukan.schema import MOST_KEPT

PROSPECTS, KIN, ORIGINALS, ENDS, POPULAR = "prospects", "kin", "originals", "ends", "popular"
"""Kinds of things that shelves hold too, see `zukan.store.shelf`."""
K = TypeVar("K", bound=Hashable)
T = TypeVar("T")
MOST = MOST_KEPT
"""Things that are kept, numbers of words beside them, and models that ranking reads."""
_MANY = 6_000
"""Whole models that are kept of one kind: about two kilobytes each."""


class Memory:
    """What one connection has read; only inside a transaction is it known that nobody has changed it since."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Take a connection that reads."""
        self._connection = connection
        self._kept: dict[Hashable, object] = {}
        self._each: dict[str, dict[Any, Any]] = {}
        self._answers: dict[Hashable, object] = {}
        self._version: int | None = None

    def begin(self) -> None:
        """Forget the answers, and all if others have changed the catalogue since; call when a transaction begins."""
        self._answers.clear()
        version = self._now()
        if version != self._version:
            self._version = version
            self._kept.clear()
            self._each.clear()

    def is_of_now(self) -> bool:
        """Whether nobody has changed the catalogue since the last transaction began; call outside of one."""
        return self._version is not None and self._version == self._now()

    def _now(self) -> int:
        return int(self._connection.execute("PRAGMA data_version").fetchone()[0])

    def of(self, key: Hashable, read: Callable[[], T]) -> T:
        """Return what is kept under a key, or what `read` returns now; nobody may change it."""
        if not self._connection.in_transaction or self._version is None:
            return read()
        if key in self._kept:
            return self._kept[key]  # type: ignore[return-value]
        if len(self._kept) >= MOST:
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
        wanted = list(dict.fromkeys(texts))
        found = self.each("numbers", wanted, lambda missing: dict.fromkeys(missing, 0) | read(missing), MOST)
        return {text: number for text in wanted if (number := found[text])}

    def one(self, kind: str, key: K, read: Callable[[], T], most: int) -> T:
        """Return the thing of one kind under a key, or what `read` returns now, see `each`; nobody may change it."""
        return self.each(kind, [key], lambda _: {key: read()}, most)[key]

    def kept(self, kind: str) -> Mapping[Any, Any]:
        """Return the things of one kind that are kept; nobody may change them."""
        return self._each.get(kind, {})

    def forget(self, kind: str) -> None:
        """Forget the things of one kind."""
        self._each.pop(kind, None)

    def each(
        self, kind: str, keys: Collection[K], read: Callable[[list[K]], Mapping[K, T]], most: int = _MANY
    ) -> Mapping[K, T]:
        """Return the things of one kind under some keys, others among them; nobody may change them.

        Args:
            kind: What they are.
            keys: Which ones are wanted.
            read: Is asked for those that are not kept; a key that it does not return is asked for again.
            most: So many are kept, the newest half when they become more; what is more at once is not kept.

        """
        if not self._connection.in_transaction or self._version is None:
            return read(list(keys))
        known = self._each.setdefault(kind, {})
        if missing := [key for key in keys if key not in known]:
            if len(missing) > most:
                return read(list(keys))
            if len(known) + len(missing) > most:
                # Another one, so that who asked before still reads what was returned.
                newest = max(0, min(most // 2, most - len(keys)))
                kept = dict(islice(known.items(), max(0, len(known) - newest), None))
                known = self._each[kind] = kept | {key: known[key] for key in keys if key in known}
            known.update(read(missing))
        return known
