"""Makes a catalogue of what `zukan export` wrote, equal to the one that was exported."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

from zukan.errors import UnreadableFile
from zukan.exchange.columns import COLUMNS
from zukan.outcomes import CrawlEvent, CrawlReport
from zukan.reading.exported import Exported, tables
from zukan.settle import put_in_order
from zukan.shelves import fill_shelves
from zukan.store.connection import remove_stale
from zukan.store.lock import fill_lock
from zukan.store.restore import RESTORE_ERRORS, Restorer
from zukan.store.swap import build_lock, put_in_place, sync
from zukan.store.write import CatalogueWriter

_BATCH = 5_000


def restore(path: Path, exported: Exported, progress: Callable[[CrawlEvent], None] | None = None) -> CrawlReport | None:
    """Make the catalogue at `path` of an export; it is whole before it has its name.

    Args:
        path: Where there is no catalogue yet.
        exported: What was exported.
        progress: Told how far it is.

    Returns:
        What was read; None where somebody else made one meanwhile, which is left alone.

    Raises:
        UnreadableFile: The export is damaged or not what it should be; there is no catalogue then.
        StoreError: The catalogue cannot be written.

    """
    began = time.monotonic()
    with build_lock(path), fill_lock(path):
        if path.exists():
            return None
        remove_stale(path.parent, f".{path.name}.*.building*")
        unfinished = path.with_name(f".{path.name}.{os.getpid()}.building")
        try:
            with CatalogueWriter(unfinished, create=True) as writer:
                done = _fill(writer, exported, progress)
                fill_shelves(writer)
            sync(unfinished)
            put_in_place(unfinished, path)
        finally:
            remove_stale(path.parent, f"{unfinished.name}*")
    return CrawlReport(
        kind="import", finished=True, continued=False, stopped=None, requests=0, retries={}, rows=done, added=done,
        changed=0, unchanged=0, renamed=0, refused=0, clamped=0, absent=0, received_bytes=0,
        seconds=round(time.monotonic() - began, 3),
    )  # fmt: skip


def _fill(writer: CatalogueWriter, exported: Exported, progress: Callable[[CrawlEvent], None] | None) -> int:
    def say(phase: str, rows: int) -> None:
        if progress:
            progress(CrawlEvent("import", phase, rows, exported.models))

    restorer, done = Restorer(writer), 0
    say("read", 0)
    try:
        with writer.transaction():
            restorer.begin(exported.facts)
        for table in tables(exported, [column.name for column in COLUMNS], _BATCH):
            with writer.transaction():
                done += restorer.add(table)
            say("read", done)
    except RESTORE_ERRORS as error:
        reason = str(error).partition("\n")[0][:200]
        raise UnreadableFile(exported.path, f"not what an export holds, after row {done:,} ({reason})") from error
    say("settle", done)
    put_in_order(writer, places_kept=restorer.keeps_order())
    return done
