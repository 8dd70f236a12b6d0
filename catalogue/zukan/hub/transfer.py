"""Fetches one large file into a file beside its place: resumed where it was cut off, bounded in size, never trusted.

What came so far stays under its own name together with what tells whether it can be gone on with, so that a cut
connection, a kill or a full disk costs only what was not written yet.
"""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, NamedTuple, TypeVar
from urllib.parse import urlsplit

from zukan.errors import HubUnreachable, PullFailed
from zukan.hub.address import endpoint
from zukan.hub_settings import check_hub_settings

TIMEOUT_SECONDS = 30.0
_ATTEMPTS = 6
"""How often in a row nothing may come."""
_FIRST_WAIT, _LONGEST_WAIT = 0.25, 8.0
_MOST_HOPS = 5
_SMALL_BYTES = 4_096
_RANGE = re.compile(r"bytes (\d{1,19})-\d{1,19}/(\d{1,19}|\*)")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})

T = TypeVar("T")
Progress = Callable[[int, int | None], None]
"""Called with (bytes there, bytes in all or None)."""


class Remote(NamedTuple):
    """A file as its server describes it before it is fetched."""

    url: str
    etag: str | None
    """What changes with its content; None = the server does not say it."""
    size: int | None
    sha256: str | None
    """As the Hub states it of large files."""
    unchanged: bool = False
    """The server says that it is what the caller has."""


