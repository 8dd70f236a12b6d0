"""Brings the catalogue up to date with requests in proportion to what changed, not to the size of the Hub.

New models by `_id`, changed ones by `lastModified`, and the figures of the most downloaded and of the trending
ones, which no commit dates. Renames and deletions show only in a complete walk, and where these parts meet them.
"""

from __future__ import annotations

from zukan.crawl.changes import fetch_changed, mostly
from zukan.crawl.session import CrawlSession, server_time
from zukan.errors import HubRefused
from zukan.hub.detail import fetch_model
from zukan.hub.listing import COUNTER_FIELDS, FIELDS, PAGE_LIMIT, Listing, sound
from zukan.raw_rows import hub_id_of
from zukan.settle import settle
from zukan.store import crawls

DEFAULT_COUNTERS = 10_000
_MOST_LOOKED_UP = 100
"""So many models that the figures name and the catalogue does not know are asked for one by one."""
WALKED_TO = "walked_to"
"""The newest `_id` that a complete walk or an update has met."""
NEW, CHANGED, COUNTERS, SETTLE = "new", "changed", "counters", "settle"


def bring_up_to_date(session: CrawlSession, counters: int = DEFAULT_COUNTERS) -> None:
    """Fetch what is new and changed since the last complete walk or update.

    Args:
        session: The running crawl.
        counters: Of how many of the most downloaded models the figures are renewed.

    Raises:
        HubError: The Hub cannot be reached or refuses; the next update fetches the same again.

    """
    known = session.writer.meta()
    session.enter(NEW)
    newest, began = _fetch_new(session, known[WALKED_TO])
    session.run.walked_at = began
    session.enter(CHANGED)
    # A model changed while the new ones were fetched is met again: this pass starts later than `began`.
    changes_began, _ = fetch_changed(session, known["walked_at"])
    session.enter(COUNTERS)
    _fetch_counters(session, counters)
    session.enter(SETTLE)
    settle(session.writer, session.ids)
    with session.writer.transaction():
        session.run.last_id = newest
        session.finish()
        # Where the rows told no dates, nothing is known of changes: the next update goes back as far.
        walked_at = began if began and changes_began else known["walked_at"]
        session.writer.set_meta({WALKED_TO: newest, "walked_at": walked_at})


def _fetch_new(session: CrawlSession, walked_to: str) -> tuple[str, str | None]:
    """Fetch the models behind an `_id`, newest first; return (the newest `_id`, when this began)."""
    listing = Listing(session.client, {"sort": "createdAt", "direction": "-1"})
    newest, began = walked_to, None
    for page in listing.pages():
        session.take_listed(page)
        ids = [hub_id for row in page.rows if (hub_id := hub_id_of(row))]
        if began is None:
            began = server_time(page.date)
            newest = max([walked_to, *(hub_id for hub_id in ids if sound(hub_id))])
        session.run.dropped_fields = sorted({*session.run.dropped_fields, *listing.dropped})
        if not ids or mostly(hub_id <= walked_to for hub_id in ids):
            break
    return newest, began


def _fetch_counters(session: CrawlSession, number: int) -> None:
    unknown: dict[str, None] = {}
    for sort, most in (("downloads", number), ("trendingScore", min(number, PAGE_LIMIT))):
        seen = 0
        if most <= 0:
            continue
        listing = Listing(
            session.client,
            {"sort": sort, "direction": "-1"},
            COUNTER_FIELDS,
            limit=min(most, PAGE_LIMIT),
            sure=False,
        )
        for page in listing.pages():
            counts = session.take_listed(page, partial=True)
            unknown.update(dict.fromkeys(counts.unknown))
            seen += len(page.rows)
            if seen >= most:
                break
    for model_id in list(unknown)[:_MOST_LOOKED_UP]:
        _look_up(session, model_id)


def _look_up(session: CrawlSession, model_id: str) -> None:
    """Fetch one model that a listing names and the catalogue does not know: made public lately, most likely."""
    writer = session.writer
    try:
        row = fetch_model(session.client, model_id)
    except HubRefused as error:
        # One model that the Hub cannot show must not keep the others from being brought up to date.
        with writer.transaction():
            crawls.keep_refused(writer, session.run, [(model_id, str(error))])
        return
    if row:
        with writer.transaction():
            session.take([row], FIELDS)
            session.save()
