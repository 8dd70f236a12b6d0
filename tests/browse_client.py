"""Asks the pages of `zukan browse` in this process, as a browser would, and reads what they say."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from conftest import child_environment


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def seen(self) -> Seen:
        """The page as a reader of its markup sees it."""
        seen = Seen()
        seen.feed(self.text)
        return seen


class Seen(HTMLParser):
    """The elements, attributes, links and text of a page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep an element with its attributes."""
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        """Keep a piece of text."""
        self.words.append(data)

    @property
    def text(self) -> str:
        """All text, with single spaces."""
        return " ".join(" ".join(self.words).split())

    def links(self) -> list[str]:
        """Return where the links lead."""
        return [str(attributes.get("href")) for tag, attributes in self.elements if tag == "a"]

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """Return the attributes of every element of a kind."""
        return [attributes for name, attributes in self.elements if name == tag]


class BrowseClient:
    """A server of one catalogue, and a visitor with or without the key to trials."""

    def __init__(self, path: Path) -> None:
        from zukan_cli.browse.server import make_datasette

        self.datasette: Any = make_datasette(path)
        self.site = self.datasette.zukan
        asyncio.run(self.datasette.invoke_startup())

    def close(self) -> None:
        """End the threads."""
        self.site.close()
        if self.datasette.executor is not None:
            self.datasette.executor.shutdown()

    @property
    def key(self) -> dict[str, str]:
        """The cookie of who opened the printed address."""
        return {"cookie": f"{self.site.cookie}={self.site.session.cookie}"}

    def get(self, path: str, **headers: str) -> Answer:
        """Ask for a page; `_` in the name of a header stands for `-`."""
        return self._ask("GET", path, headers)

    def post(self, path: str, form: Mapping[str, str], **headers: str) -> Answer:
        """Send a form."""
        kind = {"content-type": "application/x-www-form-urlencoded"}
        return self._ask("POST", path, {**kind, **headers}, urlencode(form).encode())

    def try_it(self, form: Mapping[str, str], **headers: str) -> Answer:
        """Send the form of a trial as the page of a model does."""
        own = {"sec-fetch-site": "same-origin", "origin": "http://localhost", **self.key}
        return self.post("/trial", {"token": self.site.session.token, **form}, **{**own, **headers})

    def wait(self, address: str, seconds: float = 120) -> Answer:
        """Return a trial's page when it is over."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            answer = self.get(f"{address}?part=1", **self.key)
            if 'data-over="yes"' in answer.text:
                return answer
            time.sleep(0.2)
        raise TimeoutError(answer.text)

    def _ask(self, method: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> Answer:
        async def ask() -> Answer:
            named = {name.replace("_", "-"): value for name, value in headers.items() if value}
            answer = await self.datasette.client.request(method, path, headers=named, content=body)
            return Answer(answer.status_code, answer.headers, answer.text)

        return asyncio.run(ask())


@contextmanager
def served(*options: str, environment: Mapping[str, str] | None = None) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Yield a running `zukan browse` and the address that it printed."""
    command = [sys.executable, "-m", "zukan_cli", "browse", "--no-open", "--port", "0", *options]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, stdout=pipe, stderr=pipe, text=True, env={**child_environment(), **(environment or {})}
    ) as process:
        assert process.stdout
        try:
            yield process, process.stdout.readline().strip()
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                # Where signals are ignored, as in the background of a shell, it would be waited for without end.
                process.kill()
                raise
