"""Keeps each text that many models share once: a model's row holds its number in the table `word`."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

_REMEMBERED = 200_000
"""Texts kept in memory while writing: nearly all rows are told with a few thousand."""
_READ = 50_000
"""Texts kept in memory while reading."""


class WordNumbers:
    """The numbers of texts, for a writer: a text that is new gets the next one."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Take the connection that writes."""
        self._connection = connection
        self._known: dict[str, int] = {}

    def number(self, text: str | None) -> int | None:
        """Return the number of a text, None of None; call inside a transaction."""
        if text is None:
            return None
        known = self._known.get(text)
        if known is not None:
            return known
        row = self._connection.execute("SELECT id FROM word WHERE text = ?", (text,)).fetchone()
        if row is None:
            number = int(self._connection.execute("INSERT INTO word (text) VALUES (?)", (text,)).lastrowid or 0)
        else:
            number = int(row[0])
        if len(self._known) >= _REMEMBERED:
            self._known.clear()
        self._known[text] = number
        return number

    def numbers(self, texts: Iterable[str]) -> str:
        """Return the numbers of several texts as a JSON list."""
        known, found = self._known, []
        for text in texts:
            number = known.get(text)
            found.append(self.number(text) if number is None else number)
        return f"[{','.join(map(str, found))}]"

    def settle(self, *, kept: bool) -> None:
        """Forget the numbers where a transaction, or a part of it, is not kept: any may have been given in it."""
        if not kept:
            self._known.clear()


def texts_of(connection: sqlite3.Connection, numbers: Iterable[int]) -> dict[int | None, str]:
    """Return the texts of numbers, each asked for once."""
    # Written into the statement: they are our own integers, and binding a thousand values takes longer than reading.
    wanted = ",".join(map(str, set(numbers)))
    found: dict[int | None, str] = dict(
        connection.execute(f"SELECT id, text FROM word WHERE id IN ({wanted})").fetchall()
    )
    return found


class Texts:
    """The texts of an open catalogue, for a reader: most models are told with the same few thousand."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Take a connection that reads."""
        self._connection = connection
        self._known: dict[int | None, str] = {}

    def of(self, numbers: set[int]) -> dict[int | None, str]:
        """Return the texts of these numbers, and of others; nobody may change what is returned."""
        # A number, once committed, is never another text's: nothing takes texts away.
        known = self._known
        missing = numbers.difference(known)
        if missing:
            if len(known) > _READ:
                self._known = known = {}
                missing = numbers
            known.update(texts_of(self._connection, missing))
        return known


class VerdictNumbers:
    """The numbers of family tags, for a writer: most models share theirs with many."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Take the connection that writes."""
        self._connection = connection
        self._known: dict[tuple[str | None, ...], int] = {}

    def number(self, verdict: tuple[str | None, ...]) -> int:
        """Return the number of (family, certainty, guess, reason, rule, evidence); call inside a transaction."""
        known = self._known.get(verdict)
        if known is not None:
            return known
        import hashlib  # noqa: PLC0415 (only a writer needs it)

        mark = hashlib.blake2b("\0".join(text or "" for text in verdict).encode(), digest_size=10).digest()
        row = self._connection.execute("SELECT id FROM verdict WHERE mark = ?", (mark,)).fetchone()
        if row is None:
            cursor = self._connection.execute(
                "INSERT INTO verdict (family, certainty, guess, reason, rule, evidence, mark) "
                "VALUES (?, ?, ?, ?, ?, ?, ?)",
                (*verdict, mark),
            )
            number = int(cursor.lastrowid or 0)
        else:
            number = int(row[0])
        if len(self._known) >= _REMEMBERED:
            self._known.clear()
        self._known[verdict] = number
        return number

    def settle(self, *, kept: bool) -> None:
        """Forget the numbers where a transaction, or a part of it, is not kept: any may have been given in it."""
        if not kept:
            self._known.clear()
