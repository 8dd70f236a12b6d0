"""Cuts rows out of pages of JSON as they stream by, by nothing but their brackets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

MAX_LINE_BYTES = 32 << 20
"""A longer row is passed over: no row, not even with a whole config.json, is that long."""
TOO_LONG = b"(longer than 32 MB)"
"""Stands for a row that was passed over: it is no JSON, so it is refused and counted."""
BLANK = b" \t\r\n\xef\xbb\xbf"
"""What may stand between rows: white space, and the mark at the head of a file."""

_ROW_START = re.compile(rb'\{\s*"(?:id|_id|modelId|author)"')
"""How a row begins; a page of rows never does."""
# Possessive, so that it is linear whatever it meets: strings are stepped over, up to the next bracket.
_STEP = re.compile(rb'[^"\[\]{}]*+(?:"[^"\\]*+(?:\\.[^"\\]*+)*+"[^"\[\]{}]*+)*+([\[\]{}])', re.DOTALL)
_SKIP = re.compile(rb'(?:[^"\[\]{}]++|"[^"\\]*+(?:\\.[^"\\]*+)*+")*+', re.DOTALL)
_PAGE_KEY = re.compile(rb'"(?:models|items|rows)"\s{0,9}:\s{0,9}\Z')
_LONGEST_KEY = 40
_MOST_BETWEEN = 1 << 18
"""Bytes between rows that are kept before they are given on."""


def is_whole(line: bytes) -> bool:
    """Return whether a line is one object or list from its first byte to its last."""
    depth = at = 0
    while line.startswith((b"{", b"[")) and (step := _STEP.match(line, at)):
        at = step.end()
        depth += 1 if step[1] in b"[{" else -1
        if depth == 0:
            return not line[at:].strip()
    return False


@dataclass(slots=True)
class PageCutter:
    """Cuts rows out of pages as they stream by: an object that stands in a list, or in nothing, is a row."""

    buffer: bytes = b""
    at: int = 0
    """Where the next step begins."""
    depth: int = 0
    lists: list[int] = field(default_factory=lambda: [0])
    """How deep rows stand in each list that is open."""
    start: int | None = None
    """Where the row began that is open."""
    edge: int = 0
    """Where the last row or list ended."""
    page: bool = False
    """Whether the outermost object is a page, not a row."""
    too_long: bool = False

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        """Yield the rows that end in this chunk."""
        self._take(chunk)
        while step := _STEP.match(self.buffer, self.at):
            here = step.start(1)
            yield from self._open(here) if step[1] in b"[{" else self._close(here)
            self.at = here + 1
        if skipped := _SKIP.match(self.buffer, self.at):
            self.at = skipped.end()
        if self.depth == self.lists[-1] and self.at - self.edge > _MOST_BETWEEN:
            yield from self._between(self.at)
            self.edge = self.at

    def left(self) -> int:
        """Return how long the text in quotes is that has not ended yet."""
        return len(self.buffer) - self.at

    def end(self) -> Iterator[bytes]:
        """Yield what is left outside of rows."""
        if self.depth == 0:
            yield from self._between(len(self.buffer))

    def _take(self, chunk: bytes) -> None:
        if self.start is not None and len(self.buffer) - self.start > MAX_LINE_BYTES:
            self.start, self.too_long = None, True
        if self.start is not None:
            keep = self.start
            self.start = 0
        elif self.depth == self.lists[-1]:
            keep = self.edge
        else:
            keep = max(self.at - _LONGEST_KEY, 0)
        self.buffer = self.buffer[keep:] + chunk
        self.at, self.edge = self.at - keep, max(self.edge - keep, 0)

    def _open(self, here: int) -> Iterator[bytes]:
        if self.depth == self.lists[-1]:
            yield from self._between(here)
            if self.buffer.startswith(b"[", here):
                self.lists.append(self.depth + 1)
                self.edge = here + 1
            else:
                self.start = here
        elif self.depth == 1 and len(self.lists) == 1 and self._is_page_at(here):
            self.page, self.start, self.edge = True, None, here + 1
            self.lists.append(2)
        self.depth += 1

    def _is_page_at(self, here: int) -> bool:
        if not self.buffer.startswith(b"[", here) or not _PAGE_KEY.search(
            self.buffer, max(here - _LONGEST_KEY, 0), here
        ):
            return False
        return self.page or (self.start is not None and not _ROW_START.match(self.buffer, self.start))

    def _close(self, here: int) -> Iterator[bytes]:
        self.depth -= 1
        if self.depth == self.lists[-1]:
            if self.too_long or (self.start is not None and here - self.start > MAX_LINE_BYTES):
                yield TOO_LONG
            elif self.start is not None:
                yield self.buffer[self.start : here + 1]
            self.start, self.page, self.too_long = None, self.page and self.depth > 0, False
        elif self.depth == self.lists[-1] - 1:
            yield from self._between(here)
            if self.depth < 0:
                yield self.buffer[here : here + 1]  # a bracket that closes nothing
                self.depth = 0
            else:
                self.lists.pop()
        else:
            return
        self.edge = here + 1

    def _between(self, here: int) -> Iterator[bytes]:
        """Yield what stands between rows and is none, to be refused: a number, a name, rubbish."""
        for text in self.buffer[self.edge : here].split(b","):
            if found := text.strip(BLANK):
                yield found
