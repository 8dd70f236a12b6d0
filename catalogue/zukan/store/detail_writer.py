"""Stores the raw rows of models packed, see `packing`."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from zukan.store.entry import Entry, downloads_all_time, state_of
from zukan.store.packing import RowPacker, told


class DetailWriter:
    """The table `detail` of an open catalogue that is written."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Take the connection that writes."""
        self._connection = connection
        self._packer: RowPacker | None = None

    def insert(self, entries: Iterable[tuple[int, Entry]]) -> None:
        """Store the raw rows of models that have none."""
        self.insert_packed((id_, self._pack(entry)) for id_, entry in entries)

    def insert_packed(self, packed: Iterable[tuple[int, bytes | None]]) -> None:
        """Store raw rows that are packed already, of models that have none."""
        self._connection.executemany(
            "INSERT INTO detail (id, row) VALUES (?, ?)", ((id_, row) for id_, row in packed if row is not None)
        )

    def replace(self, id_: int, entry: Entry) -> None:
        """Store the raw row of a model in place of what is there."""
        packed = self._pack(entry)
        if packed is None:
            self._connection.execute("DELETE FROM detail WHERE id = ?", (id_,))
        else:
            self._connection.execute("INSERT OR REPLACE INTO detail (id, row) VALUES (?, ?)", (id_, packed))

    def _pack(self, entry: Entry) -> bytes | None:
        if self._packer is None:
            number, text = self._connection.execute(
                "SELECT id, text FROM dictionary ORDER BY id DESC LIMIT 1"
            ).fetchone()
            self._packer = RowPacker(number, text)
        known = told(entry.record, state_of(entry), downloads_all_time(entry.row))
        return self._packer.pack(entry.row, known)
