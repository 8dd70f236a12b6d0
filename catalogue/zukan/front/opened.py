"""Opens a catalogue's file when it is first asked, once for each thread."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from os import getpid
from pathlib import Path
from threading import local
from typing import TYPE_CHECKING, Self

from zukan.first_use import ensure_catalogue
from zukan.store.location import catalogue_path, default_path

if TYPE_CHECKING:
    from zukan.schema import Hit
    from zukan.store.read import CatalogueReader


def _file_at(path: Path) -> tuple[int, int, int] | None:
    """Return what tells a file from another one of its name, and this process from one that it forked."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino, getpid()


class Opened:
    """One SQLite file, open for as long as it is asked."""

    def __init__(
        self, path: str | Path | None = None, *, build_progress: Callable[[int, int], None] | None = None
    ) -> None:
        """Name the catalogue.

        Args:
            path: The file; None = `ZUKAN_DB`, else the platform's place for user data.
            build_progress: Called with (rows done, rows in all) during a first-use build.

        """
        self.path = catalogue_path(path) if path is not None else default_path()
        self._build_progress = build_progress
        self._local = local()

    def _reader(self) -> AbstractContextManager[CatalogueReader]:
        """Return this thread's reader; it stays open for the next question."""
        from contextlib import nullcontext  # noqa: PLC0415

        from zukan.store.read import CatalogueReader  # noqa: PLC0415

        known: tuple[object, CatalogueReader] | None = getattr(self._local, "reader", None)
        if known is not None:
            if known[0] == _file_at(self.path):
                return nullcontext(known[1])
            self.close()
        ensure_catalogue(self.path, self._build_progress)
        reader = CatalogueReader(self.path)
        self._local.reader = (_file_at(self.path), reader)
        return nullcontext(reader)

    def close(self) -> None:
        """Close what this thread has open; the next question opens it again."""
        known: tuple[object, CatalogueReader] | None = getattr(self._local, "reader", None)
        if known is not None:
            del self._local.reader
            known[1].close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _confirm_if_absent(self, hit: Hit) -> str | None:
        """Ask the Hub about a model that the last complete walk did not meet; None where there is nothing to ask."""
        if not hit.record.absent:
            return None
        from zukan.crawl.confirm import confirm  # noqa: PLC0415 (the Hub's client: only for models that may be gone)

        return str(confirm(self.path, hit.record.model_id))
