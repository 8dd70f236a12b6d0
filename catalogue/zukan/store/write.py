"""Writes models into the catalogue: one transaction per page, identity by the Hub's `_id`, else by name.

sqlite-utils opens the file, migrates it and writes the small tables. Pages of models go through its
connection by `executemany`: measured five to ten times faster than its upsert.
"""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from zukan.errors import CatalogueDamaged, CatalogueReadOnly, CatalogueTooNew
from zukan.schema import FamilyTag, InferredTask, ModelRecord
from zukan.store.connection import SCHEMA_VERSION, schema_version, translated

if TYPE_CHECKING:
    from sqlite_utils.db import Database

BUSY_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Entry:
    """One model ready to be stored."""

    record: ModelRecord
    tag: FamilyTag
    row_json: str
    """The raw row, without chat templates."""
    search_text: tuple[str, str, str, str]
    """What the full-text index holds: name, tags, task, languages."""
    exclusion: str | None
    """Why it is never recommended."""
    inferred: InferredTask | None = None
    """The task that its class tells, where the repository states none."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What the catalogue already holds of a model."""

    id: int
    hub_id: str | None
    model_id: str
    row_json: str
    as_of: str | None


_COLUMNS = (
    "hub_id", "model_id", "author", "sha", "pipeline_tag", "library_name", "model_type", "family", "certainty",
    "guess", "reason", "rule", "evidence", "num_parameters", "parameters_source", "weight_bytes", "license",
    "languages", "downloads", "likes", "popularity", "trending_score", "gated", "disabled", "removed", "created_at",
    "last_modified", "base_models", "base_relation", "context_length", "mask_token", "used_storage", "tags",
    "exclusion", "config", "as_of", "sources", "crawled_at", "inferred_task", "inferred_from",
)  # fmt: skip
_INSERT = f"INSERT INTO model (id, {', '.join(_COLUMNS)}) VALUES (?{', ?' * len(_COLUMNS)})"
_KEPT = ("num_parameters", "parameters_source")
_SET = ", ".join(f"{name} = coalesce(?, {name})" if name in _KEPT else f"{name} = ?" for name in _COLUMNS)
_UPDATE = f"UPDATE model SET {_SET} WHERE id = ?"
_INSERT_TEXT = "INSERT INTO model_text (rowid, name, tags, task, languages) VALUES (?, ?, ?, ?, ?)"


