"""Pages through `GET /api/models`: raw rows, the cursor to go on from, and what to do when the Hub refuses one.

`HfApi.list_models` has no timeout, hides the cursor and ends at the first odd row.
"""

from __future__ import annotations

import base64
import json
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, urlencode, urlsplit

from zukan.errors import HubRefused
from zukan.hub.address import endpoint
from zukan.hub.client import Answer, Fault, HubClient
from zukan.raw_rows import hub_id_of, rising, split_rows

PAGE_LIMIT = 1_000
_SMALLEST_PAGE = 10
_FAULTS_BEFORE_SMALLER = 2
_GOOD_PAGES_BEFORE_LARGER = 10
_CURSOR_TRIES = 3
_REFUSES_CURSOR = frozenset({400, 404, 410, 416, 422})
_MOST_RESTARTS = 3
_MOST_IDLE = 3
"""After so many pages without anything new a walk asks behind its last `_id`."""
_TOLD_ENDS = 3
_A_DAY = 86_400

FIELDS = (
    "author", "baseModels", "config", "createdAt", "disabled", "downloads", "downloadsAllTime", "gated", "gguf",
    "lastModified", "library_name", "likes", "mask_token", "pipeline_tag", "safetensors", "sha", "tags",
    "transformersInfo", "trendingScore",
)  # fmt: skip
"""What a listing asks for with `expand`: everything the tagger and the ranker read, no card texts."""

COUNTER_FIELDS = ("downloads", "downloadsAllTime", "likes", "trendingScore")
"""What moves without a commit."""


@dataclass(frozen=True, slots=True)
class Page:
    """One answer of `GET /api/models`."""

    rows: tuple[bytes, ...]
    """Each row as its own JSON text."""
    cursor: str | None
    """The query of the next page, to be kept and sent back; None on the last one."""
    date: str | None
    """The `Date` header: the server's own clock."""
    fields: tuple[str, ...]
    """The fields the Hub accepted."""
    last_id: str | None = None
    """Of a walk over `_id`: how far it has come."""
    restarted: bool = False
    """The Hub refused every cursor, so that this is the first page again."""


class _CursorRefusedError(Exception):
    """The Hub does not take this cursor."""


class _FieldsRefusedError(Exception):
    """The Hub does not know some of the fields; the listing has dropped them."""


