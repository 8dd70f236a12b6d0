"""Turns what goes wrong on the way to a server and back into zukan's errors."""

from __future__ import annotations

import json
import re
import ssl
from dataclasses import dataclass
from typing import Any

from zukan import errors
from zukan.hub.pace import told_to_wait
from zukan.remote.wire import CompressedError, RedirectedError, TooLargeError, TooSlowError, Watch

_LONGEST = 300
_UNKNOWN_HOST = re.compile(
    r"name or service not known|nodename nor servname|name resolution|no address associated", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Place:
    """Who is asked, as errors name it."""

    model_id: str
    name: str
    """The provider, or the address without its password."""
    provider: bool
    token_sent: bool
    seconds: float
    """The time limit that was given."""


def said(body: bytes) -> str:
    """Return what a server says of an error, at most 300 characters; it is no more than a text from outside."""
    try:
        found: Any = json.loads(body)
    except (ValueError, RecursionError):
        text = body[:2_000].decode("utf-8", "replace")
        return "" if "<html" in text.lower() or "<!doctype" in text.lower() else " ".join(text.split())[:_LONGEST]
    for _depth in range(4):
        if isinstance(found, dict):
            found = next((found[name] for name in ("error", "message", "detail", "msg") if found.get(name)), "")
        elif isinstance(found, list):
            found = found[0] if found else ""
    return " ".join(str(found or "").split())[:_LONGEST]


def of_status(place: Place, watch: Watch) -> errors.RemoteError:
    """Return the error for a response that says it is one."""
    status, detail = watch.status or 0, said(watch.error_body)
    model, name = place.model_id, place.name
    shown = detail or f"HTTP {status}"
    if status == 401:
        return errors.TokenRefused(model, shown, place=name, sent=place.token_sent, provider=place.provider)
    if status == 402:
        return errors.CreditsSpent(model, shown, place=name)
    if status == 403:
        return errors.AccessForbidden(model, shown, place=name)
    if status in (404, 405, 410):
        return errors.NotServed(model, shown, place=name)
    if status == 429:
        wait = told_to_wait(watch.headers)
        seconds = None if wait is None else float(max(1, round(wait)))
        return errors.RemoteRateLimited(model, shown, place=name, seconds=seconds)
    if status in (408, 504):
        return errors.RemoteTimeout(model, place.seconds, place=name)
    if status >= 500:
        return errors.RemoteOverloaded(model, shown, place=name, status=status)
    return errors.RemoteInputRefused(model, shown, place=name)


def of_exception(  # noqa: C901 (a table of errors)
    error: Exception, place: Place, watch: Watch | None, partial: str = ""
) -> errors.ZukanError:
    """Return zukan's error for whatever the client raised.

    Args:
        error: What was raised.
        place: Who was asked.
        watch: What is known of the exchange; None = nothing was sent.
        partial: What had come of the answer.

    """
    import httpx2  # noqa: PLC0415 (huggingface_hub's HTTP client)
    from huggingface_hub import errors as hub  # noqa: PLC0415 (as above)

    model, name = place.model_id, place.name
    if isinstance(error, errors.ZukanError):
        return error
    if isinstance(error, hub.OfflineModeIsEnabled):
        return errors.RemoteUnreachable(model, "HF_HUB_OFFLINE", place=name, offline=True)
    if isinstance(error, RedirectedError):
        return errors.RemoteUnreachable(model, f"it sends to {error}; name that address if you trust it", place=name)
    if isinstance(error, TooSlowError | httpx2.TimeoutException | hub.InferenceTimeoutError):
        return errors.RemoteTimeout(model, place.seconds, place=name, partial=partial)
    if watch is not None and (watch.status or 0) >= 400:
        # Whatever the client made of it: it stumbles over errors that are no texts.
        return of_status(place, watch)
    if isinstance(error, TooLargeError):
        return errors.AnswerUnreadable(model, "it is larger than any answer that is read", place=name)
    if isinstance(error, CompressedError):
        return errors.AnswerUnreadable(model, "it is compressed, though that was not asked for", place=name)
    if isinstance(error, httpx2.ConnectError):
        return errors.RemoteUnreachable(model, _why_not_connected(error), place=name)
    if isinstance(error, hub.TextGenerationError):
        return errors.AnswerCutOff(model, said(_as_json(error.args)), place=name, partial=partial)
    if isinstance(error, httpx2.DecodingError | httpx2.TooManyRedirects):
        return errors.AnswerUnreadable(model, f"{type(error).__name__}: {error}"[:_LONGEST], place=name)
    if isinstance(error, httpx2.InvalidURL | httpx2.UnsupportedProtocol):
        return errors.BadAddress(name, str(error)[:_LONGEST])
    if isinstance(error, httpx2.HTTPError | httpx2.StreamError | OSError):
        return errors.AnswerCutOff(model, "the connection was lost", place=name, partial=partial)
    return _of_unknown(error, place, watch)


def _of_unknown(error: Exception, place: Place, watch: Watch | None) -> errors.ZukanError:
    """Return what an error means that has no meaning of its own: nothing was answered, or nothing readable."""
    model, name = place.model_id, place.name
    if watch is None or watch.status is None:
        # Nothing was answered.
        if isinstance(error, ValueError) and not place.provider:
            return errors.BadAddress(name, f"it cannot be used ({type(error).__name__})")
        return errors.RemoteUnreachable(model, f"it could not be asked ({type(error).__name__})", place=name)
    return errors.AnswerUnreadable(model, _why_unreadable(error, watch), place=name)


def _as_json(args: tuple[Any, ...]) -> bytes:
    return json.dumps(args[0] if args else "", default=str).encode()


def _why_not_connected(error: Exception) -> str:
    """Return why there is no connection, in words of ours where the reason is a common one."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return f"TLS: {cause.reason or cause}"[:_LONGEST]
        cause = cause.__cause__ or cause.__context__
    text = str(error)
    if "certificate" in text.lower() or "ssl" in text.lower():
        return f"TLS: {text}"[:_LONGEST]
    if _UNKNOWN_HOST.search(text):
        return "there is no such host"
    if "refused" in text.lower():
        return "nobody listens there"
    return text[:_LONGEST] or type(error).__name__


def _why_unreadable(error: Exception, watch: Watch | None) -> str:
    kind = watch.headers.get("content-type", "") if watch is not None else ""
    if isinstance(error, ValueError | RecursionError) and "json" not in kind and "event-stream" not in kind:
        return f"its kind is {kind.partition(';')[0] or 'not stated'}"
    return f"it is not what was asked for ({type(error).__name__})"
