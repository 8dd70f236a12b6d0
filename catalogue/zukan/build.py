"""Builds the first catalogue from the shipped snapshot; runs as a child process of `first_use`.

The file is made beside its final place and renamed when it is whole, under a lock that the operating system
drops if this process is killed. So there is never half a catalogue, and two first uses make one.
"""

from __future__ import annotations

import argparse
import fcntl
import gzip
import json
import os
import sqlite3
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from zukan.ingest import take_page
from zukan.resources import data_path
from zukan.retag import TAGGED_BY, retag_open, rules_fingerprint
from zukan.settle import count_words, put_in_order, settle
from zukan.store.connection import SCHEMA_VERSION, remove_stale, schema_version, translated
from zukan.store.migrations import TAGS_CHANGED
from zukan.store.swap import build_lock, put_in_place, sync
from zukan.store.write import CatalogueWriter

PAGE = 2_000

Progress = Callable[[int, int], None]
"""Called with (rows done, rows in all)."""


def build(path: Path, seed: Path, progress: Progress) -> bool:
    """Make the catalogue at `path` unless there is one.

    Returns:
        True if this call built it, False if it was there already or another process built it meanwhile.

    Raises:
        StoreError: The directory cannot be written, the disk is full.

    """
    with build_lock(path):
        if path.exists():
            return False
        remove_stale(path.parent, f".{path.name}.*.building*")
        unfinished = path.with_name(f".{path.name}.{os.getpid()}.building")
        try:
            _fill(unfinished, seed, progress)
            put_in_place(unfinished, path)
        finally:
            remove_stale(path.parent, f"{unfinished.name}*")
        return True


def upgrade(path: Path) -> None:
    """Bring an older catalogue to this release's schema and rules; another process that does the same waits.

    Raises:
        StoreError: It cannot be written, or is no catalogue.

    """
    with translated(path), path.with_name(f"{path.name}.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if schema_version(path) >= SCHEMA_VERSION:
            return
        with CatalogueWriter(path) as writer:
            if schema_version(path) < TAGS_CHANGED:
                retag_open(writer)
            if writer.index.deferred:
                put_in_order(writer)
            else:
                count_words(writer, force=True)
            writer.set_current()


def _fill(path: Path, seed: Path, progress: Progress) -> None:
    total = seed_rows(seed)
    with CatalogueWriter(path, create=True) as writer:
        # Nobody sees this file before it is whole, so speed is safe here.
        writer.connection.execute("PRAGMA journal_mode = OFF")
        writer.connection.execute("PRAGMA synchronous = OFF")
        writer.index.deferred = True
        done = 0
        rows = read_seed(seed)
        while page := list(islice(rows, PAGE)):
            with writer.transaction():
                take_page(writer, page)
            done += len(page)
            progress(done, total)
        settle(writer)
        with writer.transaction():
            writer.set_meta(
                {
                    "built_at": datetime.now(UTC).isoformat(timespec="seconds"),
                    "built_from": seed.name,
                    TAGGED_BY: rules_fingerprint(),
                }
            )
        with translated(path):
            writer.connection.execute("PRAGMA journal_mode = WAL")
            writer.connection.execute("PRAGMA synchronous = FULL")
    sync(path)


def read_seed(seed: Path) -> Iterator[Any]:
    """Yield the rows of a gzipped JSON-lines file."""
    with gzip.open(seed, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def seed_rows(seed: Path) -> int:
    """Return how many rows the file has."""
    with gzip.open(seed, "rb") as lines:
        return sum(block.count(b"\n") for block in iter(lambda: lines.read(1 << 20), b""))


def main() -> int:
    """Run as `python -m zukan.build PATH`: progress and outcome as JSON lines on stdout, for `first_use`."""
    parser = argparse.ArgumentParser()
    parser.add_argument("path", type=Path)
    parser.add_argument("--seed", type=Path, default=None)
    parser.add_argument("--migrate", action="store_true")
    arguments = parser.parse_args()

    def say(**message: Any) -> None:
        sys.stdout.write(json.dumps(message) + "\n")
        sys.stdout.flush()

    try:
        if arguments.migrate:
            upgrade(arguments.path)
            built = False
        else:
            seed = arguments.seed or data_path("seed.jsonl.gz")
            built = build(arguments.path, seed, lambda done, total: say(done=done, total=total))
    except (Exception, sqlite3.Error) as error:  # noqa: BLE001 (the parent turns every failure into its own error)
        say(error=type(error).__name__, detail=getattr(error, "detail", "") or str(error))
        return 1
    say(built=built)
    return 0


if __name__ == "__main__":
    sys.exit(main())
