"""Keeps each text that many models share once: a model's row holds its number in the table `word`."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any

_REMEMBERED = 50_000
"""Texts kept in memory while writing: nearly all rows are told with a few thousand."""
_AT_ONCE = 500
"""So many are looked for in one statement."""
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

    def of_all(self, texts: Sequence[str]) -> list[int]:
        """Return the numbers of many different texts; call inside a transaction."""
        known, execute = self._known, self._connection.execute
        unknown = [text for text in texts if text not in known]
        if len(known) + len(unknown) > _REMEMBERED:
            known.clear()
            unknown = list(texts)
        for start in range(0, len(unknown), _AT_ONCE):
            part = unknown[start : start + _AT_ONCE]
            known.update(execute(f"SELECT text, id FROM word WHERE text IN ({', '.join('?' * len(part))})", part))
        new = [text for text in unknown if text not in known]
        if new:
            numbered = [(text, id_) for id_, text in enumerate(new, _next_id(self._connection, "word"))]
            self._connection.executemany("INSERT INTO word (text, id) VALUES (?, ?)", numbered)
            known.update(numbered)
        return list(map(known.__getitem__, texts))

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


Verdict = tuple[str | None, ...]
"""A family tag as it is stored: family, certainty, guess, reason, rule, evidence."""


def mark_of(verdict: Verdict) -> bytes:
    """Return by what a family tag is found among those that are stored."""
    from hashlib import blake2b  # noqa: PLC0415 (only a writer needs it)

    return blake2b("\0".join(text or "" for text in verdict).encode(), digest_size=10).digest()


class VerdictNumbers:
    """The numbers of family tags, for a writer: most models share theirs with many."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Take the connection that writes."""
        self._connection = connection
        self._known: dict[bytes, int] = {}

    def number(self, verdict: Verdict) -> int:
        """Return the number of a family tag; call inside a transaction."""
        return self.of_all([(*verdict, mark_of(verdict))])[0]

    def of_all(self, marked: Sequence[tuple[Any, ...]]) -> list[int]:
        """Return the numbers of many different family tags, each with its mark behind it; call inside a transaction."""
        known, execute = self._known, self._connection.execute
        unknown = {one[-1]: one for one in marked if one[-1] not in known}
        if unknown:
            if len(known) + len(unknown) > _REMEMBERED:
                known.clear()
                unknown = {one[-1]: one for one in marked}
            marks = list(unknown)
            for start in range(0, len(marks), _AT_ONCE):
                part = marks[start : start + _AT_ONCE]
                known.update(
                    execute(f"SELECT mark, id FROM verdict WHERE mark IN ({', '.join('?' * len(part))})", part)
                )
            new = [one for mark, one in unknown.items() if mark not in known]
            first = _next_id(self._connection, "verdict") if new else 0
            known.update((one[-1], id_) for id_, one in enumerate(new, first))
            self._connection.executemany(
                "INSERT INTO verdict (family, certainty, guess, reason, rule, evidence, mark, id) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                ((*one, known[one[-1]]) for one in new),
            )
        return [known[one[-1]] for one in marked]

    def settle(self, *, kept: bool) -> None:
        """Forget the numbers where a transaction, or a part of it, is not kept: any may have been given in it."""
        if not kept:
            self._known.clear()


def _next_id(connection: sqlite3.Connection, table: str) -> int:
    return int(connection.execute(f"SELECT ifnull(max(id), 0) + 1 FROM {table}").fetchone()[0])
