"""Walks the whole Hub by `_id`, so that no model is lost or met twice however much it changes meanwhile.

Of all orders of the Hub's listing only the one by creation stands still: it is really one over `_id`, which never
changes. What is modified behind the walk is caught up with at its end, by the order of modification.
"""

from __future__ import annotations

from datetime import UTC, datetime

from zukan.crawl.changes import fetch_changed
from zukan.crawl.session import CrawlSession, server_time
from zukan.crawl.update import WALKED_TO
from zukan.hub.listing import Listing, Page
from zukan.raw_rows import hub_id_of, names_of
from zukan.settle import settle
from zukan.store import crawls, presence
from zukan.store.columns import WALKED_AT
from zukan.store.crawls import FULL

WALK, CATCH_UP, SETTLE = "walk", "catch up", "settle"
_MOST_PASSES = 12
# A census counted 3,117,871 public models on 2026-10-03, and about 3,500 came a day that autumn.
_COUNTED, _COUNTED_AT, _A_DAY = 3_117_871, datetime(2026, 10, 3, tzinfo=UTC), 3_500


def walk_whole_hub(session: CrawlSession) -> None:
    """Run or continue the walk, catch up with what changed behind it, and let what it did not meet be absent.

    Raises:
        HubError: The Hub cannot be reached or refuses; the walk can be continued.
        BudgetSpent: As many requests as allowed were made; the walk can be continued.
        StoreError: The catalogue cannot be written; the walk can be continued.

    """
    run = session.run
    session.wanted = _expected(session)
    session.estimated = True
    if run.phase in (None, WALK):
        session.enter(WALK)
        _walk(session)
    session.wanted = None
    if run.phase == CATCH_UP:
        session.enter(CATCH_UP)
        _catch_up(session)
    session.enter(SETTLE)
    settle(session.writer)
    began = run.walked_at or run.started_at
    with session.writer.transaction():
        run.absent = presence.close_walk(session.writer, run)
        session.finish()
        session.writer.set_meta({WALKED_TO: run.last_id or "", "walked_at": began, WALKED_AT: began})


def _expected(session: CrawlSession) -> int:
    """Return about how many models there are: as many as the last complete walk met, else by the census."""
    before = crawls.latest(session.writer, FULL, finished=True)
    if before is not None:
        return before.rows
    return _COUNTED + _A_DAY * max(0, (datetime.now(UTC) - _COUNTED_AT).days)


def _walk(session: CrawlSession) -> None:
    run = session.run
    listing = Listing(session.client, {"sort": "createdAt", "direction": "1"})
    for page in listing.pages(run.cursor, run.last_id):
        if page.restarted:
            run.last_id = None
        run.walked_at = run.walked_at or server_time(page.date)
        with session.writer.transaction():
            session.take(page.rows, page.fields, date_unchanged=False)
            _note_absent(session, page)
            run.cursor = page.cursor
            run.dropped_fields = sorted({*run.dropped_fields, *listing.dropped})
            session.save()
        session.report_progress()
    with session.writer.transaction():
        presence.mark_absent(session.writer, run, run.last_id, None, (), ())
        run.phase = CATCH_UP
        session.save()


def _note_absent(session: CrawlSession, page: Page) -> None:
    """Mark the stored models between the last row of the page before and of this one that are not on it."""
    run = session.run
    if page.last_id is None or page.last_id == run.last_id:
        return
    present: set[str] = set()
    named: set[str] = set()
    for row in page.rows:
        hub_id, (_, name) = hub_id_of(row), names_of(row)
        if hub_id:
            present.add(hub_id)
        elif name:
            # Without a readable `_id` it may be whichever model has its name.
            named.add(name)
    presence.mark_absent(session.writer, run, run.last_id, page.last_id, present, named)
    run.last_id = page.last_id


def _catch_up(session: CrawlSession) -> None:
    """Fetch what was modified since the walk began, and then since that began, until a page is enough."""
    since = session.run.walked_at or session.run.started_at
    for _ in range(_MOST_PASSES):
        began, pages = fetch_changed(session, since, until_unchanged=True)
        if pages <= 1:
            return
        since = began or since
