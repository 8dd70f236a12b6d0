"""Fetches model cards, one request each: the front matter is kept whole, the first paragraph for search."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from zukan.crawl.run import MAX_REQUESTS, CrawlManners
from zukan.crawl.session import INTERRUPTED, CrawlSession, Progress, now, why_stopped
from zukan.errors import HubError, HubRefused, StoreError
from zukan.hub.address import endpoint
from zukan.hub.client import Answer, BudgetSpent
from zukan.ingest import take_page
from zukan.outcomes import CrawlReport
from zukan.reading.card_text import MAX_CARD_BYTES, Card, read_card
from zukan.settle import settle
from zukan.shelves import shelves_at_end
from zukan.store import cards as store
from zukan.store import crawls
from zukan.store.entry import compact
from zukan.store.lock import fill_lock
from zukan.store.write import CatalogueWriter

_NO_CARD = "a page of HTML came instead of the card"
_NONE_THERE = "HTTP 404"
RESOLVERS = "resolvers"
"""The bucket of the Hub's rate limit that files count in."""


def crawl_cards(
    path: Path,
    model_ids: Sequence[str],
    top: int | None,
    manners: CrawlManners | None = None,
    progress: Progress | None = None,
) -> CrawlReport:
    """Fetch the cards of these models, or of the most popular ones of the catalogue, that are not stored yet.

    A card whose repository has not changed since is not fetched again; `--max-requests` and a kill lose nothing.

    Args:
        path: The catalogue.
        model_ids: Present ids of the catalogue; empty = the top ones.
        top: How many of the most popular.
        manners: Pace, limits, patience.
        progress: Told how far it is.

    Raises:
        HubError: The Hub cannot be reached or refuses; the cards before are stored.
        StoreError: The catalogue cannot be written, or a crawl is filling it.

    """
    client = (manners or CrawlManners()).client()
    with fill_lock(path), CatalogueWriter(path, create=True) as writer, shelves_at_end(writer):
        with writer.transaction():
            crawls.supersede(writer, crawls.CARDS)
            run = crawls.begin(writer, crawls.CARDS, compact({"models": list(model_ids), "top": top}), now())
        session = CrawlSession(writer, client, run, progress=progress, bucket=RESOLVERS)
        session.enter("cards")
        wanted = store.wanting(writer, model_ids, top)
        session.wanted = len(wanted)
        try:
            for model_id, sha in wanted:
                _fetch(session, model_id, sha)
        except BudgetSpent:
            session.stop(MAX_REQUESTS)
        except HubError as error:
            session.stop(why_stopped(error))
            settle(writer, session.ids)
            raise
        except KeyboardInterrupt:
            with suppress(StoreError):
                session.stop(INTERRUPTED)
            raise
        settle(writer, session.ids)
        if run.stopped is None:
            with writer.transaction():
                session.finish()
        return session.report()


def _fetch(session: CrawlSession, model_id: str, sha: str | None) -> None:
    url = f"{endpoint()}/{quote(model_id)}/resolve/{quote(sha or 'main', safe='')}/README.md"
    writer, run = session.writer, session.run
    try:
        card = session.client.get(
            lambda: url, _read, bucket=RESOLVERS, max_body_bytes=MAX_CARD_BYTES, cut=True, attempts=4
        )
    except HubRefused as error:
        # One card that the Hub cannot give must not keep the others back; it is asked for again the next time.
        with writer.transaction():
            crawls.keep_refused(writer, run, [(model_id, str(error))])
        return
    if card.problem and not card.problem.startswith(_NONE_THERE):
        with writer.transaction():
            crawls.keep_refused(writer, run, [(model_id, card.problem)])
    if card.paragraph == "" and card.problem == _NO_CARD:
        return
    with writer.transaction():
        new = store.save(
            writer, model_id, compact(card.front_matter) if card.front_matter else None, card.paragraph, card.problem,
            sha, now(),
        )  # fmt: skip
        if card.front_matter:
            row = {**json.loads(store.identity(writer, model_id)), "cardData": card.front_matter}
            # The front matter tells licence, languages and base model where the listing did not.
            taken = take_page(writer, [row], asked=frozenset({"cardData"}), crawled_at=now(), partial=True)
            session.touched(taken)
        run.rows += 1
        run.added += new
        run.unchanged += not new
        session.save()
    session.report_progress()


def _read(answer: Answer) -> Card:
    """Turn an answer into a card; that there is none is an answer too."""
    if answer.status == 200 and answer.body.lstrip()[:9].lower() in (b"<!doctype", b"<html>", b"<html lan"):
        return Card(None, "", _NO_CARD)
    if answer.status == 200:
        return read_card(answer.body)
    return Card(None, "", f"HTTP {answer.status}: {answer.message()}"[:300])