class Listing:
    """One walk over the models that match some parameters, in one order."""

    def __init__(
        self,
        client: HubClient,
        parameters: Mapping[str, str],
        fields: tuple[str, ...] = FIELDS,
        *,
        limit: int = PAGE_LIMIT,
        sure: bool = True,
    ) -> None:
        """Ask for nothing yet.

        Args:
            client: Makes the requests.
            parameters: Of `GET /api/models` besides `expand` and `limit`.
            fields: What to ask for with `expand`.
            limit: Rows a page; halved when the Hub cannot manage, and raised again.
            sure: Whether an end is worth two requests more, should it be false.

        """
        self.fields = fields
        self.dropped: list[str] = []
        """Fields that the Hub refused."""
        self._client = client
        self._sure = sure
        self._parameters = dict(parameters)
        self._limit = self._wanted_limit = limit
        self._good_pages = self._faults = 0

    @property
    def by_id(self) -> bool:
        """Whether this is the walk over `_id`, oldest first."""
        return self._parameters.get("sort") == "createdAt" and self._parameters.get("direction") == "1"

    def pages(self, cursor: str | None = None, last_id: str | None = None) -> Iterator[Page]:
        """Yield the pages from a cursor on, until the Hub names no next one.

        An end is believed when it is told more than once: an answer that only lost its `Link`, or its rows, would
        otherwise end the listing. A walk over `_id` asks again behind the last `_id`, and goes on from there also
        where the Hub refuses its own cursor.

        Args:
            cursor: Where to go on, of an earlier page; None = from the beginning.
            last_id: The last `_id` that was seen before the cursor.

        Raises:
            HubError: The Hub cannot be reached or refuses; the pages before are good.
            BudgetSpent: The client's limit of requests.

        """
        return self._walk(cursor, last_id) if self.by_id else self._list(cursor)

    def _list(self, cursor: str | None) -> Iterator[Page]:
        """Page through an order that moves."""
        told = delivered = 0
        while True:
            try:
                page = self._fetch(cursor)
            except _CursorRefusedError as error:
                told += 1
                if told > _MOST_RESTARTS:
                    raise HubRefused(400, f"it takes none of its own cursors: {error}") from error
                cursor = None
                continue
            following = page.cursor if page.rows and page.cursor != cursor else None
            if not told or len(page.rows) > delivered:
                delivered = len(page.rows)
                yield page
            if following is None:
                told += 1
                if told >= _TOLD_ENDS or not self._sure:
                    return
                continue
            cursor, told, delivered = following, 0, 0

    def _walk(self, cursor: str | None, last_id: str | None) -> Iterator[Page]:
        """Page through the order of `_id`, oldest first."""
        restarts = refusals = idle = 0
        asked_again = False
        while True:
            try:
                page = self._fetch(cursor)
            except _CursorRefusedError as error:
                if asked_again:
                    return
                refusals += 1
                if refusals < _CURSOR_TRIES:
                    continue
                by_hand = made_by_hand(last_id) if last_id else None
                if by_hand is None or cursor == by_hand:
                    restarts += 1
                    by_hand = last_id = None
                if restarts > _MOST_RESTARTS:
                    raise HubRefused(400, f"it takes none of its own cursors: {error}") from error
                cursor, refusals = by_hand, 0
                continue
            again, refusals = cursor is None and restarts > 0, 0
            reached = _reached(page, last_id)
            idle = 0 if reached != last_id else idle + 1
            following = page.cursor if page.cursor != cursor and idle < _MOST_IDLE else None
            ended = following is None
            if ended:
                if asked_again and reached == last_id:
                    if page.rows:
                        yield replace(page, cursor=None, last_id=reached)
                    return
                following = made_by_hand(reached) if reached else None
            asked_again = ended
            yield replace(page, cursor=following, last_id=reached, restarted=again)
            cursor, last_id = following, reached

    def _fetch(self, cursor: str | None) -> Page:
        while True:
            try:
                page = self._client.get(
                    lambda: self._url(cursor), lambda answer: self._read(answer, cursor), on_fault=self._on_fault
                )
            except _FieldsRefusedError:
                continue
            self._faults = 0
            self._good_pages += 1
            if self._limit < self._wanted_limit and self._good_pages >= _GOOD_PAGES_BEFORE_LARGER:
                self._limit, self._good_pages = min(self._limit * 2, self._wanted_limit), 0
            return page

    def _url(self, cursor: str | None) -> str:
        given = parse_qsl(cursor, keep_blank_values=True) if cursor else list(self._parameters.items())
        # What is ours to say is said anew: the page may have to be smaller, a field may have been refused.
        query = [(name, value) for name, value in given if name not in ("expand", "expand[]", "limit")]
        query += [("limit", str(self._limit)), *(("expand[]", name) for name in self.fields)]
        if cursor:
            said = {name for name, _ in query}
            query += [(name, value) for name, value in self._parameters.items() if name not in said]
        return f"{endpoint()}/api/models?{urlencode(query)}"

    def _read(self, answer: Answer, cursor: str | None) -> Page:
        if answer.status == 400:
            accepted = _accepted_fields(answer.body)
            if accepted is not None and (refused := [name for name in self.fields if name not in accepted]):
                self.dropped += refused
                self.fields = tuple(name for name in self.fields if name in accepted)
                self._client.retries["expand refused"] += 1
                raise _FieldsRefusedError
        if answer.status in _REFUSES_CURSOR and cursor is not None:
            self._client.retries["cursor refused"] += 1
            raise _CursorRefusedError(answer.message())
        if answer.status >= 300:
            raise HubRefused(answer.status, answer.message())
        rows = split_rows(answer.body)
        if rows is None:
            raise Fault("not a list of models", HubRefused(answer.status, "the answer is not a list of models"))
        return Page(rows, _next_query(answer.headers), answer.headers.get("date"), self.fields)

    def _on_fault(self, fault: Fault) -> None:
        self._good_pages = 0
        if fault.reason.startswith("HTTP 5") or fault.reason in ("timeout", "answer too large"):
            self._faults += 1
            if self._faults >= _FAULTS_BEFORE_SMALLER:
                self._limit = max(self._limit // 2, min(_SMALLEST_PAGE, self._wanted_limit))


def _reached(page: Page, last_id: str | None) -> str | None:
    """Return how far a walk over `_id` has come with a page: what the Hub's own cursor says, else its last sound row.

    A row may hold any `_id`: what stands out of order, or would have been created tomorrow, says nothing.
    """
    ids = [hub_id for row in page.rows if (hub_id := hub_id_of(row)) and hub_id > (last_id or "") and sound(hub_id)]
    in_order = rising(ids)
    by_cursor = _last_of_cursor(page.cursor)
    if by_cursor and sound(by_cursor) and by_cursor > (last_id or ""):
        return by_cursor
    return in_order[-1] if in_order else last_id


def sound(hub_id: str) -> bool:
    """Return whether an `_id` was created by tomorrow: its first eight digits are the time."""
    return int(hub_id[:8], 16) <= time.time() + _A_DAY


def _last_of_cursor(query: str | None) -> str | None:
    """Return the `_id` behind which a cursor goes on, None where it cannot be read: its format is the Hub's own."""
    cursor = dict(parse_qsl(query or "")).get("cursor", "")
    try:
        found = json.loads(base64.b64decode(cursor, validate=True))["_id"]["$gt"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    return found if isinstance(found, str) and re.fullmatch(r"[0-9a-f]{24}", found) else None


def made_by_hand(hub_id: str) -> str:
    """Return the query that goes on behind an `_id`, in the format of the Hub's own cursors.

    That format is private: this is for where the Hub's own cursor is refused or lost, and nothing rests on it alone.
    """
    condition = json.dumps({"_id": {"$gt": hub_id}}, separators=(",", ":"))
    return urlencode({"cursor": base64.b64encode(condition.encode()).decode()})


def _next_query(headers: Mapping[str, str]) -> str | None:
    """Return the query of the `Link` header's next page.

    Only its query: the address is ours, so that a link can never send a token elsewhere.
    """
    for part in re.findall(r"<([^<>]{1,20000})>\s*((?:;[^,<]*)*)", headers.get("link", "")[:40_000]):
        if re.search(r"""rel\s*=\s*"?next""", part[1]):
            return urlsplit(part[0]).query or None
    return None


def _accepted_fields(body: bytes) -> set[str] | None:
    """Return the names in the Hub's `"expand" must be one of [a, b, …]`, None for another complaint."""
    match = re.search(rb"must be one of \[([^\]]{0,20000})\]", body[:40_000])
    if not match or b"expand" not in body[: match.start()]:
        return None
    return {name.strip().strip('"\\') for name in match[1].decode("utf-8", "replace").split(",")}
