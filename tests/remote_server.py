"""A loopback server of models for tests: it answers as it is told, in the shapes of the protocols that are spoken.

`ModelServer` is a plain HTTP server, for `--endpoint`. `Router` stands in for `router.huggingface.co`: the client's address
of it is a constant, so it is reached as a company's proxy would be (`HTTPS_PROXY`), which opens a tunnel (CONNECT) to a
server with a certificate for that name, which the client trusts by `SSL_CERT_FILE`. Nothing of the client is replaced.
"""

from __future__ import annotations

import contextlib
import json
import socket
import socketserver
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

ROUTER = "router.huggingface.co"


@dataclass
class Reply:
    """What is answered to one request."""

    body: bytes | list[bytes] = b"{}"
    """Pieces of a list are sent one by one."""
    status: int = 200
    kind: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    pause: float = 0.0
    """Before each piece."""
    cut: bool = False
    """Close the connection before the end that was promised."""


@dataclass(frozen=True)
class Asked:
    """A request that came."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any


Answer = Callable[[Asked], Reply]


def json_reply(value: Any, status: int = 200, **headers: str) -> Reply:
    return Reply(
        json.dumps(value).encode(), status, headers={name.replace("_", "-"): one for name, one in headers.items()}
    )


def chunk(text: str | None = None, *, finish: str | None = None, model: str = "acme/chat", **more: Any) -> bytes:
    """Return one event of a streamed chat completion."""
    delta = {"role": "assistant", "content": text} if text is not None else {}
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    event = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": model, "choices": [choice], **more}
    return f"data: {json.dumps(event)}\n\n".encode()


def usage(tokens: int) -> bytes:
    """Return the event that counts the tokens: it has no choices."""
    counted = {"prompt_tokens": 3, "completion_tokens": tokens, "total_tokens": 3 + tokens}
    return chunk(choices=[], usage=counted)


DONE = b"data: [DONE]\n\n"


def stream(*pieces: bytes, **more: Any) -> Reply:
    return Reply(list(pieces), kind="text/event-stream", **more)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Listener

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        self._serve(None)

    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers.get("content-length", 0)))
        try:
            self._serve(json.loads(content))
        except ValueError:
            self._serve(content)

    def _serve(self, body: Any) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = Asked(self.command, self.path, headers, body)
        self.server.owner.asked.append(asked)
        try:
            self._send(self.server.owner.answer(asked))
        except OSError:
            self.close_connection = True  # The client has gone.

    def _send(self, reply: Reply) -> None:
        self.send_response(reply.status)
        self.send_header("content-type", reply.kind)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        chunked = isinstance(reply.body, list)
        pieces = reply.body if isinstance(reply.body, list) else [reply.body]
        if chunked:
            self.send_header("transfer-encoding", "chunked")
        else:
            self.send_header("content-length", str(len(pieces[0]) + 10 * reply.cut))
        self.end_headers()
        for piece in pieces:
            time.sleep(reply.pause)
            self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece) if chunked else piece)
            self.wfile.flush()
        if reply.cut:
            self.close_connection = True
        elif chunked:
            self.wfile.write(b"0\r\n\r\n")


class _Listener(ThreadingHTTPServer):
    daemon_threads = True
    owner: ModelServer


class ModelServer:
    """A server on a loopback port; a context manager."""

    def __init__(self, answer: Answer, *, certificate: Path | None = None) -> None:
        self.answer = answer
        self.asked: list[Asked] = []
        self._http = _Listener(("127.0.0.1", 0), _Handler)
        self._http.owner = self
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate, certificate.with_suffix(".key"))
            self._http.socket = context.wrap_socket(self._http.socket, server_side=True)
        self._thread = threading.Thread(target=self._http.serve_forever, daemon=True)

    @property
    def port(self) -> int:
        """The port it listens at."""
        return int(self._http.server_address[1])

    @property
    def address(self) -> str:
        """What a user would give as the endpoint."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def posts(self) -> list[Asked]:
        """The requests that carried an input."""
        return [asked for asked in self.asked if asked.method == "POST"]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()


def certificate_for(host: str, folder: Path) -> Path:
    """Make a certificate that only who is told to will trust; its key lies beside it."""
    path = folder / "router.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={host}"),
            *("-addext", f"subjectAltName=DNS:{host}", "-keyout", str(path.with_suffix(".key")), "-out", str(path)),
        ],
        check=True,
        capture_output=True,
    )
    return path


class _Crossing(socketserver.StreamRequestHandler):
    server: _Gate

    def handle(self) -> None:
        first = self.rfile.readline().decode()
        while self.rfile.readline().strip():
            pass
        if not first.startswith(f"CONNECT {ROUTER}:443 "):
            self.wfile.write(b"HTTP/1.1 403 Forbidden\r\n\r\n")
            return
        with socket.create_connection(("127.0.0.1", self.server.far_port)) as far:
            self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            back = threading.Thread(target=_pump, args=(far, self.connection), daemon=True)
            back.start()
            _pump(self.connection, far)
            back.join(timeout=10)


class _Gate(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True
    far_port: int


class Tunnel:
    """A proxy that lets connections to the router through to a server of ours, and to nobody else."""

    def __init__(self, port: int) -> None:
        self._server = _Gate(("127.0.0.1", 0), _Crossing)
        self._server.far_port = port
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def address(self) -> str:
        """What a client is told as its proxy."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


def _pump(source: Any, target: Any) -> None:
    with contextlib.suppress(OSError):
        while content := source.recv(1 << 16):
            target.sendall(content)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)


@dataclass
class Router:
    """The stand-in for router.huggingface.co with the way to it."""

    server: ModelServer
    environment: dict[str, str]


def router(answer: Answer, folder: Path) -> Iterator[Router]:
    """Yield a router that answers, and the variables that lead a child process to it."""
    certificate = certificate_for(ROUTER, folder)
    with ModelServer(answer, certificate=certificate) as server, Tunnel(server.port) as tunnel:
        variables = {"HTTPS_PROXY": tunnel.address, "SSL_CERT_FILE": str(certificate), "HF_TOKEN": "hf_test"}
        yield Router(server, variables)
