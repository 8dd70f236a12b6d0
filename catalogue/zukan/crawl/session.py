"""One crawl while it runs: its open catalogue, its requests, where it is, and what it has done so far."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from zukan.errors import HubError, HubUnreachable, RateLimited
from zukan.hub.client import HubClient
from zukan.hub.listing import Page
from zukan.ingest import Counts, Imported, take_page
from zukan.outcomes import CrawlEvent, CrawlReport
from zukan.store import crawls
from zukan.store.crawls import CrawlRun
from zukan.store.prepared import PreparedPage
from zukan.store.write import CatalogueWriter

INTERRUPTED = "interrupted"
Progress = Callable[[CrawlEvent], None]
_RATE_SECONDS = 60.0
"""The rate shown is that of about the last minute."""


def why_stopped(error: HubError) -> str:
    """Return the short word for why a run ended early."""
    if isinstance(error, RateLimited):
        return "rate limit"
    return "no connection" if isinstance(error, HubUnreachable) else "refused by the Hub"


def now() -> str:
    """Return the time of day as it is stored: ISO, UTC, whole seconds."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def server_time(date: str | None) -> str:
    """Return a `Date` header as it is stored.

    Where the server does not say it, that is yesterday: our clock may be ahead of the one that dates changes, and to
    fetch a day's changes again costs some pages.
    """
    try:
        return parsedate_to_datetime(date or "").astimezone(UTC).isoformat(timespec="seconds")
    except (ValueError, TypeError, OverflowError):
        return (datetime.now(UTC) - timedelta(days=1)).isoformat(timespec="seconds")


