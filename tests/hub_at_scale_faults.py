"""The fault storm of the Hub at scale: what can go wrong with an answer, and sending it that way."""

from __future__ import annotations

import json
import os
import socket
import struct
import time
import zlib
from contextlib import suppress
from dataclasses import dataclass, replace
from email.utils import formatdate
from functools import cache
from random import Random
from typing import TYPE_CHECKING, Any

from hub_server_wire import Response, _Handler, error_response

if TYPE_CHECKING:
    from collections.abc import Sequence

FAULTS = (
    *("500", "502", "503", "504", "429", "429-bare", "429-date", "reset", "reset-body", "stall", "stall-body"),
    *("truncated-json", "html", "short-length", "long-length", "gzip-bomb", "cursor-refused", "empty-body"),
    *("no-link", "odd-rows"),
)
BOMB_BYTES = 300_000_000
ODD_ROWS: tuple[Any, ...] = (
    None,
    "a string",
    {"_id": "000000000000000000000007", "downloads": 3},
    {"_id": "000000000000000000000008", "id": 7},
    {"_id": ["000000000000000000000009"], "id": "odd/list"},
)

_GENTLE = {"no-link", "odd-rows"}
"""A page spoilt so is a page of the walk."""
_LIST_ONLY = {"cursor-refused", *_GENTLE}
_PAGE = b"<!doctype html><html><head><title>Hugging Face</title></head><body>Just a moment...</body></html>"
_CUT = 1_000
"""By how much the stated length is wrong."""


@dataclass
class SpoiltResponse(Response):
    """An answer that goes wrong on the wire, in the way of `fault`."""

    fault: str = ""


class FaultStorm:
    """Chooses the faults, each kind once before any comes again."""

    def __init__(self, seed: int) -> None:
        self.rate = 0.0
        self.kinds: tuple[str, ...] = FAULTS
        self.stall_seconds = 4.0
        self.sent = dict.fromkeys(FAULTS, 0)
        self._rng = Random(f"faults {seed}")
        self._waiting: list[str] = []

    def settle(self, rate: float | None, kinds: Sequence[str] | None, stall_seconds: float | None) -> None:
        """Change what is given; any change starts a new round of the kinds."""
        if unknown := set(kinds or ()) - set(FAULTS):
            raise ValueError(f"no such faults: {sorted(unknown)}")
        self.rate = self.rate if rate is None else rate
        self.kinds = self.kinds if kinds is None else tuple(kinds)
        self.stall_seconds = self.stall_seconds if stall_seconds is None else stall_seconds
        self._waiting = []
        if self.rate and "gzip-bomb" in self.kinds:
            # Takes a second, which no request should pay.
            bomb()

    def draw(self, *, lists: bool, cursor: bool, linked: bool) -> str | None:
        """Return the fault for a request: one of a list, with a cursor, whose answer has a Link; None is none."""
        if self._rng.random() >= self.rate or not self.kinds:
            return None
        if not self._waiting:
            self._waiting = self._rng.sample(self.kinds, len(self.kinds))
        for kind in self._waiting:
            impossible = (kind in _LIST_ONLY and not lists) or (kind == "cursor-refused" and not cursor)
            if not impossible and (kind != "no-link" or linked):
                self._waiting.remove(kind)
                self.sent[kind] += 1
                return kind
        return None


def is_page(kind: str | None) -> bool:
    """Tell whether an answer with this fault is still a page of the walk."""
    return kind is None or kind in _GENTLE


def spoil(kind: str, response: Response) -> Response:
    """Return what takes the place of an answer."""
    if kind in {"500", "502", "503", "504"}:
        return error_response(int(kind), "Internal Error - We're working hard to fix this as soon as possible!")
    if kind.startswith("429"):
        # One full second ahead at least: such a date has no fractions.
        later = formatdate(time.time() + 1.5, usegmt=True)
        headers = {"429": {"RateLimit": '"api";r=0;t=1'}, "429-date": {"Retry-After": later}}.get(kind, {})
        return error_response(429, "We had to rate limit your IP.", headers=headers)
    if kind == "cursor-refused":
        return error_response(400, "Invalid cursor")
    json_type = {"Content-Type": "application/json; charset=utf-8"}
    if kind in {"html", "empty-body", "gzip-bomb"}:
        return {
            "html": lambda: Response(200, {"Content-Type": "text/html; charset=utf-8"}, _PAGE),
            "empty-body": lambda: Response(200, json_type, b""),
            "gzip-bomb": lambda: Response(200, {**json_type, "Content-Encoding": "gzip"}, bomb()),
        }[kind]()
    if kind == "truncated-json":
        return replace(response, body=response.body[: len(response.body) * 2 // 3])
    if kind == "no-link":
        return replace(response, headers={name: text for name, text in response.headers.items() if name != "Link"})
    if kind == "odd-rows":
        return replace(response, body=_with_odd_rows(response.body))
    return SpoiltResponse(response.status, response.headers, response.body, fault=kind)


def _with_odd_rows(body: bytes) -> bytes:
    rows: list[Any] = json.loads(body)
    for place, odd in enumerate(ODD_ROWS):
        rows.insert(place * (len(rows) + 1) // len(ODD_ROWS), odd)
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode()


@cache
def bomb() -> bytes:
    """Return 300 MB of spaces as a small gzip body."""
    packer = zlib.compressobj(9, wbits=31)
    piece = b" " * 1_000_000
    return b"".join(packer.compress(piece) for _ in range(BOMB_BYTES // len(piece))) + packer.flush()


def deliver(handler: _Handler, response: Response, stall_seconds: float) -> None:
    """Send an answer, or go wrong as a spoilt one says."""
    kind = response.fault if isinstance(response, SpoiltResponse) else ""
    body, stopping = response.body, handler.server.stopping
    if kind == "reset":
        _reset(handler)
        return
    if kind == "stall":
        stopping.wait(stall_seconds)
    wrong = {"short-length": len(body) + _CUT, "long-length": max(0, len(body) - _CUT)}
    handler._send_head(response, wrong.get(kind, len(body)))
    if kind in {"reset-body", "stall-body"}:
        handler.wfile.write(body[: len(body) // 2])
        # A reset discards what has not left yet.
        stopping.wait(0.05 if kind == "reset-body" else stall_seconds)
        body = body[len(body) // 2 :]
    if kind == "reset-body":
        _reset(handler)
        return
    handler.wfile.write(body)
    handler.close_connection |= kind in wrong


def _reset(handler: _Handler) -> None:
    handler.close_connection = True
    with suppress(OSError):
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        os.close(handler.connection.detach())
