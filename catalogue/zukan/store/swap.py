"""Puts a whole catalogue file in the place of another one, so that at every moment there is a whole one.

SQLite finds the journal of a file (`-wal`, `-shm`) by its name alone. A journal of the former file must therefore never
meet the new one: it is emptied into the former file while nobody can write, and taken away before the new file gets the
name. Whoever writes holds the swap lock shared for as long as the file is open; who only reads changes nothing, and
looks afterwards whether it was the same file all the time (see `connection`).
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from zukan.errors import CatalogueLocked
from zukan.store.connection import translated

_JOURNALS = ("-wal", "-shm", "-journal")
_WAIT_SECONDS = 10.0
_LOOK_SECONDS = 0.05


@contextmanager
def build_lock(path: Path) -> Iterator[None]:
    """Hold the lock for making the first catalogue at `path`, whoever else makes one waiting; makes its folder.

    Raises:
        StoreError: The folder cannot be written.

    """
    with translated(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = os.open(path.with_name(f"{path.name}.lock"), os.O_CREAT | os.O_RDWR, 0o644)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def begin_writing(path: Path) -> int:
    """Return the descriptor of the swap lock, held shared until it is closed; waits for a swap to end.

    Raises:
        StoreError: The folder cannot be written.

    """
    with translated(path):
        lock = os.open(_lock_of(path), os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(lock, fcntl.LOCK_SH)
        except BaseException:
            os.close(lock)
            raise
    return lock


@contextmanager
def nobody_writing(path: Path, seconds: float = _WAIT_SECONDS) -> Iterator[None]:
    """Keep every other writer out.

    Raises:
        CatalogueLocked: Somebody writes longer than so many seconds.

    """
    with translated(path):
        lock = os.open(_lock_of(path), os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o644)
    try:
        ends = time.monotonic() + seconds
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError as error:
                if time.monotonic() > ends:
                    raise CatalogueLocked(path, "another program writes it") from error
                time.sleep(_LOOK_SECONDS)
        yield
    finally:
        os.close(lock)


def put_in_place(whole: Path, path: Path) -> None:
    """Give a whole catalogue, closed and on the disk, its name; call where nobody else writes one of that name.

    The former one, if any, must have no journal with anything in it.

    Raises:
        StoreError: The folder cannot be written; the former catalogue is as it was.

    """
    with translated(path):
        _drop_journals(path)
        whole.replace(path)
        # A reader may have opened the former one in between.
        _drop_journals(path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def sync(path: Path) -> None:
    """See to it that a closed file is on the disk."""
    with translated(path), path.open("rb") as file:
        os.fsync(file.fileno())


def _lock_of(path: Path) -> Path:
    # The file itself, by whatever name it is reached.
    real = path.resolve()
    return real.with_name(f"{real.name}.swap.lock")


def _drop_journals(path: Path) -> None:
    for suffix in _JOURNALS:
        path.with_name(path.name + suffix).unlink(missing_ok=True)
