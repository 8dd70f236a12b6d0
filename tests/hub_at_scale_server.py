"""The Hub at scale itself: its answers, its quota, its settings, on one loopback port."""

from __future__ import annotations

import json
import threading
import time
import zlib
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import parse_qs, quote, unquote, urlsplit

from hub_at_scale_faults import FaultStorm, deliver, is_page, spoil
from hub_at_scale_store import WEIGHTS, ModelStore
from hub_server_list import LARGEST_PAGE, BadQueryError, model_fields, show
from hub_server_wire import Listener, RateLimit, Request, Response, _Handler, error_response, json_response

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hub_server_rows import Row

_DETAIL = "/api/models/"
_MUTATIONS = {"change": "touch", **{kind: kind for kind in ("counters", "rename", "swap", "delete", "add", "disable")}}
_SMALLEST_GZIP = 1_000


class _CountedWindows(RateLimit):
    """A quota that remembers how many requests each of its windows had."""

    def __init__(self, quota: tuple[int, int]) -> None:
        super().__init__("api", quota, time.monotonic)
        self.windows: list[int] = []
        self._known: float | None = None

    def take(self) -> bool:
        """Count one request; False means the quota of this window is spent."""
        allowed = super().take()
        if self._known != self._ends:
            self._known = self._ends
            self.windows.append(0)
        self.windows[-1] += 1
        return allowed


