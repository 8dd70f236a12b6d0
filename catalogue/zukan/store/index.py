"""Keeps the full-text indexes true to the table `model`: what a transaction touches is indexed anew at its end.

`model_text` holds the tokens of every model under its place, `model_name` the letters of its name in threes. Neither
keeps its text (that halves the file), so what is to be forgotten is made again from what is stored: `touch` does so
before anything changes.
"""

from __future__ import annotations

import json
import sqlite3
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import repeat

from zukan.store import shelf
from zukan.store.columns import BY_FIGURES, BY_TASK_AND_SIZE, FIGURES, OF_TASK_AND_SIZE
from zukan.store.document import VERSION
from zukan.store.documents import Document, DocumentReader
from zukan.store.places import POPULARITY_SQL, SHIFT, first_place, popularity, step
from zukan.store.tokens import UNCOUNTED

INDEX_VERSION = "index_version"
"""Name in the table meta: by which `document.VERSION` the index was made."""
_BATCH = 1_000
_LIFTING, _HALF = 5_000, 120_000
"""FTS5 merges four pieces of a level into one of the next, and puts what it merges at once above the highest level. So
a few merges of the first models, and of more than it writes at once, lift the whole above the levels of later changes,
which would else have it written anew: twelve million bytes for two thousand changed models of two hundred thousand."""

_LONG_JOURNAL_PAGES = 64_000
"""Of a journal of 256 MB: names come in any order, so that a page of rows touches a thousand pages of their index."""

Batch = tuple[Sequence[int], Sequence[int]]
"""Places and row ids of models, in order."""
Made = tuple[Sequence[int], tuple[Sequence[str], Sequence[str]]]
"""Places and, of the models there, the texts for the one index and for the other."""
Make = Callable[[Iterable[Batch]], Iterable[Made]]

# Of `model_text`, of `model_name`. To merge all at once at the end is faster than again and again meanwhile.
_BUILDING = {"automerge": (0, 0), "crisismerge": (1_999, 1_999), "hashsize": (1 << 23, 1 << 20)}
_USUAL = {"automerge": (4, 4), "crisismerge": (16, 16), "hashsize": (1 << 20, 1 << 20)}
"""What FTS5 does by itself."""


