"""Writes models into the catalogue: one transaction per page, identity by the Hub's `_id`, else by name.

sqlite-utils opens the file, migrates it and writes the small tables. Pages of models go through its
connection by `executemany`: measured five to ten times faster than its upsert.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from zukan.errors import CatalogueDamaged, CatalogueReadOnly, CatalogueTooNew
from zukan.raw_rows import fold
from zukan.store import shelf
from zukan.store.columns import DISABLED, HAS_CARD, HUB_ID, REMOVED, WALKED_AT
from zukan.store.connection import SCHEMA_VERSION, check_place, schema_version, translated
from zukan.store.detail_writer import DetailWriter
from zukan.store.details import DetailReader
from zukan.store.entry import (
    DISPLACED,
    INSERT,
    UPDATE,
    Counters,
    Entry,
    RowConflict,
    Stored,
    numbered,
    values_of,
)
from zukan.store.index import ModelIndex
from zukan.store.moments import days, seconds
from zukan.store.owners import Names, find_many
from zukan.store.swap import begin_writing
from zukan.store.words import VerdictNumbers, WordNumbers

if TYPE_CHECKING:
    from sqlite_utils.db import Database

BUSY_SECONDS = 10.0
_CACHE_KILOBYTES = 64_000
_JOURNAL_PAGES = 16_000
"""Names come in any order, so each page of rows touches pages of the index all over: they are kept in memory, and
written to their places once for many transactions. After a kill a journal of 64 MB is read in 20 ms."""
REMOVED_TEXT = "removed from the Hub"
"""Said of a model that the Hub was asked for and does not have."""


class CatalogueWriter:
    """An open catalogue that can be written. Use as a context manager."""

    def __init__(self, path: Path, *, create: bool = False) -> None:
        """Open and migrate the catalogue at `path`.

        Args:
            path: The catalogue file.
            create: Make an empty catalogue where there is none.

        Raises:
            StoreError: It cannot be opened, is newer than this zukan, damaged, locked or read-only.

        """
        check_place(path)
        if not create and not path.exists():
            raise CatalogueDamaged(path, "no such file")
        self.path = path
        self._lock: int | None = begin_writing(path)
        try:
            self._open(path)
        except BaseException:
            self._unlock()
            raise
        self.words, self.verdicts = WordNumbers(self.connection), VerdictNumbers(self.connection)
        self.index = ModelIndex(self.connection)
        self.index.deferred = self.index.is_stale()
        self.details = DetailWriter(self.connection)

    def _open(self, path: Path) -> None:
        from sqlite_utils.db import Database  # noqa: PLC0415 (slow to import; only writers need it)

        from zukan.store.migrations import migrate  # noqa: PLC0415

        if path.exists():
            version = schema_version(path)
            if version > SCHEMA_VERSION:
                raise CatalogueTooNew(path, f"schema {version}, this zukan writes {SCHEMA_VERSION}")
        with translated(path):
            # autocommit off: every write below is inside `transaction`.
            self.connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
            self.database: Database = Database(self.connection)
            try:
                if self.connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
                    self.connection.execute("PRAGMA journal_mode = WAL")
                self.connection.execute("PRAGMA synchronous = NORMAL")
                self.connection.execute(f"PRAGMA cache_size = {-_CACHE_KILOBYTES}")
                self.connection.execute(f"PRAGMA wal_autocheckpoint = {_JOURNAL_PAGES}")
                migrate(self.database)
                shelf.watch(self.connection)
            except sqlite3.DatabaseError as error:
                self.connection.close()
                if "readonly" in str(error):
                    raise CatalogueReadOnly(path, str(error)) from error
                raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self.connection.close()
        self._unlock()

    def _unlock(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make everything inside one transaction: all of it is kept, or none."""
        with translated(self.path):
            self.connection.execute("BEGIN IMMEDIATE")
            kept = False
            try:
                yield
                self.index.flush()
                self.connection.execute("COMMIT")
                kept = True
            except BaseException:
                # A full disk has rolled back by itself.
                if self.connection.in_transaction:
                    self.connection.execute("ROLLBACK")
                raise
            finally:
                for memory in (self.words, self.verdicts):
                    memory.settle(kept=kept)
                self.index.forget(kept=kept)

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Let a part of a transaction fail alone.

        Raises:
            RowConflict: Something in it is there already; nothing of the part is kept.

        """
        self.connection.execute("SAVEPOINT part")
        try:
            yield
        except BaseException as error:
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK TO part")
                self.connection.execute("RELEASE part")
            for memory in (self.words, self.verdicts):
                memory.settle(kept=False)
            self.index.forget_places()
            if isinstance(error, sqlite3.IntegrityError):
                raise RowConflict(str(error)) from error
            raise
        self.connection.execute("RELEASE part")

    def find(self, hub_id: str | None, model_id: str) -> Stored | None:
        """Return the stored model that one row belongs to, see `find_many`."""
        return find_many(self.connection, [(hub_id, model_id)])[0]

    def find_many(self, names: Sequence[Names]) -> list[Stored | None]:
        """Return the stored models that rows belong to, see `zukan.store.owners`."""
        return find_many(self.connection, names)

    def rows_of(self, ids: Sequence[int]) -> dict[int, dict[str, Any]]:
        """Return the stored raw rows of models."""
        found = DetailReader(self.connection).rows("m.id IN (SELECT value FROM json_each(?))", (json.dumps(list(ids)),))
        return {id_: row for id_, _, row in found}

    def save(self, entries: Sequence[tuple[Entry, Stored | None]], *, crawled_at: str | None) -> list[int]:
        """Insert or update models; call inside `transaction`.

        Args:
            entries: Each model with what `find_many` returned for it.
            crawled_at: UTC time of the crawl, None for the shipped snapshot.

        Returns:
            The row id of each.

        """
        next_id = self.next_id()
        self.index.touch([stored.id for _, stored in entries if stored])
        inserts: list[tuple[int, Entry]] = []
        ids: list[int] = []
        for entry, stored in entries:
            if stored is None or not self._is_there(stored):
                inserts.append((next_id, entry))
                ids.append(next_id)
                next_id += 1
            else:
                self._update(stored, entry, crawled_at)
                ids.append(stored.id)
        self.connection.executemany(INSERT, (self._new_row(id_, entry, crawled_at) for id_, entry in inserts))
        self.details.insert(inserts)
        self.save_aliases([(id_, name) for id_, entry in inserts for name in entry.record.aliases])
        self.index.added(id_ for id_, _ in inserts)
        return ids

    def _new_row(self, id_: int, entry: Entry, crawled_at: str | None) -> tuple[Any, ...]:
        record = entry.record
        place = None if self.index.deferred else self.index.place(record.downloads, record.likes)
        return (id_, place, *numbered(values_of(entry, crawled_at), self.words, self.verdicts))

    def save_counters(self, changes: Sequence[tuple[Stored, Counters]], crawled_at: str) -> None:
        """Store new downloads, likes and trending scores of models of which nothing else changed."""
        self._remember([(stored, new.downloads, new.likes) for stored, new in changes], crawled_at)
        self.index.touch([stored.id for stored, _ in changes])
        self.connection.executemany(
            "UPDATE model SET downloads = ?, downloads_all_time = ?, likes = ?, trending_score = ?, as_of = ?, "
            "crawled_at = ?, row_hash = ? WHERE id = ?",
            (
                (
                    new.downloads, new.downloads_all_time, new.likes, new.trending_score, days(crawled_at[:10]),
                    seconds(crawled_at), new.row_hash, stored.id,
                )
                for stored, new in changes
            ),
        )  # fmt: skip

    def _remember(self, changes: Sequence[tuple[Stored, int | None, int | None]], crawled_at: str | None) -> None:
        """Keep what downloads and likes were on an earlier day, where they are other now."""
        today = (crawled_at or "")[:10]
        self.keep_figures(
            [
                (stored.id, stored.as_of, stored.downloads, stored.likes)
                for stored, downloads, likes in changes
                if stored.as_of
                and stored.as_of != today
                and (stored.downloads, stored.likes) not in ((downloads, likes), (None, None))
            ]
        )

    def keep_figures(self, figures: Sequence[tuple[int, str, int | None, int | None]]) -> None:
        """Keep downloads and likes of a day for good; call inside a transaction.

        Args:
            figures: (row id, ISO date, downloads, likes); one with a date that is none is passed over.

        """
        self.connection.executemany(
            "INSERT OR IGNORE INTO counted (model, day, downloads, likes) "
            "VALUES (?, CAST(strftime('%s', ?) / 86400 AS INTEGER), ?, ?)",
            figures,
        )

    def _update(self, stored: Stored, entry: Entry, crawled_at: str | None) -> None:
        record, execute = entry.record, self.connection.execute
        self._remember([(stored, record.downloads, record.likes)], crawled_at)
        # Another row of the page may have taken its name since it was looked up.
        former = execute("SELECT model_id FROM model WHERE id = ?", (stored.id,)).fetchone()[0]
        if former != stored.model_id and record.model_id == stored.model_id:
            record = record._replace(model_id=former)
            entry = entry._replace(record=record)
        if fold(record.model_id) != fold(former):
            owners = execute(
                "SELECT model FROM alias WHERE name IN (?, ?, ?)", (record.model_id, former, stored.model_id)
            )
            self.index.touch([owner for (owner,) in owners.fetchall()])
            # The repository was renamed. A row that holds the new name was the same model, known by name only.
            other = execute("SELECT id FROM model WHERE model_id = ?", (record.model_id,)).fetchone()
            if other and other[0] != stored.id:
                self.set_aside(other[0])
            execute("DELETE FROM alias WHERE name = ?", (record.model_id,))
            for name in {former, stored.model_id} - {record.model_id}:
                if "@" not in name:
                    execute("INSERT OR REPLACE INTO alias (name, model) VALUES (?, ?)", (name, stored.id))
        # An estimate of the size is kept until `settle` makes a new one.
        execute(
            "UPDATE model SET num_parameters = NULL, parameters_source = NULL WHERE id = ? AND "
            "(SELECT text FROM word WHERE word.id = parameters_source) NOT LIKE 'estimate:%'",
            (stored.id,),
        )
        absent_run, state = execute("SELECT absent_run, state FROM model WHERE id = ?", (stored.id,)).fetchone()
        gone = state & (DISABLED | REMOVED)
        execute(UPDATE, (*numbered(values_of(entry, crawled_at), self.words, self.verdicts), stored.id))
        if crawled_at is None and (absent_run is not None or gone):
            # Only the Hub itself can say that a model is there again.
            execute(
                "UPDATE model SET absent_run = ?, state = state & ~? | ?, exclusion = coalesce(?, exclusion) "
                "WHERE id = ?",
                (absent_run, DISABLED | REMOVED, gone, self.words.number(REMOVED_TEXT) if gone else None, stored.id),
            )
        if execute("SELECT 1 FROM card WHERE model = ? AND front_matter IS NOT NULL", (stored.id,)).fetchone():
            execute("UPDATE model SET state = state | ? WHERE id = ?", (HAS_CARD, stored.id))
        self.details.replace(stored.id, entry)
        self.save_aliases([(stored.id, name) for name in record.aliases])

    def _is_there(self, stored: Stored) -> bool:
        """Whether another row of the page has not made it one with itself since it was looked up."""
        return self.connection.execute("SELECT 1 FROM model WHERE id = ?", (stored.id,)).fetchone() is not None

    def save_aliases(self, aliases: Sequence[tuple[int, str]]) -> None:
        """Let models be found by former names, each given with the row id."""
        # A present name always wins over somebody's former one.
        self.connection.executemany(
            "INSERT OR IGNORE INTO alias (name, model) SELECT ?, ? "
            "WHERE NOT EXISTS (SELECT 1 FROM model WHERE model_id = ?)",
            ((name, id_, name) for id_, name in aliases),
        )

    def set_aside(self, id_: int) -> None:
        """Free the name of a model that another repository now has; facts that a crawl confirmed stay."""
        execute = self.connection.execute
        self.index.touch([id_])
        row = execute(f"SELECT {HUB_ID} FROM model m WHERE id = ?", (id_,)).fetchone()
        if row and row[0] is not None:
            # Another `_id` had this name before. Whether it was deleted or renamed a later walk will tell.
            execute(
                "UPDATE model SET exclusion = ?, model_id = model_id || '@' || ?, row_hash = NULL WHERE id = ?",
                (self.words.number(DISPLACED), row[0], id_),
            )
            return
        for statement in (
            "DELETE FROM detail WHERE id = ?",
            "DELETE FROM alias WHERE model = ?",
            "DELETE FROM counted WHERE model = ?",
            "DELETE FROM card WHERE model = ?",
            "DELETE FROM due WHERE model = ?",
            "DELETE FROM model WHERE id = ?",
        ):
            execute(statement, (id_,))

    def merge_indexes(self) -> None:
        """Let the indexes take as little room and time as they can; call outside a transaction."""
        with translated(self.path):
            for table in ("model_text", "model_name"):
                self.connection.execute(f"INSERT INTO {table} ({table}) VALUES ('optimize')")
            self.connection.execute("ANALYZE")

    def next_id(self) -> int:
        """Return the row id of the next new model."""
        return int(self.connection.execute("SELECT ifnull(max(id), 0) + 1 FROM model").fetchone()[0])

    def models(self) -> int:
        """Return how many models there are."""
        return int(self.connection.execute("SELECT count(*) FROM model").fetchone()[0])

    def is_walked(self) -> bool:
        """Return whether a walk over the whole Hub was ever complete."""
        return self.connection.execute("SELECT 1 FROM meta WHERE name = ?", (WALKED_AT,)).fetchone() is not None

    def is_read_meanwhile(self) -> bool:
        """Return whether others can read while this one writes."""
        return bool(self.connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal")

    def dictionary(self) -> tuple[int, bytes]:
        """Return number and text of what raw rows are compressed against."""
        number, text = self.connection.execute("SELECT id, text FROM dictionary ORDER BY id DESC LIMIT 1").fetchone()
        return int(number), bytes(text)

    def mark_seen(self, ids: Sequence[int], crawled_at: str, as_of: str) -> None:
        """Note that a crawl found these models unchanged."""
        self.connection.executemany(
            "UPDATE model SET crawled_at = ?, as_of = ? WHERE id = ?",
            ((seconds(crawled_at), days(as_of), id_) for id_ in ids),
        )

    def note_hash(self, id_: int, row_hash: int | None) -> None:
        """Note the fingerprint of a row that says what is stored in another form."""
        self.connection.execute("UPDATE model SET row_hash = ? WHERE id = ?", (row_hash, id_))

    def meta(self) -> dict[str, str]:
        """Return the facts about the catalogue itself."""
        return dict(self.connection.execute("SELECT name, value FROM meta").fetchall())

    def set_current(self) -> None:
        """Note that schema and tags are those of this release."""
        self.connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")

    def set_meta(self, values: Mapping[str, str]) -> None:
        """Store facts about the catalogue itself, e.g. when it was built."""
        self.database.table("meta").upsert_all(
            [{"name": name, "value": value} for name, value in values.items()], pk="name"
        )
