"""Walks a part of the Hub's listing into the catalogue: one page, one transaction, with its cursor."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from zukan.hub import PAGE_LIMIT, Page, list_models
from zukan.ingest import Counts, settle, take_page
from zukan.outcomes import CrawlReport
from zukan.store.write import CatalogueWriter, compact
from zukan.tasks import task as find_task

Progress = Callable[[int, int | None], None]
"""Called after each page with (rows so far, rows wanted or None)."""


@dataclass(frozen=True, slots=True)
class CrawlScope:
    """Which models to fetch: the most downloaded ones that meet every condition given."""

    top: int | None = None
    task: str | None = None
    author: str | None = None
    library: str | None = None
    min_downloads: int | None = None

    def parameters(self) -> dict[str, str]:
        """Return the query parameters of `GET /api/models`."""
        wanted = {
            "pipeline_tag": find_task(self.task).task_id if self.task else None,
            "author": self.author,
            "filter": self.library,
            "sort": "downloads",
            "direction": "-1",
            "limit": str(min(self.top or PAGE_LIMIT, PAGE_LIMIT)),
        }
        return {name: value for name, value in wanted.items() if value}


def crawl(path: Path, scope: CrawlScope, progress: Progress | None = None) -> CrawlReport:
    """Fetch models of the Hub into the catalogue at `path`.

    Each page is stored in one transaction together with the cursor of the next, so a kill costs one page.

    Raises:
        UnknownTask: The scope's task does not exist.
        HubError: The Hub cannot be reached or refuses; what came before is stored.
        StoreError: The catalogue cannot be written.

    """
    parameters = scope.parameters()
    started = time.monotonic()
    total = Counts()
    rows = requests = received = 0
    retries: Counter[str] = Counter()
    with CatalogueWriter(path, create=True) as writer:
        run = _begin(writer, scope)
        try:
            for page in list_models(parameters):
                kept, last = _wanted(page, scope, rows)
                now = datetime.now(UTC).isoformat(timespec="seconds")
                next_url = None if last else page.next_url
                with writer.transaction():
                    counts = take_page(writer, kept, asked=frozenset(page.fields), crawled_at=now)
                    rows, requests, received = (
                        rows + len(kept),
                        requests + page.requests,
                        received + page.received_bytes,
                    )
                    retries.update(page.retries)
                    _add(total, counts)
                    writer.connection.execute(
                        "UPDATE crawl_run SET cursor = ?, finished_at = ?, requests = ?, rows = ?, added = ?, "
                        "changed = ?, unchanged = ?, refused = ?, received_bytes = ?, retries = ? WHERE id = ?",
                        (
                            next_url, None if next_url else now, requests, rows, total.added, total.changed,
                            total.unchanged, len(total.refused), received, json.dumps(retries), run,
                        ),
                    )  # fmt: skip
                    writer.connection.executemany(
                        "INSERT INTO refused_row (crawl_run, row, error) VALUES (?, ?, ?)",
                        ((run, row, error) for row, error in counts.refused),
                    )
                if progress:
                    progress(rows, scope.top)
                if last:
                    break
        finally:
            if rows:
                settle(writer)
    return CrawlReport(
        requests=requests,
        retries=dict(retries),
        rows=rows,
        added=total.added,
        changed=total.changed,
        unchanged=total.unchanged,
        refused=len(total.refused),
        received_bytes=received,
        seconds=time.monotonic() - started,
    )


def _begin(writer: CatalogueWriter, scope: CrawlScope) -> int:
    with writer.transaction():
        cursor = writer.connection.execute(
            "INSERT INTO crawl_run (scope, started_at) VALUES (?, ?)",
            (compact(asdict(scope)), datetime.now(UTC).isoformat(timespec="seconds")),
        )
    return int(cursor.lastrowid or 0)


def _wanted(page: Page, scope: CrawlScope, so_far: int) -> tuple[list[object], bool]:
    """Return the rows of a page that the scope wants, and whether the walk ends here."""
    kept: list[object] = page.rows
    ended = False
    if scope.min_downloads is not None:
        kept = [row for row in kept if not isinstance(row, dict) or _downloads(row) >= scope.min_downloads]
        ended = len(kept) < len(page.rows)
    if scope.top is not None and so_far + len(kept) >= scope.top:
        kept, ended = kept[: scope.top - so_far], True
    return kept, ended


def _downloads(row: dict[str, object]) -> int:
    value = row.get("downloads")
    return value if isinstance(value, int) else 0


def _add(total: Counts, page: Counts) -> None:
    total.added += page.added
    total.changed += page.changed
    total.unchanged += page.unchanged
    total.refused.extend(page.refused)
