"""The HTTP side of the test Hub: listeners, requests, responses, canned faults and rate-limit windows."""

from __future__ import annotations

import json
import math
import os
import socket
import socketserver
import struct
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Literal, NamedTuple
from urllib.parse import parse_qs, urlencode, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Origin = Literal["hub", "cdn"]
FaultKind = Literal["status", "reset", "stall", "truncate", "bad-json"]

_READ_TIMEOUT = 60.0


class Request(NamedTuple):
    """One request as it arrived; `path` is still percent-encoded, header names are in lower case."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    origin: Origin
    body: bytes = b""

    @property
    def target(self) -> str:
        """The path with its query, encoded anew."""
        return f"{self.path}?{urlencode(self.query, doseq=True)}" if self.query else self.path

    @property
    def token(self) -> str | None:
        """The user access token sent with the request."""
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        return token if scheme == "Bearer" and token else None


@dataclass
class Response:
    """An answer; `length` is what Content-Length says where the body does not hold all of it."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    length: int | None = None


def json_response(payload: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Return a JSON answer."""
    body = json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()
    return Response(status, {"Content-Type": "application/json; charset=utf-8", **(headers or {})}, body)


def error_response(
    status: int, message: str, code: str | None = None, headers: Mapping[str, str] | None = None
) -> Response:
    """Return the Hub's JSON error with its X-Error-Message and, if it has one, X-Error-Code."""
    marks = {"X-Error-Code": code} if code else {}
    return json_response(
        {"error": message},
        status,
        {**marks, "X-Error-Message": message.replace("\n", " "), **(headers or {})},
    )


@dataclass
class Fault:
    """A canned fault: what it hits, how often, and what it does to the answer."""

    prefix: str
    kind: FaultKind
    status: int
    times: int | None
    skip: int
    method: str | None
    headers: Mapping[str, str]
    body: bytes | None
    seconds: float
    after: int | None

    def claims(self, request: Request) -> bool:
        """Tell whether the fault hits this request, and count it if so."""
        if self.times == 0 or not request.target.startswith(self.prefix):
            return False
        if self.method is not None and request.method != self.method:
            return False
        if self.kind in {"truncate", "bad-json"} and request.method == "HEAD":
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        if self.times is not None:
            self.times -= 1
        return True

    def replacement(self) -> Response | None:
        """Return the answer that takes the place of the real one, if the fault has one."""
        if self.kind == "bad-json":
            body = b'[{"_id":"621ffdc036468d70' if self.body is None else self.body
            return Response(200, {"Content-Type": "application/json; charset=utf-8", **self.headers}, body)
        if self.kind != "status":
            return None
        if self.body is None:
            return json_response({"error": f"canned fault {self.status}"}, self.status, self.headers)
        return Response(self.status, dict(self.headers), self.body)


class RateLimit:
    """One bucket of requests in fixed windows, with the headers that announce it."""

    def __init__(self, bucket: str, quota: tuple[int, int], clock: Callable[[], float]) -> None:
        self.bucket = bucket
        self.quota = quota
        self._clock = clock
        self._used = 0
        self._ends: float | None = None

    def take(self) -> bool:
        """Count one request; False means the quota of this window is spent."""
        requests, seconds = self.quota
        now = self._clock()
        if self._ends is None or now >= self._ends:
            self._ends = now + seconds
            self._used = 0
        self._used += 1
        return self._used <= requests

    def headers(self) -> dict[str, str]:
        """Return RateLimit and RateLimit-Policy as they stand."""
        requests, seconds = self.quota
        left = max(0, requests - self._used)
        wait = seconds if self._ends is None else max(0, math.ceil(self._ends - self._clock()))
        return {
            "RateLimit": f'"{self.bucket}";r={left};t={wait}',
            "RateLimit-Policy": f'"fixed window";"{self.bucket}";q={requests};w={seconds}',
        }


class Listener(ThreadingHTTPServer):
    """One loopback port that hands each request to `answer` and can be closed with clients connected."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, origin: Origin, answer: Callable[[Request], tuple[Response, Fault | None]]) -> None:
        self.origin = origin
        self.answer = answer
        self.stopping = threading.Event()
        self.errors: list[BaseException] = []
        self._guard = threading.Lock()
        self._connections: dict[socket.socket, threading.Thread] = {}
        super().__init__(("127.0.0.1", 0), _Handler)
        self._loop = threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True)
        self._loop.start()

    @property
    def url(self) -> str:
        """The origin of this port."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def server_bind(self) -> None:
        """Bind without the reverse look-up of our own name, which can hang on a machine without DNS."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = "127.0.0.1", int(self.server_address[1])

    def process_request(self, request: Any, client_address: Any) -> None:
        """Serve a connection in a thread of its own that `stop` can find again."""
        thread = threading.Thread(target=self._serve, args=(request, client_address), daemon=True)
        with self._guard:
            self._connections[request] = thread
        thread.start()

    def _serve(self, request: Any, client_address: Any) -> None:
        try:
            self.process_request_thread(request, client_address)
        finally:
            with self._guard:
                self._connections.pop(request, None)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Keep an error of our own for `HubServer.close`; a client that went away is not one."""
        error = sys.exception()
        if error is not None and not isinstance(error, OSError):
            self.errors.append(error)

    def stop(self) -> None:
        """Stop listening, cut every connection and wait for its thread."""
        self.stopping.set()
        self.shutdown()
        self._loop.join()
        with self._guard:
            connections = dict(self._connections)
        for connection, thread in connections.items():
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            thread.join(5)
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "TestHub"
    disable_nagle_algorithm = True
    timeout = _READ_TIMEOUT
    server: Listener

    def do_GET(self) -> None:
        self._answer()

    def do_HEAD(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def do_PUT(self) -> None:
        self._answer()

    def log_message(self, *_: object) -> None:
        """Say nothing: the requests are recorded."""

    def _answer(self) -> None:
        parts = urlsplit(self.path)
        request = Request(
            self.command,
            parts.path,
            parse_qs(parts.query, keep_blank_values=True),
            {name.lower(): value for name, value in self.headers.items()},
            self.server.origin,
            self.rfile.read(int(self.headers.get("Content-Length") or 0)),
        )
        response, fault = self.server.answer(request)
        if fault is not None and fault.kind == "reset":
            self._reset()
            return
        length = len(response.body) if response.length is None else response.length
        body = b"" if self.command == "HEAD" else response.body
        if fault is not None and fault.kind == "truncate":
            body = body[: max(0, min(len(body) // 2 if fault.after is None else fault.after, length - 1))]
        head_first = fault is not None and fault.kind == "stall" and fault.after is not None
        if fault is not None and fault.kind == "stall" and not head_first:
            self.server.stopping.wait(fault.seconds)
        self._send_head(response, length)
        if fault is not None and head_first:
            self.wfile.write(body[: fault.after])
            body = body[fault.after :]
            self.server.stopping.wait(fault.seconds)
        self.wfile.write(body)
        if self.command != "HEAD" and (len(response.body) < length or (fault and fault.kind == "truncate")):
            self.close_connection = True

    def _send_head(self, response: Response, length: int) -> None:
        self.send_response(response.status)
        for name, value in response.headers.items():
            self.send_header(name, value)
        if response.status not in {204, 304}:
            self.send_header("Content-Length", str(length))
        self.end_headers()

    def _reset(self) -> None:
        """Close the connection with a TCP reset instead of an answer."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        os.close(self.connection.detach())
