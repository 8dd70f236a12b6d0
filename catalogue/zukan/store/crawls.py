"""Keeps what crawls did and where they are: the rows of `crawl_run` and the rows that could not be read."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from zukan.store.write import CatalogueWriter

FULL, UPDATE, SUBSET, IMPORT, CARDS = "full", "update", "subset", "import", "cards"
SUPERSEDED = "superseded"
MOST_REFUSED = 10_000
"""So many refused rows of one run are kept; all are counted."""


@dataclass(slots=True)
class CrawlRun:
    """One run: what was asked, how far it is, and what it did so far."""

    id: int
    kind: str
    scope: str
    started_at: str
    cursor: str | None = None
    """The query of the next page, None = from the beginning."""
    last_id: str | None = None
    walked_at: str | None = None
    """Start by the server's clock, ISO date and time in UTC."""
    phase: str | None = None
    endpoint: str | None = None
    requests: int = 0
    rows: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    renamed: int = 0
    clamped: int = 0
    absent: int = 0
    received_bytes: int = 0
    seconds: float = 0.0
    stopped: str | None = None
    finished_at: str | None = None
    retries: Counter[str] = field(default_factory=Counter)
    dropped_fields: list[str] = field(default_factory=list)


_SAVED = (
    "cursor", "last_id", "walked_at", "phase", "endpoint", "requests", "rows", "added", "changed", "unchanged",
    "refused", "renamed", "clamped", "absent", "received_bytes", "seconds", "stopped", "finished_at", "retries",
    "dropped_fields",
)  # fmt: skip
_UPDATE = f"UPDATE crawl_run SET {', '.join(f'{name} = ?' for name in _SAVED)} WHERE id = ?"
_SELECT = f"SELECT id, kind, scope, started_at, {', '.join(_SAVED)} FROM crawl_run"


def begin(writer: CatalogueWriter, kind: str, scope: str, started_at: str) -> CrawlRun:
    """Note a new run; call inside a transaction."""
    cursor = writer.connection.execute(
        "INSERT INTO crawl_run (kind, scope, started_at) VALUES (?, ?, ?)", (kind, scope, started_at)
    )
    return CrawlRun(int(cursor.lastrowid or 0), kind, scope, started_at)


def save(writer: CatalogueWriter, run: CrawlRun) -> None:
    """Store how far a run is; call in the transaction that stores its page."""
    values = [getattr(run, name) for name in _SAVED[:-2]]
    writer.connection.execute(_UPDATE, (*values, json.dumps(run.retries), json.dumps(run.dropped_fields), run.id))


def note_stop(writer: CatalogueWriter, run: CrawlRun) -> None:
    """Store why a run ended and what it cost, and leave alone where it goes on; call inside a transaction."""
    writer.connection.execute(
        "UPDATE crawl_run SET stopped = ?, requests = ?, received_bytes = ?, seconds = ?, retries = ? WHERE id = ?",
        (run.stopped, run.requests, run.received_bytes, run.seconds, json.dumps(run.retries), run.id),
    )


def latest(writer: CatalogueWriter, kind: str, *, finished: bool) -> CrawlRun | None:
    """Return the newest run of a kind that has, or has not, come to its end."""
    condition = "IS NOT NULL" if finished else "IS NULL"
    row = writer.connection.execute(
        f"{_SELECT} WHERE kind = ? AND finished_at {condition} ORDER BY id DESC LIMIT 1", (kind,)
    ).fetchone()
    return None if row is None else _run(row)


def _run(row: Sequence[Any]) -> CrawlRun:
    *facts, retries, dropped = row
    return CrawlRun(
        **dict(zip(("id", "kind", "scope", "started_at", *_SAVED[:-2]), facts, strict=True)),
        retries=Counter(json.loads(retries)),
        dropped_fields=json.loads(dropped),
    )


def supersede(writer: CatalogueWriter, kind: str) -> None:
    """Note that the unfinished runs of a kind will not be continued; call inside a transaction."""
    writer.connection.execute(
        "UPDATE crawl_run SET phase = ?1, stopped = coalesce(stopped, ?1) WHERE kind = ?2 AND finished_at IS NULL",
        (SUPERSEDED, kind),
    )


def keep_refused(writer: CatalogueWriter, run: CrawlRun, refused: Sequence[tuple[str, str]]) -> None:
    """Keep rows that could not be read aside, each with its error."""
    room = max(0, MOST_REFUSED - run.refused)
    writer.connection.executemany(
        "INSERT INTO refused_row (crawl_run, row, error) VALUES (?, ?, ?)",
        ((run.id, row, error) for row, error in refused[:room]),
    )
    run.refused += len(refused)
