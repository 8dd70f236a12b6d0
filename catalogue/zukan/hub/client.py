"""Makes requests to the Hub over huggingface_hub's session: bounded in time and size, paced, retried and counted.

The session brings token, proxies, user agent and the offline switch. The retries are ours and not
`http_backoff`'s, because a walk of three million models needs what that does not have: a limit to the body
(read as it comes, so that a gzip bomb is cut off), waits bounded by the rate-limit window, the HTTP date form
of Retry-After, broken JSON as a reason to ask again, counts by reason, and a smaller page for the next try.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from zukan.errors import HubError, HubRefused, HubUnreachable, RateLimited
from zukan.hub.address import endpoint
from zukan.hub.pace import DEFAULT_WINDOW_SECONDS, Pace, told_to_wait
from zukan.hub_settings import check_hub_settings

TIMEOUT_SECONDS = 30.0
MAX_BODY_BYTES = 64 << 20
_ATTEMPTS = 9
_FIRST_ATTEMPTS = 3
"""How often a connection that has never worked is tried."""
_MOST_429 = 12
_LONGEST_BACKOFF = 30.0
_SLOWEST = 4.0
"""A body may take this many timeouts in all, however steadily it drips."""
_CHUNK_BYTES = 1 << 16

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Answer:
    """What the Hub answered."""

    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes

    def message(self) -> str:
        """Return what the Hub says of an error, at most 300 characters."""
        stated = self.headers.get("x-error-message")
        if not stated:
            try:
                found = json.loads(self.body)
                stated = found.get("error") if isinstance(found, dict) else None
            except (ValueError, RecursionError):
                stated = None
        return str(stated)[:300] if stated else f"HTTP {self.status}"


class Fault(Exception):
    """A request that did not give what it should, and may if it is made again."""

    def __init__(self, reason: str, error: HubError, *, wait: float | None = None, limited: bool = False) -> None:
        """Take what happened.

        Args:
            reason: Short, for counting: `HTTP 503`, `timeout`, `connection lost` …
            error: What is raised if it goes on.
            wait: Seconds that the Hub asks to wait.
            limited: Whether it is a 429.

        """
        super().__init__(reason)
        self.reason = reason
        self.error = error
        self.wait = wait
        self.limited = limited


class BudgetSpent(Exception):
    """As many requests were made as the user allows."""


class HubClient:
    """Requests of one crawl: their pace, their number, and what went wrong on the way."""

    def __init__(
        self,
        *,
        share: float = 1.0,
        max_requests: int | None = None,
        timeout_seconds: float = TIMEOUT_SECONDS,
        attempts: int = _ATTEMPTS,
    ) -> None:
        """Make no request yet.

        Args:
            share: The part of the rate limit that may be used, 0 to 1.
            max_requests: After so many requests the next one raises `BudgetSpent`.
            timeout_seconds: How long to wait for a connection and for each piece of an answer.
            attempts: How often one request is tried.

        """
        self.requests = 0
        self.received_bytes = 0
        self.retries: Counter[str] = Counter()
        self.on_wait: Callable[[str, float], None] | None = None
        """Called with (reason, seconds) before a wait."""
        self._share = share
        self._paces: dict[str, Pace] = {}
        self._max_requests = max_requests
        self._timeout = timeout_seconds
        self._attempts = attempts
        self._answered = False

    def pace(self, bucket: str = "api") -> Pace:
        """Return the pace of a bucket: `api` or `resolvers`."""
        return self._paces.setdefault(bucket, Pace(self._share))

    def get(
        self,
        url: Callable[[], str],
        read: Callable[[Answer], T],
        *,
        bucket: str = "api",
        on_fault: Callable[[Fault], None] | None = None,
        follow: bool = True,
        max_body_bytes: int = MAX_BODY_BYTES,
        cut: bool = False,
        attempts: int | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> T:
        """Make a request until it succeeds, and return what `read` makes of its answer.

        Args:
            url: Returns the address; asked again before each try, so that `on_fault` can change it.
            read: Turns an answer (of any status but 408, 429 and 5xx) into the result; raises `Fault` if it is broken.
            bucket: Whose rate limit it counts in.
            on_fault: Told of each failure.
            follow: Whether redirects are followed.
            max_body_bytes: A longer answer, decoded, is a fault.
            cut: It is cut off there instead.
            attempts: How often it is tried; None as often as any.
            headers: Sent beside the usual ones: `Range`.

        Raises:
            HubError: It failed too often.
            BudgetSpent: `max_requests` were made.

        """
        failures = limited = 0
        unsaid, waited = 0, 0.0
        while True:
            try:
                value = read(
                    self._once(url(), bucket, failures, follow=follow, most=max_body_bytes, cut=cut, more=headers or {})
                )
            except Fault as fault:
                self.retries[fault.reason] += 1
                if on_fault:
                    on_fault(fault)
                limited += fault.limited
                failures += not fault.limited
                unknown = isinstance(fault.error, HubUnreachable) and not self._answered
                most = attempts or self._attempts
                most = min(_FIRST_ATTEMPTS, most) if unknown else most
                wait = fault.wait
                if fault.limited and wait is None:
                    # It does not say how long: two windows are certainly enough.
                    limited, unsaid = limited - 1, unsaid + 1
                    wait = _backoff(unsaid)
                    waited += wait
                wait = _backoff(failures) if wait is None else wait
                spent = limited >= _MOST_429 or waited > 2 * DEFAULT_WINDOW_SECONDS
                if failures >= most or spent or (fault.limited and self._attempts == 1):
                    raise fault.error from fault
                self._wait(fault.reason, wait)
            else:
                self._answered = True
                return value

    def _once(
        self, url: str, bucket: str, failures: int, *, follow: bool, most: int, cut: bool, more: Mapping[str, str]
    ) -> Answer:
        if self._max_requests is not None and self.requests >= self._max_requests:
            raise BudgetSpent
        pace = self.pace(bucket)
        while (seconds := pace.seconds_to_wait()) > 0:
            self._wait("rate limit", seconds)
        self.requests += 1
        pace.sent()
        # A page that took too long once gets more time.
        timeout = self._timeout * min(2**failures, 4)
        answer = self._exchange(url, timeout, follow=follow, most=most, cut=cut, more=more)
        self.received_bytes += len(answer.body)
        pace.note(answer.headers)
        if answer.status == 429:
            wait = told_to_wait(answer.headers)
            raise Fault("HTTP 429", RateLimited(wait), wait=wait, limited=True)
        if answer.status >= 500 or answer.status == 408:
            wait = told_to_wait(answer.headers) if "retry-after" in answer.headers else None
            raise Fault(f"HTTP {answer.status}", HubRefused(answer.status, answer.message()), wait=wait)
        return answer

    def _exchange(
        self, url: str, timeout: float, *, follow: bool, most: int, cut: bool, more: Mapping[str, str]
    ) -> Answer:
        check_hub_settings()
        import httpx2  # noqa: PLC0415 (huggingface_hub's HTTP client)
        from huggingface_hub.errors import OfflineModeIsEnabled  # noqa: PLC0415
        from huggingface_hub.utils import build_hf_headers, get_session  # noqa: PLC0415

        from zukan import __version__  # noqa: PLC0415

        headers = {**build_hf_headers(library_name="zukan", library_version=__version__), **more}
        deadline = time.monotonic() + timeout * _SLOWEST
        try:
            with get_session().stream(
                "GET", url, headers=headers, timeout=timeout, follow_redirects=follow
            ) as response:
                pieces: list[bytes] = []
                size = 0
                for piece in response.iter_bytes(_CHUNK_BYTES):
                    size += len(piece)
                    if size > most and cut:
                        pieces.append(piece[: most - size + len(piece)])
                        break
                    if size > most:
                        problem = f"an answer of more than {most >> 20} MB"
                        raise Fault("answer too large", HubRefused(response.status_code, problem))
                    if time.monotonic() > deadline:
                        raise httpx2.ReadTimeout(f"not finished after {timeout * _SLOWEST:.0f} s")
                    pieces.append(piece)
                found = {name.lower(): value for name, value in response.headers.items()}
                return Answer(response.status_code, found, b"".join(pieces))
        except OfflineModeIsEnabled as error:
            raise HubUnreachable(endpoint(), str(error), offline=True) from error
        except httpx2.TimeoutException as error:
            raise Fault("timeout", _unreachable(error)) from error
        except httpx2.ConnectError as error:
            raise Fault("no connection", _unreachable(error)) from error
        except (httpx2.DecodingError, httpx2.TooManyRedirects) as error:
            raise Fault("unreadable answer", HubRefused(None, f"{type(error).__name__}: {error}")) from error
        except (httpx2.HTTPError, httpx2.StreamError, httpx2.InvalidURL, OSError) as error:
            raise Fault("connection lost", _unreachable(error)) from error

    def _wait(self, reason: str, seconds: float) -> None:
        if self.on_wait and seconds >= 1:
            self.on_wait(reason, seconds)
        time.sleep(seconds)


def _unreachable(error: Exception) -> HubUnreachable:
    return HubUnreachable(endpoint(), f"{type(error).__name__}: {error}".rstrip(": "))


def _backoff(failures: int) -> float:
    return min(0.25 * 2.0 ** min(failures, 20), _LONGEST_BACKOFF)


def reachable(timeout_seconds: float = 5.0) -> str | None:
    """Return None if the Hub answers a listing of one model, else what went wrong."""
    client = HubClient(timeout_seconds=timeout_seconds, attempts=1)
    try:
        return client.get(lambda: f"{endpoint()}/api/models?limit=1", lambda _answer: None)
    except HubUnreachable as error:
        return "offline mode is on (HF_HUB_OFFLINE)" if error.offline else error.detail
    except RateLimited:
        return None
    except HubError as error:
        return str(error)
