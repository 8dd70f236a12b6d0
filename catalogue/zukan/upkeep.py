"""Puts a catalogue in order: checked, ordered by popularity, words counted, indexes merged, free space given back."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from zukan.errors import CatalogueDamaged
from zukan.outcomes import OptimizeReport
from zukan.settle import put_in_order
from zukan.shelves import fill_shelves
from zukan.store.connection import translated
from zukan.store.lock import fill_lock
from zukan.store.write import CatalogueWriter

CHECK, ORDER, COMPACT = "check", "order", "compact"
Progress = Callable[[str, int, int], None]
"""Called with (step, models done, models in all); 0 of 0 where a step cannot say how far it is."""


def optimize(path: Path, progress: Progress | None = None) -> OptimizeReport:
    """Check a catalogue, order and index it anew, and let it take no more room than it needs.

    Args:
        path: The catalogue; it grows to about twice its size meanwhile.
        progress: Told which step is at work, and how far.

    Raises:
        CatalogueDamaged: The check found what is wrong; nothing was changed.
        DiskFull: There is no room for the copy that compacting makes; what was done before stays.
        StoreError: It cannot be written, or a crawl is filling it.

    """
    say = progress or (lambda *_: None)
    began = time.monotonic()
    with fill_lock(path), CatalogueWriter(path) as writer:
        before = path.stat().st_size
        say(CHECK, 0, 0)
        with translated(path):
            problems = [str(row[0]) for row in writer.connection.execute("PRAGMA integrity_check(5)")]
        if problems != ["ok"]:
            raise CatalogueDamaged(path, "; ".join(problems))
        drifted = writer.index.drifted()
        put_in_order(writer, lambda done, total: say(ORDER, done, total))
        fill_shelves(writer)
        say(COMPACT, 0, 0)
        with translated(path):
            writer.connection.execute("VACUUM")
            writer.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        models = int(writer.connection.execute("SELECT count(*) FROM model").fetchone()[0])
    after = path.stat().st_size
    return OptimizeReport(models, drifted, before, after, round(time.monotonic() - began, 2))
