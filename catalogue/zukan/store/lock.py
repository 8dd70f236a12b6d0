"""Lets one process at a time fill the catalogue; readers and trials are never kept waiting by it."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from zukan.errors import CrawlRunning, StoreError
from zukan.store.connection import translated


@contextmanager
def fill_lock(path: Path) -> Iterator[None]:
    """Hold the lock for crawls and imports; the operating system drops it if this process dies.

    Raises:
        CrawlRunning: Another process holds it.
        StoreError: The directory cannot be written.

    """
    # The file itself, by whatever name it is reached.
    real = path.resolve()
    lock_path = real.with_name(f"{real.name}.crawl.lock")
    with translated(path):
        lock = os.open(lock_path, os.O_CREAT | os.O_RDWR, 0o644)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise CrawlRunning(path, os.read(lock, 20).decode("ascii", "replace").strip()) from error
        except OSError as error:
            raise StoreError(path, str(error)) from error
        with suppress(OSError):  # who holds it is for the message alone, and the disk may be full
            os.ftruncate(lock, 0)
            os.pwrite(lock, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(lock)