class CrawlSession:
    """Stores pages with the place to go on from, and counts."""

    def __init__(
        self,
        writer: CatalogueWriter,
        client: HubClient,
        run: CrawlRun,
        *,
        continued: bool = False,
        progress: Progress | None = None,
        bucket: str = "api",
    ) -> None:
        """Take what is needed.

        Args:
            writer: The open catalogue.
            client: Makes the requests.
            run: The run, new or to be continued.
            continued: Whether it goes on with an unfinished one.
            progress: Told how far it is.
            bucket: The rate limit whose remainder is shown.

        """
        self.writer = writer
        self.client = client
        self.run = run
        self.ids: list[int] | None = []
        """Row ids of what came or changed; None = too many to name."""
        self.wanted: int | None = None
        self.estimated = False
        self._continued = continued
        self._progress = progress
        client.on_wait = self.waiting
        self._bucket = bucket
        self._requests_before = run.requests
        self._bytes_before = run.received_bytes
        self._seconds_before = run.seconds
        self._retries_before = run.retries.copy()
        self._started = time.monotonic()
        self._added = 0, 0
        self._marks: list[tuple[float, int]] = [(self._started, run.rows)]

    def take(
        self,
        rows: Sequence[object],
        fields: Sequence[str],
        *,
        partial: bool = False,
        date_unchanged: bool = True,
        imported: Imported | None = None,
        again: bool = False,
        ready: PreparedPage | None = None,
    ) -> Counts:
        """Take rows of a page; call inside a transaction, and `save` in the same.

        Args:
            rows: Raw rows, see `take_page`.
            fields: What was asked for.
            partial: See `take_page`.
            date_unchanged: See `take_page`.
            imported: See `take_page`.
            again: The run has met them before: those that did not change are not counted twice.
            ready: See `take_page`.

        """
        counts = take_page(
            self.writer,
            rows,
            asked=frozenset(fields),
            crawled_at=None if imported else now(),
            date_unchanged=date_unchanged,
            partial=partial,
            imported=imported,
            ready=ready,
        )
        run = self.run
        met_before = counts.unchanged if again else 0
        self._added = counts.added, len(rows)
        run.rows += len(rows) - met_before
        run.added += counts.added
        run.changed += counts.changed
        run.unchanged += counts.unchanged - met_before
        run.renamed += counts.renamed
        run.clamped += counts.clamped
        crawls.keep_refused(self.writer, run, counts.refused)
        self.touched(counts)
        return counts

    def adds_most(self) -> bool:
        """Return whether most rows of the last page were new models; what is new must be worked out whole."""
        added, rows = self._added
        return added * 2 > rows or not rows

    def touched(self, counts: Counts) -> None:
        """Remember what is to be settled at the end."""
        if self.ids is not None:
            self.ids += counts.ids
            if len(self.ids) > _MOST_IDS:
                self.ids = None

    def take_listed(self, page: Page, *, partial: bool = False, again: bool = False) -> Counts:
        """Take a page of a listing in a transaction of its own."""
        with self.writer.transaction():
            counts = self.take(page.rows, page.fields, partial=partial, date_unchanged=False, again=again)
            self.save()
        self.report_progress()
        return counts

    def save(self) -> None:
        """Store what was done and where to go on; call inside a transaction."""
        self.count_requests()
        crawls.save(self.writer, self.run)

    def count_requests(self) -> None:
        """Bring the run's own figures up to date with the client's."""
        run, client = self.run, self.client
        run.requests = self._requests_before + client.requests
        run.received_bytes = self._bytes_before + client.received_bytes
        run.retries = self._retries_before + client.retries
        run.seconds = round(self._seconds_before + time.monotonic() - self._started, 3)

    def enter(self, phase: str) -> None:
        """Say what is done next; it is stored with the next `save`."""
        self.run.phase = phase
        self.report_progress()

    def waiting(self, reason: str, seconds: float) -> None:
        """Say that a wait begins."""
        self.report_progress(reason, seconds)

    def report_progress(self, waiting: str | None = None, seconds: float | None = None) -> None:
        """Tell whoever watches how far it is."""
        if self._progress is None:
            return
        moment, run = time.monotonic(), self.run
        self._marks.append((moment, run.rows))
        while len(self._marks) > 2 and moment - self._marks[1][0] > _RATE_SECONDS:
            self._marks.pop(0)
        (began, before) = self._marks[0]
        rate = (run.rows - before) / (moment - began) if moment > began and run.rows > before else None
        self._progress(
            CrawlEvent(
                kind=run.kind,
                phase=run.phase or "walk",
                rows=run.rows,
                wanted=self.wanted,
                estimated=self.estimated,
                requests=self._requests_before + self.client.requests,
                requests_left=self.client.pace(self._bucket).left(),
                rows_per_second=rate,
                waiting=waiting,
                seconds=seconds,
            )
        )

    def finish(self) -> None:
        """Note that the run came to its end; call inside a transaction."""
        self.run.finished_at = now()
        self.run.stopped = self.run.cursor = None
        self.save()

    def stop(self, reason: str) -> None:
        """Note why the run ends before its end; what was fetched stays and the next run goes on.

        Nothing but that: a page whose transaction was cut off has moved the cursor in memory, not in the file.
        """
        self.count_requests()
        self.run.stopped = reason
        with self.writer.transaction():
            crawls.note_stop(self.writer, self.run)

    def report(self) -> CrawlReport:
        """Return what the run did."""
        self.count_requests()
        run = self.run
        return CrawlReport(
            kind=run.kind,
            finished=run.finished_at is not None,
            continued=self._continued,
            stopped=run.stopped,
            requests=run.requests,
            retries=dict(run.retries),
            rows=run.rows,
            added=run.added,
            changed=run.changed,
            unchanged=run.unchanged,
            renamed=run.renamed,
            refused=run.refused,
            clamped=run.clamped,
            absent=run.absent,
            received_bytes=run.received_bytes,
            seconds=round(run.seconds, 3),
            dropped_fields=tuple(run.dropped_fields),
        )


_MOST_IDS = 100_000
"""Beyond this, settling looks at the whole catalogue: that is faster than so many names."""