class HubAtScale:
    """The Hub itself, on one loopback port; a context manager, or `start()` and `close()`."""

    def __init__(self, rows: Iterable[Row], *, seed: int = 0, gzip: bool = False) -> None:
        self.store = ModelStore(rows, seed)
        self.storm = FaultStorm(seed)
        self.gzip = gzip
        self.largest_page = LARGEST_PAGE
        self.churn = 0.0
        self.churn_sort: str | None = None
        self.churn_pages: int | None = None
        self.latency = 0.0
        self.quota = _CountedWindows((1_000_000, 300))
        self.requests = {"list": 0, "detail": 0, "other": 0}
        self.refused = 0
        self.pages: dict[str, int] = {}
        self.page_seconds = 0.0
        self._lock = threading.Lock()
        self._listener: _Listener | None = None

    def start(self) -> Self:
        """Open the port."""
        self._listener = _Listener(self)
        return self

    def close(self) -> None:
        """Close the port and every connection, and raise what went wrong inside the server, if anything did."""
        listener, self._listener = self._listener, None
        if listener is not None:
            listener.stop()
            if listener.errors:
                raise BaseExceptionGroup("the Hub at scale failed", listener.errors)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def endpoint(self) -> str:
        """What HF_ENDPOINT must be."""
        if self._listener is None:
            raise RuntimeError("not started")
        return self._listener.url

    def state(self) -> dict[str, Any]:
        """Return what was answered so far.

        `requests` by kind of path, `answered_429` by the quota (not by faults), `faults` sent by kind, `pages` =
        answered list pages by order (spoilt ones only where the page was whole), `windows` = requests in each window
        of the quota since it was set, `mutations` by kind, `page_ms` = CPU time per list request.
        """
        requests = self.requests["list"]
        return {
            "models": len(self.store),
            "requests": self.requests,
            "answered_429": self.refused,
            "faults": self.storm.sent,
            "pages": self.pages,
            "windows": self.quota.windows,
            "mutations": self.store.mutations,
            "page_ms": round(1e3 * self.page_seconds / requests, 3) if requests else None,
        }

    def control(self, settings: dict[str, Any]) -> dict[str, Any]:
        """Change settings and models, in the order given; tell the models of every mutation by its name.

        `churn` is the share of the rows changed before each list page, `churn_sort` the only order whose pages do
        that, `churn_pages` after how many pages it ends (None is never), `weights` those of the kinds of change
        (those left out get 0; {} are the usual ones); `faults` is a mapping of `rate`, `kinds` and `stall_seconds`,
        `quota` [requests, seconds], `largest_page` rows, `latency` seconds of every list answer, `gzip` a boolean.
        `change`, `counters`, `rename`, `swap`, `delete`, `add` and `disable` do that to so many models at once.
        """
        told: dict[str, Any] = {}
        for name, value in settings.items():
            if name in _MUTATIONS:
                told[name] = self.store.mutate(_MUTATIONS[name], value)
            elif name == "weights":
                if unknown := set(value) - set(WEIGHTS):
                    raise ValueError(f"no such changes: {sorted(unknown)}")
                self.store.weights = dict.fromkeys(WEIGHTS, 0.0) | value if value else dict(WEIGHTS)
            elif name == "faults":
                self.storm.settle(value.get("rate"), value.get("kinds"), value.get("stall_seconds"))
            elif name == "quota":
                self.quota = _CountedWindows((value[0], value[1]))
            elif name in {"churn", "churn_sort", "churn_pages", "latency", "largest_page", "gzip"}:
                setattr(self, name, value)
            else:
                raise ValueError(f"no such setting: {name}")
        return told

    def respond(self, request: Request) -> tuple[Response, None]:
        """Answer one request; what goes wrong on the wire is up to `deliver`."""
        with self._lock:
            if request.path.startswith("/_"):
                return self._respond_to_test(request), None
            kind = "list" if request.path == "/api/models" else "other"
            kind = "detail" if request.path.startswith(_DETAIL) else kind
            self.requests[kind] += 1
            if kind == "other":
                return error_response(404, "Sorry, we can't find the page you are looking for."), None
            fault: str | None = None
            if not self.quota.take():
                self.refused += 1
                response = error_response(429, "We had to rate limit your IP.")
            elif kind == "list":
                response, fault = self._page(request)
            else:
                response = self._detail(request)
                fault = self.storm.draw(lists=False, cursor=False, linked=False)
            response = response if fault is None else spoil(fault, response)
            if fault != "429-bare":
                response.headers = {**self.quota.headers(), **response.headers}
        return self._packed(response, request), None

    def _page(self, request: Request) -> tuple[Response, str | None]:
        started = time.thread_time()
        sort = request.query.get("sort", ["trendingScore"])[-1]
        changing = self.churn > 0 and self.churn_sort in {None, sort}
        fault: str | None = None
        try:
            if changing and not self.storm.rate:
                self._churn()
            page = self.store.page(request.query, self.endpoint, self.largest_page)
            if self.storm.rate:
                fault = self.storm.draw(lists=True, cursor="cursor" in request.query, linked=page.link is not None)
                if changing and fault is None:
                    self._churn()
                    page = self.store.page(request.query, self.endpoint, self.largest_page)
        except BadQueryError as error:
            return error_response(error.status, str(error)), None
        finally:
            self.page_seconds += time.thread_time() - started
        if is_page(fault):
            self.pages[sort] = self.pages.get(sort, 0) + 1
        headers = {"Content-Type": "application/json; charset=utf-8", **({"Link": page.link} if page.link else {})}
        return Response(200, headers, page.body), fault

    def _churn(self) -> None:
        if self.churn_pages is None:
            self.store.churn(self.churn)
        elif self.churn_pages > 0:
            self.churn_pages -= 1
            self.store.churn(self.churn)

    def _detail(self, request: Request) -> Response:
        name = unquote(request.path.removeprefix(_DETAIL))
        row = self.store.find(name)
        if row is None:
            return json_response({"error": "Invalid username or password."}, 401)
        if row["id"] != name:
            place = request._replace(path=_DETAIL + quote(row["id"])).target
            return Response(307, {"Location": place}, f"Temporary Redirect. Redirecting to {place}".encode())
        if row.get("disabled"):
            return error_response(403, "Access to this resource is disabled.")
        try:
            return json_response(show(row, model_fields(request.query)))
        except BadQueryError as error:
            return error_response(error.status, str(error))

    def _packed(self, response: Response, request: Request) -> Response:
        accepted = "gzip" in request.headers.get("accept-encoding", "")
        if (
            self.gzip
            and accepted
            and len(response.body) >= _SMALLEST_GZIP
            and "Content-Encoding" not in response.headers
        ):
            packer = zlib.compressobj(1, wbits=31)
            response.body = packer.compress(response.body) + packer.flush()
            response.headers["Content-Encoding"] = "gzip"
        return response

    def _respond_to_test(self, request: Request) -> Response:
        if request.path == "/_state":
            return json_response(self.state())
        if request.path == "/_redirects":
            return json_response(self.store.redirects())
        if request.path == "/_rows":
            return Response(200, {"Content-Type": "application/jsonl"}, self.store.lines())
        try:
            return json_response(self.control(json.loads(request.body)))
        except (ValueError, TypeError, LookupError) as error:
            return error_response(400, f"{type(error).__name__}: {error}")


class _Listener(Listener):
    def __init__(self, hub: HubAtScale) -> None:
        self.hub = hub
        super().__init__("hub", hub.respond)

    def finish_request(self, request: Any, client_address: Any) -> None:
        _ScaleHandler(request, client_address, self)


class _ScaleHandler(_Handler):
    server: _Listener

    def _answer(self) -> None:
        parts = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self.rfile.read(int(headers.get("content-length") or 0))
        query = parse_qs(parts.query, keep_blank_values=True)
        response, _ = self.server.answer(Request(self.command, parts.path, query, headers, "hub", body))
        if parts.path == "/api/models" and self.server.hub.latency:
            self.server.stopping.wait(self.server.hub.latency)
        deliver(self, response, self.server.hub.storm.stall_seconds)
