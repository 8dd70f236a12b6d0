"""Reads the raw rows of models back whole, see `packing`."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from zukan.errors import CatalogueDamaged
from zukan.schema import Hit, ModelRecord
from zukan.store.naming import own_name
from zukan.store.packing import told, unpack
from zukan.store.rows import COLUMNS, ID, OWN_DATE_AT, WIDTH, Decoder, day_of

_WHOLE = f"SELECT {COLUMNS}, m.downloads_all_time AS all_time, m.state AS state, d.row AS packed"


class DetailReader:
    """The raw rows of an open catalogue."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Take any connection to it."""
        self._connection = connection
        self._decoder = Decoder(connection)
        self._shared: dict[int, bytes] = {}

    def rows(self, condition: str, values: Sequence[Any]) -> list[tuple[int, ModelRecord, dict[str, Any]]]:
        """Return (row id, record, raw row) of models, see `hits`."""
        return [(id_, hit.record, row) for id_, hit, row in self.hits(condition, values)]

    def hits(self, condition: str, values: Sequence[Any]) -> list[tuple[int, Hit, dict[str, Any]]]:
        """Return (row id, model, raw row) of the models `m` that fulfil a condition.

        Raises:
            CatalogueDamaged: A raw row cannot be read.

        """
        cursor = self._connection.cursor()
        cursor.row_factory = None
        found = cursor.execute(
            f"{_WHOLE} FROM model m LEFT JOIN detail d ON d.id = m.id WHERE {condition}", values
        ).fetchall()
        if found and not self._shared:
            self._shared = dict(self._connection.execute("SELECT id, text FROM dictionary").fetchall())
        hits = self._decoder.hits(found)
        result = []
        for row, hit in zip(found, hits, strict=True):
            all_time, state, packed = row[WIDTH:]
            known = told(hit.record, state, all_time)
            known["id"] = own_name(known["id"], hit.record.hub_id)
            known.pop("_as_of", None)
            if row[OWN_DATE_AT] is not None:
                known["_as_of"] = day_of(row[OWN_DATE_AT])
            result.append((row[ID], hit, self._unpacked(packed, known)))
        return result

    def _unpacked(self, packed: bytes | None, known: Mapping[str, Any]) -> dict[str, Any]:
        try:
            return unpack(packed, known, self._shared)
        except (ValueError, KeyError, IndexError, TypeError, zlib.error) as error:
            path = self._connection.execute("PRAGMA database_list").fetchone()[2]
            raise CatalogueDamaged(Path(path), f"the stored row of {known['id']}: {error}") from error
