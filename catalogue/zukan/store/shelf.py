"""Keeps what a recommendation for each task reads in one place: to read the models one by one off a file of the whole
Hub takes longer than to rank them.

A shelf is a copy, made when a crawl or an import ends and true to the last bit: whoever writes models takes all shelves
away (`watch`), and without them everything is read where it stands.
"""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from zukan.schema import Prospect
from zukan.store.authors import Kin
from zukan.store.columns import WALKED_AT
from zukan.store.memory import ENDS, KIN, MOST, ORIGINALS, POPULAR, PROSPECTS, Memory

VERSION = zlib.crc32(repr(("3", Prospect._fields, Kin._fields)).encode())
"""Of what lies on shelves; whoever changes what `zukan.mirrors` takes for a copy, what `zukan.store.authors` tells,
what by `zukan.own_task` the end of a name says, or what a filter finds, raises the number in it. Another version's
shelves are as none."""
MOST_POPULAR = 500
"""Lists of popular models that are kept while nobody changes the catalogue: of a few dozen places each."""
_LARGEST = 8 << 20
"""Bytes of a shelf that are looked at; the largest of three million models has two hundred thousand."""
_LISTS = [Prospect._fields.index(name) for name in ("languages", "tags", "base_models")]
_COLUMNS = (
    "pipeline_tag, library_name, model_type, parameters_source, exclusion, languages, inferred_task, license, gated, "
    "base_models, base_relation, verdict, model_id, num_parameters, weight_bytes, downloads, likes, as_of, row_hash, "
    "absent_run, created_at, tags"
)
"""What prospects and kin are read off, but for places: of these the index says itself when they change."""
_ADDED = "shelf_model_added"


class Shelf(NamedTuple):
    """What is read for one task."""

    prospects: Mapping[int, Prospect]
    """By their places."""
    kin: Mapping[str, Sequence[Kin]]
    """Author in lower case → licence and access of the models."""
    originals: Mapping[str, str | None]
    """Id of a model → the one that it is a copy of, see `zukan.mirrors`."""
    ends: Mapping[str, Sequence[int]]
    """What it is kept under → places of models whose names say at the end of a word what they do, see `zukan.pool`."""
    popular: Mapping[str, Sequence[int]]
    """What it is kept under → places of the most popular models, see `zukan.search.popular`."""


class Shelves:
    """The shelves of one open catalogue."""

    def __init__(self, connection: sqlite3.Connection, memory: Memory) -> None:
        """Take a connection that reads, and where things are kept that it has read."""
        self._connection = connection
        self._memory = memory

    @cached_property
    def _are_there(self) -> bool:
        """Whether the catalogue has such a table: one of an earlier release that nobody may write has not."""
        row = self._connection.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'shelf'")
        return row.fetchone() is not None

    def take(self, task: str) -> None:
        """Remember what the shelf of a task holds, if there is one; call inside a transaction."""
        self._memory.of(("shelf", task), lambda: self._take(task))

    def _take(self, task: str) -> None:
        found = self.get(task)
        if found is None:
            return
        each = self._memory.each
        each(PROSPECTS, found.prospects, lambda _: found.prospects, MOST)
        each(KIN, found.kin, lambda _: found.kin, MOST)
        each(ORIGINALS, found.originals, lambda _: found.originals, MOST)
        each(ENDS, found.ends, lambda _: found.ends, MOST)
        each(POPULAR, found.popular, lambda _: found.popular, MOST_POPULAR)

    def get(self, task: str) -> Shelf | None:
        """Return the shelf of a task, None where there is none that can be read."""
        if not self._are_there:
            return None
        row = self._connection.execute(
            "SELECT packed FROM shelf WHERE task = ? AND version = ?", (task, VERSION)
        ).fetchone()
        try:
            return unpacked(row[0]) if row else None
        except (ValueError, TypeError, AttributeError, KeyError, RecursionError, zlib.error):
            return None  # Everything stands elsewhere too.


def packed(shelf: Shelf) -> bytes:
    """Return a shelf as bytes: columns of JSON, made small."""
    columns = [*zip(*((place, *prospect) for place, prospect in shelf.prospects.items()), strict=True)]
    return zlib.compress(json.dumps([columns, *shelf[1:]], separators=(",", ":")).encode())


def unpacked(data: bytes) -> Shelf:
    """Return the shelf that `packed` made bytes of.

    Raises:
        ValueError, TypeError, AttributeError, RecursionError, zlib.error: It is none.

    """
    reader = zlib.decompressobj()
    text = reader.decompress(data, _LARGEST)
    if reader.unconsumed_tail:
        raise ValueError("too large a shelf")
    columns, kin, originals, ends, popular = json.loads(text)
    prospects = _prospects(*columns) if columns else {}

    def held(lists: Mapping[str, Sequence[Any]]) -> dict[str, list[int]]:
        return {key: [place for place in places if place in prospects] for key, places in lists.items()}

    return Shelf(
        prospects,
        {author: [Kin(*one) for one in several] for author, several in kin.items()},
        dict(originals),
        held(ends),
        held(popular),
    )


def _prospects(places: Sequence[int], *values: Sequence[Any]) -> dict[int, Prospect]:
    columns: list[Iterable[Any]] = [*values]
    for number in _LISTS:
        columns[number] = map(tuple, columns[number])
    return dict(zip(places, map(Prospect._make, zip(*columns, strict=True)), strict=True))


def watch(connection: sqlite3.Connection) -> None:
    """Let what this connection changes of models take all shelves away, for as long as it is open.

    The triggers are those of the connection: a catalogue that holds programs is not taken from others.
    """
    for name, change, condition in (
        (_ADDED, "INSERT ON main.model", "1"),
        ("shelf_model_changed", f"UPDATE OF {_COLUMNS} ON main.model", "1"),
        ("shelf_model_gone", "DELETE ON main.model", "1"),
        # Of a complete walk follow which models are absent, and of what day the others are.
        ("shelf_walk_ended", "UPDATE OF finished_at ON main.crawl_run", "new.kind = 'full'"),
        ("shelf_walk_noted", "INSERT ON main.meta", f"new.name = '{WALKED_AT}'"),
        ("shelf_walk_renewed", "UPDATE ON main.meta", f"new.name = '{WALKED_AT}'"),
    ):
        connection.execute(
            f"CREATE TEMP TRIGGER IF NOT EXISTS {name} AFTER {change} "
            f"WHEN {condition} AND EXISTS (SELECT 1 FROM shelf) BEGIN DELETE FROM shelf; END"
        )


def leave(connection: sqlite3.Connection) -> None:
    """Take all shelves away, and look no longer at models that come: of a list of all of them each would cost.

    Call inside a transaction; `watch` looks again.
    """
    clear(connection)
    connection.execute(f"DROP TRIGGER IF EXISTS temp.{_ADDED}")


def clear(connection: sqlite3.Connection) -> None:
    """Take all shelves away; call inside a transaction."""
    connection.execute("DELETE FROM shelf")


def is_filled(connection: sqlite3.Connection) -> bool:
    """Whether there are shelves of this version: then nothing has changed since they were filled."""
    return connection.execute("SELECT 1 FROM shelf WHERE version = ? LIMIT 1", (VERSION,)).fetchone() is not None


def fill(connection: sqlite3.Connection, shelves: Iterable[tuple[str, bytes]]) -> None:
    """Store the shelves of tasks, each as `packed` makes it, in the place of all others; call inside a transaction."""
    clear(connection)
    connection.executemany(
        "INSERT INTO shelf (task, version, packed) VALUES (?, ?, ?)", ((task, VERSION, data) for task, data in shelves)
    )
