"""Fetches the models that were modified since a moment, newest first."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from zukan.crawl.session import CrawlSession, server_time
from zukan.hub.listing import Listing
from zukan.raw_rows import modified_at

_TAIL = 5
"""So many rows at the end of a page tell how far it has come."""
SLACK = timedelta(minutes=10)
"""The Hub's list may lag, and its machines' clocks differ."""


def fetch_changed(session: CrawlSession, since: str, *, until_unchanged: bool = False) -> tuple[str | None, int]:
    """Fetch every model modified after `since` less ten minutes.

    A model that is modified while this runs jumps to the front, where the next run, which goes back to the start of
    this one, meets it.

    Args:
        session: The running crawl.
        since: ISO date and time.
        until_unchanged: Within the ten minutes stop at a page of which nothing is new.

    Returns:
        (the start of this by the server's clock, None where the rows say no dates; how many pages it took).

    """
    moment = datetime.fromisoformat(since)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    listing = Listing(session.client, {"sort": "lastModified", "direction": "-1"})
    began: str | None = None
    pages = 0
    for page in listing.pages():
        pages += 1
        counts = session.take_listed(page, again=until_unchanged)
        dates = [date for row in page.rows if (date := modified_at(row))]
        if pages == 1 and dates:
            began = server_time(page.date)
        if not dates or mostly(date < moment - SLACK for date in dates):
            break
        calm = until_unchanged and not counts.added and not counts.changed
        if calm and mostly(date < moment for date in dates):
            break
    return began, pages


def mostly(answers: Iterable[bool]) -> bool:
    """Return whether at least half of the last few are true: one row out of order must not end a listing."""
    found = list(answers)[-_TAIL:]
    return 2 * sum(found) >= len(found)
