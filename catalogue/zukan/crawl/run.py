"""Fetches a part of the Hub, the whole of it, or what is new: opens the catalogue, runs the plan, ends well."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from zukan.crawl.session import INTERRUPTED, CrawlSession, Progress, now, why_stopped
from zukan.crawl.update import DEFAULT_COUNTERS, WALKED_TO, bring_up_to_date
from zukan.crawl.whole_hub import walk_whole_hub
from zukan.errors import HubError, NothingToUpdate, StoreError, ZukanError
from zukan.hub.address import endpoint
from zukan.hub.client import TIMEOUT_SECONDS, BudgetSpent, HubClient
from zukan.hub.detail import fetch_model
from zukan.hub.listing import PAGE_LIMIT, Listing
from zukan.outcomes import CrawlReport
from zukan.raw_rows import glance
from zukan.settle import settle
from zukan.shelves import shelves_at_end
from zukan.store import crawls, presence
from zukan.store.crawls import FULL, SUBSET, UPDATE, CrawlRun
from zukan.store.entry import compact
from zukan.store.lock import fill_lock
from zukan.store.write import CatalogueWriter
from zukan.tasks import task as find_task

MAX_REQUESTS = "max-requests"


@dataclass(frozen=True, slots=True)
class CrawlScope:
    """Which models to fetch: all, what is new, or the most downloaded ones that meet every condition given."""

    top: int | None = None
    task: str | None = None
    author: str | None = None
    library: str | None = None
    min_downloads: int | None = None
    whole_hub: bool = False
    """The walk over every model; an unfinished one is continued."""
    update: bool = False
    """What is new or changed since the last complete walk."""
    counters: int = DEFAULT_COUNTERS
    """With `update`: of how many of the most downloaded models the figures are renewed."""

    def parameters(self) -> dict[str, str]:
        """Return the query parameters of `GET /api/models` for a part of the Hub."""
        wanted = {
            "pipeline_tag": find_task(self.task).task_id if self.task else None,
            "author": self.author,
            "filter": self.library,
            "sort": "downloads",
            "direction": "-1",
        }
        return {name: value for name, value in wanted.items() if value}


@dataclass(frozen=True, slots=True)
class CrawlManners:
    """How to ask: pace, patience, and how much at most."""

    share: float = 1.0
    """The part of the Hub's rate limit that may be used, more than 0 up to 1."""
    max_requests: int | None = None
    """Stop after so many requests; the next run goes on."""
    timeout_seconds: float = TIMEOUT_SECONDS
    restart: bool = False
    """Begin a walk anew instead of continuing an unfinished one."""

    def client(self) -> HubClient:
        """Return a client with these manners."""
        return HubClient(share=self.share, max_requests=self.max_requests, timeout_seconds=self.timeout_seconds)


def crawl(
    path: Path, scope: CrawlScope, manners: CrawlManners | None = None, progress: Progress | None = None
) -> CrawlReport:
    """Fetch models of the Hub into the catalogue at `path`.

    Each page is stored in one transaction together with the cursor of the next, so a kill costs one page.

    Raises:
        UnknownTask: The scope's task does not exist.
        NothingToUpdate: An update before any complete walk.
        HubError: The Hub cannot be reached or refuses; what came before is stored.
        StoreError: The catalogue cannot be written, or another crawl is filling it.

    """
    manners = manners or CrawlManners()
    parameters = scope.parameters()
    client = manners.client()
    kind = FULL if scope.whole_hub else UPDATE if scope.update else SUBSET
    with fill_lock(path), CatalogueWriter(path, create=True) as writer, shelves_at_end(writer):
        run, continued = _begin(writer, kind, scope, client, restart=manners.restart)
        session = CrawlSession(writer, client, run, continued=continued, progress=progress)
        try:
            if kind == FULL:
                walk_whole_hub(session)
            elif kind == UPDATE:
                bring_up_to_date(session, scope.counters)
            else:
                _fetch_part(session, parameters, scope)
        except BudgetSpent:
            session.stop(MAX_REQUESTS)
            settle(writer, session.ids)
        except HubError as error:
            session.stop(why_stopped(error))
            settle(writer, session.ids)
            raise
        except (ZukanError, KeyboardInterrupt) as error:
            # What is stored is whole; only the note why the run ended may be lost.
            if not isinstance(error, StoreError):
                with suppress(StoreError):
                    session.stop(INTERRUPTED)
            raise
        return session.report()


def _begin(
    writer: CatalogueWriter, kind: str, scope: CrawlScope, client: HubClient, *, restart: bool
) -> tuple[CrawlRun, bool]:
    """Return (the run, whether it continues an unfinished walk)."""
    if kind == UPDATE and not writer.meta().get(WALKED_TO):
        raise NothingToUpdate
    unfinished = crawls.latest(writer, kind, finished=False)
    if kind == FULL and unfinished and not restart and _can_go_on(writer, unfinished, client):
        unfinished.endpoint = endpoint()
        return unfinished, True
    with writer.transaction():
        crawls.supersede(writer, kind)
        run = crawls.begin(writer, kind, compact(asdict(scope)), now())
    run.endpoint = endpoint()
    return run, False


def _can_go_on(writer: CatalogueWriter, run: CrawlRun, client: HubClient) -> bool:
    """Whether an unfinished walk is one over the Hub that is asked now.

    By another address it may be the same Hub or another: one request for the last model that was met tells.
    """
    if run.phase == crawls.SUPERSEDED:
        return False
    if run.endpoint in (None, endpoint()) or run.last_id is None:
        return True
    name = presence.name_of(writer, run.last_id)
    return name is not None and fetch_model(client, name).get("_id") == run.last_id


def _fetch_part(session: CrawlSession, parameters: dict[str, str], scope: CrawlScope) -> None:
    listing = Listing(session.client, parameters, limit=min(scope.top or PAGE_LIMIT, PAGE_LIMIT))
    session.wanted = scope.top
    for page in listing.pages():
        rows: list[bytes] = list(page.rows)
        ended = page.cursor is None
        if scope.min_downloads is not None:
            rows = [row for row in rows if _downloads(row) is None or (_downloads(row) or 0) >= scope.min_downloads]
            ended = ended or len(rows) < len(page.rows)
        if scope.top is not None and session.run.rows + len(rows) >= scope.top:
            rows, ended = rows[: scope.top - session.run.rows], True
        session.run.walked_at = session.run.walked_at or now()
        session.run.cursor = page.cursor
        session.run.dropped_fields = listing.dropped
        with session.writer.transaction():
            session.take(rows, page.fields)
            session.save()
        session.report_progress()
        if ended:
            break
    session.enter("settle")
    settle(session.writer, session.ids)
    with session.writer.transaction():
        session.finish()


def _downloads(row: bytes) -> int | None:
    value = glance(row).downloads
    return value if isinstance(value, int) and not isinstance(value, bool) else None
