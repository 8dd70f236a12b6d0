"""Asks the Hub about one model that the last walk did not meet, when somebody looks at it.

One request, no redirect followed: the answer tells a rename, a deletion, a disabled repository or a false alarm.
"""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from urllib.parse import unquote, urlsplit

from zukan.crawl.session import now
from zukan.errors import HubError, StoreError
from zukan.hub.client import Answer, HubClient
from zukan.hub.detail import model_url, readable
from zukan.hub.listing import FIELDS
from zukan.ingest import take_page
from zukan.settle import follow_bases
from zukan.store import presence
from zukan.store.write import CatalogueWriter

TIMEOUT_SECONDS = 4.0


class Presence(StrEnum):
    """What the Hub says of a model."""

    THERE = "there"
    RENAMED = "renamed"
    GONE = "gone"
    """Deleted or made private: the Hub does not tell which."""
    DISABLED = "disabled"
    UNKNOWN = "unknown"
    """The Hub could not be asked, or did not answer clearly."""


def confirm(path: Path, model_id: str) -> Presence:
    """Ask the Hub about a model and store what it says; nothing is stored where it says nothing clear.

    Args:
        path: The catalogue.
        model_id: A present id of the catalogue.

    """
    if "@" in model_id or model_id.startswith("/"):
        # Displaced, so that what it is called now is not known; or a folder of this machine, nobody's business.
        return Presence.UNKNOWN
    client = HubClient(timeout_seconds=TIMEOUT_SECONDS, attempts=1)
    try:
        answer = client.get(lambda: model_url(model_id), readable, follow=False)
        if answer.status == 307 and (name := _new_name(answer)):
            answer = client.get(lambda: model_url(name), readable, follow=False)
            return _store(path, model_id, answer, renamed=True)
        return _store(path, model_id, answer)
    except (HubError, StoreError):
        return Presence.UNKNOWN


def _new_name(answer: Answer) -> str:
    """Return the name that a redirect leads to, relative or not; only the name is taken from it."""
    _, _, name = urlsplit(answer.headers.get("location", "")).path.partition("/api/models/")
    return unquote(name)


def _store(path: Path, model_id: str, answer: Answer, *, renamed: bool = False) -> Presence:
    code = answer.headers.get("x-error-code", "")
    with CatalogueWriter(path) as writer:
        if answer.status == 200:
            with writer.transaction():
                row = json.loads(answer.body)
                if isinstance(hub_id := row.get("_id"), str):
                    presence.adopt(writer, model_id, hub_id)
                taken = take_page(writer, [row], asked=frozenset(FIELDS), crawled_at=now())
            if taken.refused:
                return Presence.UNKNOWN
            follow_bases(writer)
            return Presence.RENAMED if renamed else Presence.THERE
        disabled = answer.status == 403 and "disabled" in answer.message().lower()
        # A missing model is 401 without a token and 404 with one; a gated one is listed and has its own code.
        gone = answer.status in (401, 404) and code in ("", "RepoNotFound")
        if not (disabled or gone):
            return Presence.UNKNOWN
        with writer.transaction():
            presence.mark_gone(writer, model_id, disabled=disabled)
    return Presence.DISABLED if disabled else Presence.GONE