def compact(value: Any) -> str:
    """Return JSON without spaces, readable by SQLite's JSON functions."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def inferred_columns(inferred: InferredTask | None) -> tuple[str | None, str | None]:
    """Return (inferred_task, inferred_from) as they are stored."""
    return (inferred.task, f"{inferred.path} = {inferred.value}") if inferred else (None, None)


def _values(entry: Entry, crawled_at: str | None) -> tuple[Any, ...]:
    record, tag = entry.record, entry.tag
    gated = record.gated if not isinstance(record.gated, bool) else ("true" if record.gated else "false")
    popularity = math.log10(1 + max(record.downloads or 0, 0)) + math.log10(1 + max(record.likes or 0, 0))
    return (
        record.hub_id, record.model_id, record.author, record.sha, record.pipeline_tag, record.library_name,
        record.model_type, str(tag.family), str(tag.certainty), tag.guess and str(tag.guess), tag.reason, tag.rule,
        compact(tag.evidence), record.num_parameters, record.parameters_source, record.weight_bytes, record.license,
        compact(record.languages), record.downloads, record.likes, round(popularity, 4), record.trending_score, gated,
        int(record.disabled), int(record.removed), record.created_at, record.last_modified,
        compact(record.base_models), record.base_relation, record.context_length, record.mask_token,
        record.used_storage, compact(record.tags), entry.exclusion, compact(record.config), record.as_of,
        compact(record.sources), crawled_at, *inferred_columns(entry.inferred),
    )  # fmt: skip


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
        from sqlite_utils.db import Database  # noqa: PLC0415 (slow to import; only writers need it)

        from zukan.store.migrations import migrate  # noqa: PLC0415

        self.path = path
        if path.exists():
            version = schema_version(path)
            if version > SCHEMA_VERSION:
                raise CatalogueTooNew(path, f"schema {version}, this zukan writes {SCHEMA_VERSION}")
        elif not create:
            raise CatalogueDamaged(path, "no such file")
        with translated(path):
            # autocommit off: every write below is inside `transaction`.
            self.connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
            self.database: Database = Database(self.connection)
            try:
                self.connection.execute("PRAGMA journal_mode = WAL")
                self.connection.execute("PRAGMA synchronous = NORMAL")
                migrate(self.database)
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

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make everything inside one transaction: all of it is kept, or none."""
        with translated(self.path):
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self.connection.execute("ROLLBACK")
                raise
            self.connection.execute("COMMIT")

    def find(self, hub_id: str | None, model_id: str) -> Stored | None:
        """Return the stored model that a row belongs to: by `_id`, else by name, else by a former name.

        A model that a crawl has already seen under another `_id` is a different repository, so a former name
        joins only models known from the snapshot alone.
        """
        if hub_id is not None and (found := self._one("m.hub_id = ?", hub_id)):
            return found
        if found := self._one("m.model_id = ?", model_id):
            return found
        found = self._one("m.id = (SELECT model FROM alias WHERE name = ?)", model_id)
        return found if found and (hub_id is None or found.hub_id is None) else None

    def _one(self, condition: str, value: str) -> Stored | None:
        row = self.connection.execute(
            "SELECT m.id, m.hub_id, m.model_id, d.row, m.as_of FROM model m JOIN detail d USING (id) "
            f"WHERE {condition}",
            (value,),
        ).fetchone()
        return Stored(*row) if row else None

    def save(self, entries: Sequence[tuple[Entry, Stored | None]], *, crawled_at: str | None) -> None:
        """Insert or update models; call inside `transaction`.

        Args:
            entries: Each model with what `find` returned for it.
            crawled_at: UTC time of the crawl, None for the shipped snapshot.

        """
        next_id = int(self.connection.execute("SELECT ifnull(max(id), 0) + 1 FROM model").fetchone()[0])
        inserts: list[tuple[int, Entry]] = []
        for entry, stored in entries:
            if stored is None:
                inserts.append((next_id, entry))
                next_id += 1
            else:
                self._update(stored, entry, crawled_at)
        execute_many = self.connection.executemany
        execute_many(_INSERT, ((id_, *_values(entry, crawled_at)) for id_, entry in inserts))
        execute_many("INSERT INTO detail (id, row) VALUES (?, ?)", ((id_, entry.row_json) for id_, entry in inserts))
        execute_many(_INSERT_TEXT, ((id_, *entry.search_text) for id_, entry in inserts))
        for id_, entry in inserts:
            self._save_names(id_, entry.record)

    def _update(self, stored: Stored, entry: Entry, crawled_at: str | None) -> None:
        record, execute = entry.record, self.connection.execute
        if record.model_id.lower() != stored.model_id.lower():
            # The repository was renamed. A row that holds the new name was the same model, known by name only.
            other = execute("SELECT id FROM model WHERE model_id = ?", (record.model_id,)).fetchone()
            if other and other[0] != stored.id:
                self.set_aside(other[0])
            execute("DELETE FROM alias WHERE name = ?", (record.model_id,))
            if "@" not in stored.model_id:
                execute("INSERT OR REPLACE INTO alias (name, model) VALUES (?, ?)", (stored.model_id, stored.id))
        # An estimate of the size is kept until `settle` makes a new one.
        execute(
            "UPDATE model SET num_parameters = NULL, parameters_source = NULL "
            "WHERE id = ? AND parameters_source NOT LIKE 'estimate:%'",
            (stored.id,),
        )
        execute(_UPDATE, (*_values(entry, crawled_at), stored.id))
        execute("UPDATE detail SET row = ? WHERE id = ?", (entry.row_json, stored.id))
        execute("DELETE FROM model_text WHERE rowid = ?", (stored.id,))
        execute(_INSERT_TEXT, (stored.id, *entry.search_text))
        execute("DELETE FROM base_link WHERE model = ?", (stored.id,))
        self._save_names(stored.id, record)

    def _save_names(self, id_: int, record: ModelRecord) -> None:
        execute_many = self.connection.executemany
        if record.aliases:
            # A present name always wins over somebody's former one.
            execute_many(
                "INSERT OR IGNORE INTO alias (name, model) SELECT ?, ? "
                "WHERE NOT EXISTS (SELECT 1 FROM model WHERE model_id = ?)",
                ((name, id_, name) for name in record.aliases),
            )
        if record.base_models:
            execute_many(
                "INSERT OR IGNORE INTO base_link (model, base, relation) VALUES (?, ?, ?)",
                ((id_, base, record.base_relation) for base in record.base_models),
            )

    def set_aside(self, id_: int) -> None:
        """Free the name of a model that another repository now has; facts that a crawl confirmed stay."""
        execute = self.connection.execute
        row = execute("SELECT hub_id FROM model WHERE id = ?", (id_,)).fetchone()
        if row and row[0] is not None:
            # Another `_id` had this name before: that repository is gone from it. Keep its facts aside.
            execute(
                "UPDATE model SET removed = 1, exclusion = 'removed from the Hub', "
                "model_id = model_id || '@' || hub_id WHERE id = ?",
                (id_,),
            )
            return
        for statement in (
            "DELETE FROM detail WHERE id = ?",
            "DELETE FROM model_text WHERE rowid = ?",
            "DELETE FROM alias WHERE model = ?",
            "DELETE FROM base_link WHERE model = ?",
            "DELETE FROM model WHERE id = ?",
        ):
            execute(statement, (id_,))

    def mark_seen(self, ids: Sequence[int], crawled_at: str, as_of: str) -> None:
        """Note that a crawl found these models unchanged."""
        self.connection.executemany(
            "UPDATE model SET crawled_at = ?, as_of = ? WHERE id = ?",
            ((crawled_at, as_of, id_) for id_ in ids),
        )

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
