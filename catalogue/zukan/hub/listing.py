"""Pages through `GET /api/models`: raw rows, the cursor to go on from, and what to do when the Hub refuses one.

`HfApi.list_models` has no timeout, hides the cursor and ends at the first odd row.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit

from zukan.errors import HubRefused
from zukan.hub.client import Answer, Fault, HubClient, endpoint
from zukan.raw_rows import hub_id_of, split_rows

PAGE_LIMIT = 1_000
_SMALLEST_PAGE = 10
_FAULTS_BEFORE_SMALLER = 2
_GOOD_PAGES_BEFORE_LARGER = 10
_CURSOR_TRIES = 3
_MOST_RESTARTS = 3

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
    ) -> None:
        """Ask for nothing yet.

        Args:
            client: Makes the requests.
            parameters: Of `GET /api/models` besides `expand` and `limit`.
            fields: What to ask for with `expand`.
            limit: Rows a page; halved when the Hub cannot manage, and raised again.

        """
        self.fields = fields
        self.dropped: list[str] = []
        """Fields that the Hub refused."""
        self._client = client
        self._parameters = dict(parameters)
        self._limit = self._wanted_limit = limit
        self._good_pages = self._faults = 0

    @property
    def by_id(self) -> bool:
        """Whether this is the walk over `_id`, oldest first."""
        return self._parameters.get("sort") == "createdAt" and self._parameters.get("direction") == "1"

    def pages(self, cursor: str | None = None, last_id: str | None = None) -> Iterator[Page]:
        """Yield the pages from a cursor on, until the Hub names no next one.

        A walk over `_id` goes on behind the last `_id` where the Hub refuses its own cursor, and makes sure of
        its end: an answer that only lost its `Link` would otherwise end it.

        Args:
            cursor: Where to go on, of an earlier page; None = from the beginning.
            last_id: The last `_id` that was seen before the cursor.

        Raises:
            HubError: The Hub cannot be reached or refuses; the pages before are good.
            BudgetSpent: The client's limit of requests.

        """
        restarts = refusals = 0
        at_end = False
        while True:
            try:
                page = self._fetch(cursor)
            except _CursorRefusedError as error:
                if at_end:
                    return
                refusals += 1
                if refusals < _CURSOR_TRIES:
                    continue
                by_hand = made_by_hand(last_id) if self.by_id and last_id else None
                if by_hand is None or cursor == by_hand:
                    restarts += 1
                    by_hand = last_id = None
                if restarts > _MOST_RESTARTS:
                    raise HubRefused(400, f"it takes none of its own cursors: {error}") from error
                cursor, refusals = by_hand, 0
                continue
            if at_end and not page.rows:
                return
            again, refusals = cursor is None and restarts > 0, 0
            following, new_last = page.cursor, last_id
            if self.by_id:
                new_last = max((name for row in page.rows if (name := hub_id_of(row))), default="")
                new_last = max(new_last, last_id or "") or None
                ended = following is None or new_last == last_id  # a page that brings nothing new leads nowhere
                if not ended:
                    at_end = False
                elif at_end and new_last == last_id:
                    following = None
                else:
                    # An end is believed when it is told twice.
                    following, at_end = made_by_hand(new_last) if new_last else None, True
            yield Page(page.rows, following, page.date, page.fields, again)
            if following is None and not (at_end and new_last is None):
                return
            cursor, last_id = following, new_last

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
            if cursor is not None:
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