class _Cut(Exception):
    """The connection gave less than it should, or the server asks to come again."""

    def __init__(self, detail: str, *, wait: float | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.wait = wait


class Transfer:
    """Requests for one file; the Hub gets the user's token, any other server none."""

    def __init__(self, url: str, *, timeout_seconds: float = TIMEOUT_SECONDS, attempts: int = _ATTEMPTS) -> None:
        """Make no request yet."""
        self.url = url
        self._timeout = timeout_seconds
        self._attempts = attempts
        self._is_hub = url.startswith(f"{endpoint()}/")

    def describe(self, known_etag: str | None = None) -> Remote:
        """Ask what is there; nothing of the file is fetched.

        Args:
            known_etag: What the caller has.

        Raises:
            PullFailed: There is no such file, or the server refuses or cannot be reached.
            HubUnreachable: Offline on purpose.

        """
        return self._retried(lambda: self._described(known_etag))

    def _described(self, known_etag: str | None) -> Remote:
        url = self.url
        for _ in range(_MOST_HOPS):
            with self._answer("HEAD", url, {}) as response:
                headers = response.headers
                if response.status_code in (301, 302, 303, 307, 308) and "x-linked-etag" not in headers:
                    url = str(response.url.join(headers.get("location", "")))
                    continue
                if response.status_code >= 400:
                    # Some servers do not know HEAD; what is wrong the request for the file itself tells.
                    return Remote(self.url, None, None, None)
                etag = _bare(headers.get("x-linked-etag") or headers.get("etag"))
                length = headers.get("x-linked-size") or headers.get("content-length") or ""
                # A small file of the Hub is described after a redirect to its own server.
                size = int(length) if length.isascii() and length.isdigit() and len(length) < 19 else None
                sha256 = etag if etag and _SHA256.fullmatch(etag) and "x-linked-etag" in headers else None
                return Remote(self.url, etag, size, sha256, etag is not None and etag == known_etag)
        raise PullFailed(self.url, "it leads from place to place without an end")

    def small(self, url: str) -> str | None:
        """Return the text of a small file beside it, None where there is none.

        Raises:
            PullFailed, HubUnreachable: See `describe`.

        """

        def read() -> str | None:
            with self._answer("GET", url, {}, follow=True) as response:
                if response.status_code in (401, 403, 404, 410):
                    return None
                self._check(response)
                found = b""
                for piece in response.iter_raw(_SMALL_BYTES):
                    found += piece
                    if len(found) > _SMALL_BYTES:
                        return None
                return found.decode("utf-8", "replace")

        return self._retried(read)

    def fetch(self, remote: Remote, part: Path, most: int, progress: Progress | None = None) -> None:
        """Fetch the file into `part`, going on with what is there of the same file.

        Args:
            remote: What `describe` said.
            part: The file; `PART.json` beside it says of what it is a part.
            most: Bytes that it may have.
            progress: Told how far it is.

        Raises:
            PullFailed: It is larger, or the server refuses or cannot be reached; what came stays.
            HubUnreachable: Offline on purpose.
            OSError: It cannot be written; `ENOSPC` where the disk is full.

        """
        if remote.size is not None and remote.size > most:
            raise PullFailed(self.url, f"it has {remote.size:,} bytes, more than the {most:,} allowed")
        self._forget_another(remote, part)
        failures = 0
        while True:
            before = _size(part)
            try:
                self._go_on(remote, part, most, progress)
            except _Cut as cut:
                failures = failures + 1 if _size(part) == before else 1
                if failures >= self._attempts:
                    raise PullFailed(self.url, cut.detail, resumable=_size(part) > 0) from cut
                time.sleep(_backoff(failures) if cut.wait is None else min(cut.wait, 60.0))
            else:
                return

    def _forget_another(self, remote: Remote, part: Path) -> None:
        mine = {"url": remote.url, "etag": remote.etag, "size": remote.size}
        about = part.with_name(f"{part.name}.json")
        try:
            known = json.loads(about.read_bytes())
        except (OSError, ValueError):
            known = None
        if known == mine and remote.etag is not None:
            return
        part.unlink(missing_ok=True)
        about.write_text(json.dumps(mine), encoding="utf-8")

    def _go_on(self, remote: Remote, part: Path, most: int, progress: Progress | None) -> None:
        # Without an etag nothing tells whether the rest belongs to what came.
        start = _size(part) if remote.etag else 0
        if remote.size is not None and start >= remote.size:
            if start == remote.size:
                return
            start = 0
        with self._answer("GET", self.url, {"Range": f"bytes={start}-"} if start else {}, follow=True) as response:
            if response.status_code == 416:
                part.unlink(missing_ok=True)
                raise _Cut("the server has less than came before")
            self._check(response)
            if not self._is_same(response, remote):
                raise PullFailed(self.url, "it changed while it was fetched; the same command fetches the new one")
            start, total = _span(response, start)
            if total is not None and total > most:
                raise PullFailed(self.url, f"it has {total:,} bytes, more than the {most:,} allowed")
            with part.open("r+b" if part.exists() else "wb") as file:
                file.truncate(start)
                file.seek(start)
                self._write(response, file, start, total, most, progress)

    def _write(
        self, response: Any, file: IO[bytes], done: int, total: int | None, most: int, progress: Progress | None
    ) -> None:
        for piece in _pieces(response):
            file.write(piece)
            done += len(piece)
            if done > most:
                raise PullFailed(self.url, f"it has more than the {most:,} bytes allowed")
            if progress:
                progress(done, total)
        file.flush()
        os.fsync(file.fileno())
        if total is not None and done != total:
            raise _Cut(f"the connection ended after {done:,} of {total:,} bytes")

    def _is_same(self, response: Any, remote: Remote) -> bool:
        """Whether what is sent is what was described, as far as the server says."""
        sent = {_bare(one.headers.get("x-linked-etag")) for one in (*response.history, response)} - {None}
        if not sent and not response.history:
            sent = {_bare(response.headers.get("etag"))} - {None}
        return not sent or remote.etag is None or remote.etag in sent

    def _check(self, response: Any) -> None:
        status = response.status_code
        if status in _AGAIN:
            stated = response.headers.get("retry-after", "")
            raise _Cut(f"HTTP {status}", wait=float(stated) if stated.isascii() and stated.isdigit() else None)
        if status in (401, 403, 404, 410):
            stated = response.headers.get("x-error-message", "")[:200]
            raise PullFailed(
                self.url, f"there is no such file, or it is not open to you (HTTP {status}) {stated}".strip()
            )
        if status not in (200, 206):
            raise PullFailed(self.url, f"the server answered with HTTP {status}")
        if response.headers.get("content-encoding", "identity") not in ("", "identity"):
            raise PullFailed(self.url, "the server sends it packed, though that was not asked for")

    def _retried(self, call: Callable[[], T]) -> T:
        failures = 0
        while True:
            try:
                return call()
            except _Cut as cut:
                failures += 1
                if failures >= self._attempts:
                    raise PullFailed(self.url, cut.detail) from cut
                time.sleep(_backoff(failures) if cut.wait is None else min(cut.wait, 60.0))

    @contextmanager
    def _answer(self, method: str, url: str, more: Mapping[str, str], *, follow: bool = False) -> Iterator[Any]:
        check_hub_settings()
        import httpx2  # noqa: PLC0415 (huggingface_hub's HTTP client)
        from huggingface_hub.errors import OfflineModeIsEnabled  # noqa: PLC0415
        from huggingface_hub.utils import build_hf_headers, get_session  # noqa: PLC0415

        from zukan import __version__  # noqa: PLC0415

        token = None if self._is_hub and url.startswith(f"{endpoint()}/") else False
        headers = build_hf_headers(token=token, library_name="zukan", library_version=__version__)
        headers |= {"Accept-Encoding": "identity", **more}
        try:
            with get_session().stream(
                method, url, headers=headers, timeout=self._timeout, follow_redirects=follow
            ) as response:
                yield response
        except OfflineModeIsEnabled as error:
            raise HubUnreachable(_origin(self.url), str(error), offline=True) from error
        except (httpx2.InvalidURL, httpx2.UnsupportedProtocol, httpx2.TooManyRedirects) as error:
            raise PullFailed(self.url, str(error)) from error
        except (httpx2.HTTPError, httpx2.StreamError) as error:
            raise _Cut(f"{type(error).__name__}: {error}".rstrip(": ")) from error


def _pieces(response: Any) -> Iterator[bytes]:
    import httpx2  # noqa: PLC0415

    try:
        # As it comes: what waits for a larger piece is lost where the connection ends.
        yield from response.iter_raw()
    except (httpx2.HTTPError, httpx2.StreamError) as error:
        raise _Cut(f"the connection was cut ({type(error).__name__})") from error


def _span(response: Any, start: int) -> tuple[int, int | None]:
    """Return (where what comes begins, bytes in all or None)."""
    if response.status_code == 206:
        found = _RANGE.fullmatch(response.headers.get("content-range", ""))
        if found is None or int(found[1]) != start:
            raise _Cut("the server sent another part than was asked for")
        return start, None if found[2] == "*" else int(found[2])
    length = response.headers.get("content-length", "")
    return 0, int(length) if length.isascii() and length.isdigit() and len(length) < 19 else None


def _bare(etag: str | None) -> str | None:
    return etag.removeprefix("W/").strip('"') if etag else None


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _backoff(failures: int) -> float:
    return min(_FIRST_WAIT * 2.0 ** min(failures - 1, 10), _LONGEST_WAIT)
