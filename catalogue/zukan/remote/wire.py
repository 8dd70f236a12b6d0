"""Watches what huggingface_hub's client sends and gets: bounded in size and time, its headers and moments kept.

InferenceClient gives neither the headers nor a limit to the size and the whole time of an answer. Its session is an
httpx2 client with hooks, and a hook sees each response before its body is read: there the body is bounded.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import httpx2

MOST_BYTES = 32 << 20
"""A longer answer is no answer: an hour of generated text is a tenth of this."""
_LONGEST_ERROR = 1 << 16
_TAIL = 64


class TooLargeError(Exception):
    """An answer of more than `MOST_BYTES`."""


class TooSlowError(Exception):
    """An answer that was not whole at the deadline."""


class CompressedError(Exception):
    """A compressed answer, though none was asked for: what it comes to is not bounded."""


class RedirectedError(Exception):
    """A redirect to another origin, which nobody named: nothing is sent there. Holds the origin."""


class Watch:
    """What is known of the exchanges of one trial; the last one counts."""

    def __init__(self, deadline: float) -> None:
        """Take the moment, by `time.monotonic`, at which an answer must be whole."""
        self.deadline = deadline
        self.status: int | None = None
        self.headers: Mapping[str, str] = {}
        """Names in lower case."""
        self.sent_at: float | None = None
        """When the last input was sent, by `time.monotonic`; before that the client is imported and asks the Hub."""
        self.error_body = b""
        """Of a response that says that it is one."""
        self.tail = b""
        """The last bytes that came."""

    def left(self) -> float:
        """Return the seconds until the deadline, at least a hundredth."""
        return max(self.deadline - time.monotonic(), 0.01)

    def sends(self, request: httpx2.Request) -> None:
        """Keep the moment at which an input is sent; what the exchange before said is no answer to it."""
        self.forget()
        if request.method == "POST":
            self.sent_at = time.monotonic()

    def forget(self) -> None:
        """Forget what the last response said."""
        self.status, self.headers, self.error_body, self.tail = None, {}, b"", b""

    def saw(self, response: httpx2.Response) -> None:
        """Keep what a response says and bound its body."""
        self.status, self.tail, self.error_body = response.status_code, b"", b""
        self.headers = {name.lower(): value for name, value in response.headers.items()}
        if response.has_redirect_location:
            here, there = response.request.url, response.request.url.join(response.headers["location"])
            if (here.scheme, here.host, here.port) != (there.scheme, there.host, there.port):
                raise RedirectedError(f"{there.scheme}://{there.netloc.decode('ascii', 'replace')}"[:200])
        plain = response.request.headers.get("accept-encoding") == "identity"
        if plain and self.headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
            raise CompressedError
        response.stream = _bounded(response.stream, self, cut=response.is_error)
        if response.is_error:
            self.error_body = response.read()


_CURRENT: ContextVar[Watch | None] = ContextVar("watch", default=None)


@contextmanager
def watched(deadline: float) -> Iterator[Watch]:
    """Watch what this thread sends through huggingface_hub's session."""
    from huggingface_hub.utils import get_session  # noqa: PLC0415 (0.2 s)

    hooks = get_session().event_hooks
    if _saw not in hooks["response"]:
        get_session().event_hooks = {
            "request": [*hooks["request"], _sends],
            "response": [*hooks["response"], _saw],
        }
    watch = Watch(deadline)
    token = _CURRENT.set(watch)
    try:
        yield watch
    finally:
        _CURRENT.reset(token)


def _sends(request: httpx2.Request) -> None:
    if (watch := _CURRENT.get()) is not None:
        watch.sends(request)


def _saw(response: httpx2.Response) -> None:
    if (watch := _CURRENT.get()) is not None:
        watch.saw(response)


def _bounded(stream: Any, watch: Watch, *, cut: bool) -> Any:
    import httpx2  # noqa: PLC0415 (huggingface_hub's HTTP client)

    class Bounded(httpx2.SyncByteStream):
        """The body as it comes, up to a size and a moment."""

        def __iter__(self) -> Iterator[bytes]:
            size = 0
            for piece in stream:
                size += len(piece)
                if cut and size > _LONGEST_ERROR:
                    return
                if size > MOST_BYTES:
                    raise TooLargeError
                if time.monotonic() > watch.deadline:
                    raise TooSlowError
                watch.tail = (watch.tail + piece)[-_TAIL:]
                yield piece

        def close(self) -> None:
            stream.close()

    return Bounded()
