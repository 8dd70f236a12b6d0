"""The only module that talks to the Hub's listing API: raw rows, page by page, paced and bounded.

It uses huggingface_hub's session and backoff (token, proxies, user agent, retries by the RateLimit headers)
but not `HfApi.list_models`, which has no timeout, hides the cursor and ends at the first odd row.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from zukan.errors import HubRefused, HubUnreachable, RateLimited

PAGE_LIMIT = 1_000
TIMEOUT_SECONDS = 60.0
MAX_BODY_BYTES = 256 * 2**20
MAX_WAIT_SECONDS = 301.0
"""One rate-limit window of the Hub and a second."""
_ATTEMPTS = 3
_LOW_WATER = 0.05
"""Share of the window's quota below which the walk waits for the next window instead of meeting a 429."""

FIELDS = (
    "author", "baseModels", "config", "createdAt", "disabled", "downloads", "downloadsAllTime", "gated", "gguf",
    "lastModified", "library_name", "likes", "mask_token", "pipeline_tag", "safetensors", "sha", "tags",
    "transformersInfo", "trendingScore",
)  # fmt: skip
"""What a listing asks for with `expand`: everything the tagger and the ranker read, no card texts."""


@dataclass(frozen=True, slots=True)
class Page:
    """One answer of `GET /api/models`."""

    rows: list[Any]
    next_url: str | None
    received_bytes: int
    requests: int
    fields: tuple[str, ...]
    """The fields the Hub accepted."""
    retries: Mapping[str, int] = field(default_factory=dict)


def endpoint() -> str:
    """Return the Hub's address: `HF_ENDPOINT`, else the public one."""
    from huggingface_hub import constants  # noqa: PLC0415 (0.2 s; only the commands that need the Hub pay it)

    return str(constants.ENDPOINT)


def list_models(params: Mapping[str, str]) -> Iterator[Page]:
    """Yield the pages of a listing until the Hub names no next one.

    Args:
        params: Query parameters of `GET /api/models` besides `expand`, e.g. `sort`, `direction`, `limit`.

    Raises:
        HubUnreachable: No network, or offline on purpose.
        RateLimited: The Hub asks to wait longer than one window.
        HubRefused: Another error, or an answer that is not a list of models.

    """
    query = [*params.items(), *(("expand[]", name) for name in FIELDS)]
    page, fields = _fetch(f"{endpoint()}/api/models", query, FIELDS, params)
    yield page
    while page.next_url is not None:
        # The address of the next page repeats the parameters.
        page, fields = _fetch(page.next_url, None, fields, None)
        yield page


def _fetch(
    url: str, query: list[tuple[str, str]] | None, fields: tuple[str, ...], params: Mapping[str, str] | None
) -> tuple[Page, tuple[str, ...]]:
    retries: dict[str, int] = {}
    requests = 0
    for attempt in range(_ATTEMPTS):
        requests += 1
        response = _get(url, query, patient=params is None)
        if response.status_code == 400 and params is not None:
            accepted = _accepted_fields(response.text)
            remaining = tuple(name for name in fields if accepted is None or name in accepted)
            if accepted is not None and remaining != fields:
                fields = remaining
                query = [*params.items(), *(("expand[]", name) for name in fields)]
                retries["expand refused"] = retries.get("expand refused", 0) + 1
                continue
        if response.status_code == 429:
            raise RateLimited(_seconds_to_wait(response.headers))
        if response.status_code >= 400:
            raise HubRefused(response.status_code, _message(response))
        body = response.content
        if len(body) > MAX_BODY_BYTES:
            raise HubRefused(response.status_code, f"an answer of {len(body)} bytes")
        try:
            rows = json.loads(body)
        except (ValueError, RecursionError):
            rows = None
        if isinstance(rows, list):
            _pace(response.headers)
            link = response.links.get("next", {}).get("url")
            return Page(rows, link, len(body), requests, fields, retries), fields
        retries["not a list of models"] = retries.get("not a list of models", 0) + 1
        time.sleep(2**attempt)
    raise HubRefused(response.status_code, "the answer is not a list of models")


