"""Looks at a catalogue file that came from elsewhere before it may take the place of this machine's.

A file of SQLite can hold views and triggers that run when it is read or written, so that its schema must be, to the
letter, the one that this zukan makes itself.
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from zukan.errors import CatalogueDamaged, CatalogueLocked
from zukan.store import shelf
from zukan.store.connection import APPLICATION_ID, SCHEMA_VERSION, connect_read_only, translated
from zukan.store.swap import build_lock, nobody_writing, put_in_place, sync
from zukan.store.write import CatalogueWriter

PULLED_FROM, PULLED_ETAG, PULLED_AT, PULLED_SHA256 = "pulled_from", "pulled_etag", "pulled_at", "pulled_sha256"
OF_PULLS = (PULLED_FROM, PULLED_ETAG, PULLED_AT, PULLED_SHA256)
"""Names in the table meta: where a catalogue was pulled from."""
_MAGIC = b"SQLite format 3\0"
_CACHE_KILOBYTES = 64_000


class Refused(Exception):
    """A file that is no catalogue, or one that may not be taken."""


class Looked(NamedTuple):
    """What a candidate is."""

    schema: int
    models: int


def look_at(path: Path) -> Looked:
    """Return what a file is, if it may become the catalogue.

    Raises:
        Refused: It is no catalogue, damaged, of a newer zukan, or holds what no catalogue does.

    """
    try:
        with path.open("rb") as file:
            if file.read(len(_MAGIC)) != _MAGIC:
                raise Refused("it is no SQLite file")
        with closing(_open(path)) as connection:
            application = connection.execute("PRAGMA application_id").fetchone()[0]
            version = int(connection.execute("PRAGMA user_version").fetchone()[0])
            if application != APPLICATION_ID:
                raise Refused("it is no catalogue of zukan's")
            if version > SCHEMA_VERSION:
                raise Refused(f"it was made by a newer zukan (schema {version}, this one reads {SCHEMA_VERSION})")
            if connection.execute("SELECT 1 FROM sqlite_master WHERE type = 'trigger'").fetchone():
                raise Refused("it holds programs (triggers)")
            problem = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
            if problem != "ok":
                raise Refused(f"it is damaged: {str(problem)[:200]}")
            if version == SCHEMA_VERSION:
                _check_schema(connection)
            models = int(connection.execute("SELECT count(*) FROM model").fetchone()[0])
    except sqlite3.Error as error:
        raise Refused(f"it is damaged: {error}") from error
    if not models:
        raise Refused("it holds no models")
    return Looked(version, models)


def _open(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path)
    for pragma in ("trusted_schema = OFF", "cell_size_check = ON", f"cache_size = {-_CACHE_KILOBYTES}"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def _check_schema(connection: sqlite3.Connection) -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        CatalogueWriter(Path(folder) / "empty.sqlite", create=True) as writer,
    ):
        ours = _schema(writer.connection)
    theirs = _schema(connection)
    other = sorted(name for _, name, _ in theirs ^ ours)
    if other:
        raise Refused(f"its tables are not those of a catalogue ({', '.join(other[:3])})")


def _schema(connection: sqlite3.Connection) -> set[tuple[str, str, str]]:
    rows = connection.execute("SELECT type, name, ifnull(sql, '') FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'")
    return {(kind, name, " ".join(sql.split())) for kind, name, sql in rows}


def present_facts(path: Path) -> dict[str, str]:
    """Return the facts about the present catalogue, none where there is none.

    Raises:
        StoreError: There is one that cannot be read, or is newer than this zukan.

    """
    if not path.exists():
        return {}
    with closing(connect_read_only(path)) as connection, translated(path):
        models = connection.execute("SELECT count(*) FROM model").fetchone()[0]
        return {**dict(map(tuple, connection.execute("SELECT name, value FROM meta"))), "models": str(models)}


def take_over(candidate: Path, path: Path, facts: dict[str, str]) -> int:
    """Put a candidate, looked at, in the place of the present catalogue with the trials of that; return their number.

    Call while the fill lock is held. At every moment there is a whole catalogue of that name, or none as before.

    Args:
        candidate: In the same folder.
        path: The catalogue.
        facts: Kept in the table meta.

    Raises:
        CatalogueLocked: The present one is written or read for too long.
        StoreError: One of them cannot be written.

    """
    with build_lock(path), nobody_writing(path):
        trials = 0
        with CatalogueWriter(candidate) as writer:
            with writer.transaction():
                writer.connection.execute("DELETE FROM trial")
                shelf.clear(writer.connection)  # what lies there need not be what is stored
                writer.set_meta(facts)
            if path.exists():
                _empty_journal(path)
                trials = _copy_trials(writer, path)
            _settle_file(writer)
        sync(candidate)
        put_in_place(candidate, path)
    return trials


def _empty_journal(path: Path) -> None:
    with translated(path), closing(sqlite3.connect(path, timeout=10.0)) as connection:
        busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    if busy:
        raise CatalogueLocked(path, "somebody reads it all the time")


def _copy_trials(writer: CatalogueWriter, path: Path) -> int:
    execute = writer.connection.execute
    with translated(path):
        execute("ATTACH ? AS present", (f"{path.absolute()}",))
        try:
            names = [row[1] for row in execute("PRAGMA present.table_info(trial)")]
            ours = [row[1] for row in execute("PRAGMA main.table_info(trial)")]
            if not names:
                raise CatalogueDamaged(path, "it has no trials")
            columns = ", ".join(name for name in ours if name in names)
            execute("BEGIN IMMEDIATE")
            execute(f"INSERT INTO main.trial ({columns}) SELECT {columns} FROM present.trial ORDER BY id")
            number = int(execute("SELECT count(*) FROM main.trial").fetchone()[0])
            execute("COMMIT")
        finally:
            if writer.connection.in_transaction:
                execute("ROLLBACK")
            execute("DETACH present")
    return number


def _settle_file(writer: CatalogueWriter) -> None:
    with translated(writer.path):
        writer.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def drop(path: Path) -> None:
    """Take a candidate away with all that lies beside it."""
    for left in (
        path,
        *(path.with_name(path.name + end) for end in ("-wal", "-shm", "-journal", ".lock", ".swap.lock")),
    ):
        left.unlink(missing_ok=True)


def name_of_candidate(path: Path) -> Path:
    """Return under which name a catalogue is looked at before it takes its place."""
    return path.with_name(f".{path.name}.{os.getpid()}.pulled")
