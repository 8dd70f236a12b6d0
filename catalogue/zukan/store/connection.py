"""Opens the catalogue for reading with the standard sqlite3 and turns its errors into ours.

Readers never import sqlite-utils (it costs ten times what sqlite3 does at start-up) and can never write.
"""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from zukan.errors import (
    CatalogueDamaged,
    CatalogueLocked,
    CatalogueMissing,
    CatalogueReadOnly,
    CatalogueTooNew,
    DiskFull,
    LimitReached,
    QueryError,
    StoreError,
)

APPLICATION_ID = 0x7A756B6E
"""`zukn`, in the file's header: tells a catalogue from any other SQLite file."""

SCHEMA_VERSION = 5
"""Stored as `PRAGMA user_version`; goes up with every migration that makes a table or that older readers cannot read:
what is pulled must have the very tables of its version."""
READABLE_VERSION = 4
"""The oldest one that is read as it is, where nobody may write it."""
_CACHE_KILOBYTES = 64_000
"""At most, of pages that were read; one search touches a few hundred kilobytes, a long session comes back to them."""


def _uri(path: Path, mode: str) -> str:
    return f"file:{quote(str(path.absolute()))}?{mode}"


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Raise our StoreError for whatever sqlite3 or the file system says about `path`.

    Raises:
        DiskFull, CatalogueLocked, CatalogueReadOnly, CatalogueDamaged, StoreError: See errors.py.
        QueryError: A search is nested deeper than FTS5 reads.

    """
    try:
        yield
    except sqlite3.DatabaseError as error:
        if "parser stack overflow" in str(error):
            raise QueryError("the query is nested too deeply: use fewer parentheses") from error
        raise store_error(path, error) from error
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFull(path, str(error)) from error
        if error.errno in (errno.EACCES, errno.EROFS, errno.EPERM):
            raise CatalogueReadOnly(path, str(error)) from error
        if error.errno in (errno.EMFILE, errno.ENFILE, errno.EFBIG):
            raise LimitReached(path, _why_limited(error.errno) or str(error)) from error
        raise StoreError(path, str(error)) from error


def store_error(path: Path, error: sqlite3.Error) -> StoreError:
    """Return the StoreError that says what an sqlite3 error means for the user."""
    code = getattr(error, "sqlite_errorcode", None) or 0
    by_code: dict[int, type[StoreError]] = {
        sqlite3.SQLITE_FULL: DiskFull,
        sqlite3.SQLITE_BUSY: CatalogueLocked,
        sqlite3.SQLITE_LOCKED: CatalogueLocked,
        sqlite3.SQLITE_READONLY: CatalogueReadOnly,
        sqlite3.SQLITE_PERM: CatalogueReadOnly,
        sqlite3.SQLITE_CORRUPT: CatalogueDamaged,
        sqlite3.SQLITE_NOTADB: CatalogueDamaged,
        sqlite3.SQLITE_ERROR: CatalogueDamaged,  # our own SQL is tested: a missing table means a foreign file
    }
    if limit := _limit_behind(path, code & 0xFF):
        return LimitReached(path, limit)
    # The low byte is the primary code, the rest says more about it.
    kind = by_code.get(code & 0xFF, StoreError)
    if code & 0xFF == sqlite3.SQLITE_CANTOPEN and not os.access(path.parent, os.W_OK):
        kind = CatalogueReadOnly
    return kind(path, str(error))


def _limit_behind(path: Path, code: int) -> str | None:
    """Return the limit that made SQLite fail, which says the same of it as of a broken disk; None for none."""
    if code == sqlite3.SQLITE_CANTOPEN:
        try:
            os.close(os.open(os.devnull, os.O_RDONLY))
        except OSError as error:
            return _why_limited(error.errno)
    if code in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL):
        import resource  # noqa: PLC0415 (only where something has failed)

        limit = resource.getrlimit(resource.RLIMIT_FSIZE)[0]
        sizes = [_size(path.with_name(path.name + end)) for end in ("", "-wal", "-journal")]
        # A limit that is far away is not what stands against it.
        if limit != resource.RLIM_INFINITY and max(sizes) * 2 >= limit:
            return _why_limited(errno.EFBIG)
    return None


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _why_limited(number: int | None) -> str | None:
    if number == errno.EFBIG:
        return "the size of a file (ulimit -f)"
    return "open files (ulimit -n)" if number in (errno.EMFILE, errno.ENFILE) else None


def schema_version(path: Path) -> int:
    """Return the schema version of the catalogue at `path`.

    Raises:
        CatalogueMissing: There is no file.
        CatalogueDamaged: It is not a catalogue.

    """
    connection = _open(path)
    try:
        return _check(connection, path)
    finally:
        connection.close()


def connect_read_only(path: Path) -> sqlite3.Connection:
    """Open the catalogue at `path` so that nothing can be written through it.

    Raises:
        CatalogueMissing: There is no file.
        CatalogueTooNew: Its schema is newer than this zukan.
        CatalogueDamaged: It is not a catalogue.

    """
    connection = _open(path)
    try:
        version = _check(connection, path)
        if version > SCHEMA_VERSION:
            raise CatalogueTooNew(path, f"schema {version}, this zukan reads up to {SCHEMA_VERSION}")
    except StoreError:
        connection.close()
        raise
    connection.execute(f"PRAGMA cache_size = {-_CACHE_KILOBYTES}")
    connection.row_factory = sqlite3.Row
    return connection


def connect_helper(path: Path, cache_kilobytes: int) -> sqlite3.Connection:
    """Open the catalogue at `path` for a child that helps to fill it: see `connect_read_only`, plain tuples."""
    connection = connect_read_only(path)
    connection.row_factory = None
    connection.execute(f"PRAGMA cache_size = {-cache_kilobytes}")
    return connection


def check_place(path: Path) -> None:
    """See that a file, or none, is at a place: to open a pipe would wait for ever, and to replace a link lose it.

    Raises:
        StoreError: Something else is there.

    """
    with translated(path):
        problem = None if path.is_file() else _why_no_file(path)
    if problem:
        raise StoreError(path, problem)


def _why_no_file(path: Path) -> str | None:
    if path.is_dir():
        return "it is a folder"
    if path.exists():
        return "it is no regular file"
    return "it is a link that leads nowhere" if path.is_symlink() else None


def _open(path: Path) -> sqlite3.Connection:
    while True:
        check_place(path)
        before = _identity(path)
        if before is None:
            raise CatalogueMissing(path)
        connection = _open_once(path)
        # Another file may have taken its place meanwhile, and this one have found the journal of that one.
        if _identity(path) == before:
            return connection
        connection.close()


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _open_once(path: Path) -> sqlite3.Connection:
    with translated(path):
        connection = sqlite3.connect(_uri(path, "mode=ro"), uri=True, timeout=10)
        try:
            connection.execute("PRAGMA schema_version").fetchone()
        except sqlite3.OperationalError as error:
            connection.close()
            # A WAL file in a directory that cannot be written has no place for its shared memory. Nobody can
            # be writing to it there, so it may be read as a fixed file.
            if os.access(path.parent, os.W_OK) or (getattr(error, "sqlite_errorcode", 0) or 0) & 0xFF not in (
                sqlite3.SQLITE_CANTOPEN,
                sqlite3.SQLITE_READONLY,
            ):
                raise
            connection = sqlite3.connect(_uri(path, "mode=ro&immutable=1"), uri=True)
        except sqlite3.DatabaseError:
            connection.close()
            raise
    return connection


def _check(connection: sqlite3.Connection, path: Path) -> int:
    with translated(path):
        application_id = int(connection.execute("PRAGMA application_id").fetchone()[0])
        version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if application_id != APPLICATION_ID:
        raise CatalogueDamaged(path, "not a zukan catalogue")
    return version


def remove_stale(directory: Path, pattern: str) -> None:
    """Delete left-overs of builds that were killed. The caller holds the build lock."""
    for path in directory.glob(pattern):
        with suppress(OSError):
            path.unlink()