def _get(url: str, query: list[tuple[str, str]] | None, *, patient: bool) -> Any:
    """Ask the Hub; only in the middle of a walk is a connection that cannot be made worth waiting for."""
    import httpx2  # noqa: PLC0415 (huggingface_hub's HTTP client)
    from huggingface_hub.errors import HfHubHTTPError, OfflineModeIsEnabled  # noqa: PLC0415
    from huggingface_hub.utils import build_hf_headers, http_backoff, logging  # noqa: PLC0415

    from zukan import __version__  # noqa: PLC0415

    # Its retries are logged to stderr, which is the command line's to write.
    logging.get_logger("huggingface_hub").setLevel("ERROR")
    headers = build_hf_headers(library_name="zukan", library_version=__version__)
    broken = (httpx2.ReadTimeout, httpx2.ReadError, httpx2.WriteError, httpx2.RemoteProtocolError)
    try:
        return http_backoff(
            "GET",
            url,
            params=query,
            headers=headers,
            timeout=TIMEOUT_SECONDS,
            retry_on_exceptions=(httpx2.TimeoutException, httpx2.NetworkError, *broken) if patient else broken,
        )
    except OfflineModeIsEnabled as error:
        raise HubUnreachable(endpoint(), str(error), offline=True) from error
    except HfHubHTTPError as error:
        # The last answer after all retries: its status says more than the exception.
        return error.response
    except httpx2.HTTPError as error:
        raise HubUnreachable(endpoint(), f"{type(error).__name__}: {error}") from error


def _accepted_fields(body: str) -> set[str] | None:
    """Return the names in the Hub's `"expand" must be one of [a, b, …]`, None for another complaint."""
    match = re.search(r"must be one of \[([^\]]*)\]", body)
    return {name.strip().strip('"\\') for name in match[1].split(",")} if match else None


def _message(response: Any) -> str:
    stated = response.headers.get("x-error-message")
    if stated:
        return str(stated)[:300]
    try:
        return str(json.loads(response.content).get("error"))[:300]
    except (ValueError, AttributeError, RecursionError):
        return str(response.reason_phrase)


def _window(headers: Mapping[str, str]) -> tuple[int | None, int | None, int | None]:
    """Return (requests left, seconds to the reset, quota) of the `RateLimit` headers."""
    limit, policy = headers.get("ratelimit", ""), headers.get("ratelimit-policy", "")
    found = [re.search(rf"(?:^|;)\s*{key}=(\d+)", text) for key, text in (("r", limit), ("t", limit), ("q", policy))]
    left, reset, quota = (int(match[1]) if match else None for match in found)
    return left, reset, quota


def _seconds_to_wait(headers: Mapping[str, str]) -> float | None:
    _, reset, _ = _window(headers)
    stated = headers.get("retry-after", "")
    return float(stated) if stated.isdigit() else (float(reset) if reset is not None else None)


def _pace(headers: Mapping[str, str]) -> None:
    left, reset, quota = _window(headers)
    if left is not None and reset is not None and left <= (quota or 0) * _LOW_WATER:
        time.sleep(min(reset + 1.0, MAX_WAIT_SECONDS))


def reachable(timeout_seconds: float = 5.0) -> str | None:
    """Return None if the Hub answers a listing of one model, else what went wrong."""
    import httpx2  # noqa: PLC0415
    from huggingface_hub.errors import OfflineModeIsEnabled  # noqa: PLC0415
    from huggingface_hub.utils import build_hf_headers, get_session  # noqa: PLC0415

    try:
        response = get_session().get(
            f"{endpoint()}/api/models",
            params={"limit": "1"},
            headers=build_hf_headers(),
            timeout=timeout_seconds,
        )
    except OfflineModeIsEnabled:
        return "offline mode is on (HF_HUB_OFFLINE)"
    except httpx2.HTTPError as error:
        return f"{type(error).__name__}: {error}"
    return None if response.status_code < 500 else f"HTTP {response.status_code}"