class ModelIndex:
    """The indexes of an open catalogue that is written."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Take the connection that writes."""
        self._connection = connection
        self._reader = DocumentReader(connection)
        self._before: dict[int, Document | None] = {}
        self._next: dict[int, int] = {}
        self.deferred = False
        """Whether nothing is indexed until `rebuild`: for a catalogue that nobody reads yet."""

    def place(self, downloads: int | None, likes: int | None) -> int:
        """Return a free place for a model of this popularity; call inside a transaction."""
        of_step = step(popularity(downloads, likes))
        if of_step not in self._next:
            first = first_place(of_step)
            row = self._connection.execute(
                "SELECT max(place) FROM model WHERE place >= ? AND place < ?", (first, first_place(of_step + 1))
            ).fetchone()
            self._next[of_step] = first if row[0] is None else int(row[0]) + 1
        found = self._next[of_step]
        self._next[of_step] += 1
        return found

    def touch(self, ids: Iterable[int]) -> None:
        """Note models that are about to change; call inside a transaction, before they do."""
        if self.deferred:
            return
        wanted = [id_ for id_ in ids if id_ not in self._before]
        if wanted:
            found = self._reader.documents(wanted)
            self._before.update((id_, found.get(id_)) for id_ in wanted)

    def added(self, ids: Iterable[int]) -> None:
        """Note models that were not there before."""
        if not self.deferred:
            for id_ in ids:
                self._before.setdefault(id_, None)

    def flush(self) -> None:
        """Index anew what was touched and has changed; call at the end of a transaction."""
        before, self._before = self._before, {}
        if not before:
            return
        self._move(before)
        after = self._reader.documents(list(before))
        touched = [(document, after.get(id_)) for id_, document in before.items()]
        changed = [(old, new) for old, new in touched if old != new]
        for table, place in (("model_text", 1), ("model_name", 2)):
            # What one index holds of a model may be as it was: mostly its name.
            pairs = [
                (old, new)
                for old, new in changed
                if not (old and new and (old.place, old[place]) == (new.place, new[place]))
            ]
            self._connection.executemany(
                f"INSERT INTO {table} ({table}, rowid, text) VALUES ('delete', ?, ?)",
                ((old.place, old[place]) for old, _ in pairs if old),
            )
            self._connection.executemany(
                f"INSERT INTO {table} (rowid, text) VALUES (?, ?)",
                ((new.place, new[place]) for _, new in pairs if new),
            )
        if changed:
            self._connection.execute(
                "INSERT INTO meta (name, value) VALUES (?1, ?2) "
                "ON CONFLICT (name) DO UPDATE SET value = CAST(value AS INTEGER) + ?2",
                (UNCOUNTED, len(changed)),
            )

    def forget(self, *, kept: bool) -> None:
        """Drop what is only known inside a transaction."""
        self._before.clear()
        self._next.clear()
        if not kept:
            self._reader.forget()

    def forget_places(self) -> None:
        """Look up the free places anew: a part of the transaction was not kept."""
        self._next.clear()

    def _move(self, before: dict[int, Document | None]) -> None:
        """Give models whose popularity has left its step a place in the new one."""
        # New ones too: another page of the transaction may have changed their figures.
        known = json.dumps(list(before))
        rows = self._connection.execute(
            "SELECT id, place, downloads, likes FROM model WHERE id IN (SELECT value FROM json_each(?))", (known,)
        ).fetchall()
        moved = [
            (self.place(downloads, likes), id_)
            for id_, place, downloads, likes in rows
            if place >> SHIFT != step(popularity(downloads, likes))
        ]
        if moved:
            shelf.clear(self._connection)
        self._connection.executemany("UPDATE model SET place = ? WHERE id = ?", moved)

    def is_stale(self) -> bool:
        """Whether the index is to be made anew: of an older version, or left so by an import that did not end."""
        row = self._connection.execute("SELECT value FROM meta WHERE name = ?", (INDEX_VERSION,)).fetchone()
        return row is None or row[0] != str(VERSION)

    def defer(self) -> None:
        """Index nothing until `rebuild`, also if this process ends before; call inside a transaction."""
        self.deferred = True
        shelf.leave(self._connection)
        self._connection.execute("INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)", (INDEX_VERSION, "stale"))
        # Until this connection closes: what a hundred pages of rows touch is then written to its place once.
        self._connection.execute(f"PRAGMA wal_autocheckpoint = {_LONG_JOURNAL_PAGES}")

    def drifted(self) -> int:
        """Return how many models were indexed anew since the words were counted."""
        row = self._connection.execute("SELECT value FROM meta WHERE name = ?", (UNCOUNTED,)).fetchone()
        return int(row[0]) if row else 0

    def rebuild(
        self,
        progress: Callable[[int, int], None] | None = None,
        make: Make | None = None,
        *,
        places_kept: bool = False,
    ) -> None:
        """Order all models by popularity and index them anew, in that order; call inside a transaction.

        Args:
            progress: Called with (models done, models in all).
            make: Makes the texts of models, see `Make`; only where the transaction has changed nothing else.
            places_kept: Each model has a place of its own in its step already, and keeps it.

        """
        execute = self._connection.execute
        self.forget(kept=True)
        shelf.clear(self._connection)
        for name in ("model_by_place", *FIGURES, BY_TASK_AND_SIZE):
            execute(f"DROP INDEX IF EXISTS {name}")
        if places_kept:
            total = int(execute("SELECT count(*) FROM model").fetchone()[0])
        else:
            total = _give_places(self._connection)
        # While many models come that have no place yet, these hold none of them.
        execute("CREATE UNIQUE INDEX model_by_place ON model (place) WHERE place IS NOT NULL")
        execute(f"CREATE INDEX {BY_FIGURES} ON model (place, {', '.join(FIGURES[BY_FIGURES])}) WHERE place IS NOT NULL")
        execute(
            f"CREATE INDEX {BY_TASK_AND_SIZE} ON model (pipeline_tag, num_parameters, place) WHERE {OF_TASK_AND_SIZE}"
        )
        for table in ("model_text", "model_name"):
            execute(f"INSERT INTO {table} ({table}) VALUES ('delete-all')")
        self._set_up(_BUILDING)
        done, half = 0, min(total * 2 // 3, _HALF)
        for places, texts in (make or self._made)(self._in_order()):
            for table, of_table in zip(("model_text", "model_name"), texts, strict=True):
                self._connection.executemany(
                    f"INSERT INTO {table} (rowid, text) VALUES (?, ?)", zip(places, of_table, strict=True)
                )
            done += len(places)
            if done <= _LIFTING or done - len(places) < half <= done:
                self._merge()
            if progress:
                progress(done, total)
        self._merge()
        self._set_up(_USUAL)
        execute("INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)", (INDEX_VERSION, str(VERSION)))
        execute("INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)", (UNCOUNTED, str(max(total, 1))))
        shelf.watch(self._connection)

    def _merge(self) -> None:
        for table in ("model_text", "model_name"):
            self._connection.execute(f"INSERT INTO {table} ({table}) VALUES ('optimize')")

    def _in_order(self) -> Iterator[Batch]:
        """Yield the (places, row ids) of all models in order, some thousand at a time."""
        last = -1
        while rows := self._connection.execute(
            "SELECT place, id FROM model WHERE place > ? ORDER BY place LIMIT ?", (last, _BATCH)
        ).fetchall():
            places, ids = zip(*rows, strict=True)
            yield places, ids
            last = places[-1]

    def _made(self, batches: Iterable[Batch]) -> Iterator[Made]:
        for places, ids in batches:
            yield places, self._reader.texts(ids)

    def _set_up(self, options: Mapping[str, Sequence[int]]) -> None:
        for option, numbers in options.items():
            for table, number in zip(("model_text", "model_name"), numbers, strict=True):
                self._connection.execute(f"INSERT INTO {table} ({table}, rank) VALUES (?, ?)", (option, number))


def _give_places(connection: sqlite3.Connection) -> int:
    """Number the models of each step in order of popularity; return how many there are."""
    most = connection.execute("SELECT max(id) FROM model").fetchone()[0] or 0
    # Written in the order in which the rows lie: in that of popularity each page would be read and written many times.
    places = array("q", repeat(-1, most + 1))
    product = POPULARITY_SQL.format("", "")
    total, of_step, place = 0, -1, 0
    for id_, number in connection.execute(f"SELECT id, {product} AS product FROM model ORDER BY product DESC, id"):
        if step(number) != of_step:
            of_step = step(number)
            place = first_place(of_step)
        places[id_] = place
        place += 1
        total += 1
    connection.executemany(
        "UPDATE model SET place = ? WHERE id = ?", ((place, id_) for id_, place in enumerate(places) if place >= 0)
    )
    return total
