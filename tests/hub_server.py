"""A loopback Hugging Face Hub for tests: its model list, model pages, files, redirects, errors, quotas and faults.

It speaks the real protocol on two ports, because large files must come from another origin, and is meant to be
reached through the real `huggingface_hub` and `transformers` clients:

    with HubServer() as hub:
        hub.add_model("acme/tiny-bert", folder=path)
        HfApi(endpoint=hub.endpoint).model_info("acme/tiny-bert")

`huggingface_hub` reads HF_ENDPOINT when it is imported: pass `endpoint=`, or start a child with `hub.environment(...)`.
"""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Self
from urllib.parse import quote, unquote

import hub_server_files as files
from hub_server_datasets import DatasetCollection
from hub_server_list import BadQueryError, model_fields, show
from hub_server_models import Model, ModelCollection
from hub_server_wire import (
    Fault,
    FaultKind,
    Listener,
    RateLimit,
    Request,
    Response,
    error_response,
    json_response,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

__all__ = ["HubServer", "Request"]

_ID = r"(?P<id>[^/]+(?:/[^/]+)??)"
_MODEL = re.compile(
    rf"/api/models/{_ID}(?:/(?P<verb>revision|tree|paths-info|refs)(?:/(?P<revision>[^/]+)(?:/(?P<path>.+))?)?)?/?"
)
_RESOLVE = re.compile(rf"/{_ID}/resolve/(?P<revision>[^/]+)/(?P<path>.+)")
_RESOLVE_CACHE = re.compile(r"/api/resolve-cache/models/(?P<id>.+?)/(?P<revision>[0-9a-f]{40})/(?P<path>.+)")


class HubServer(ModelCollection):
    """A Hub on two loopback ports; a context manager, or `start()` and `close()`."""

    def __init__(
        self,
        *,
        friendly_401: bool = True,
        quota: tuple[int, int] = (100_000, 300),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Prepare a Hub without models.

        Args:
            friendly_401: Say RepoNotFound with the 401 of a missing model. The live Hub does not; its clients then
                recognise the URL, but only under https.
            quota: Requests and seconds of the "api" window; see `quota`.
            clock: Seconds for the rate-limit windows, so that a test can let them pass without waiting.

        """
        super().__init__()
        self.friendly_401 = friendly_401
        self.requests: list[Request] = []
        self._clock = clock
        self._quota = quota
        self._listeners: dict[str, Listener] = {}
        self.reset()

    def reset(self) -> None:
        """Forget every model, fault, recorded request and spent quota; the ports stay open."""
        with self._lock:
            self.clear()
            self._faults: list[Fault] = []
            self.datasets = DatasetCollection()
            self._limits = {
                "api": RateLimit("api", self._quota, self._clock),
                "resolvers": RateLimit("resolvers", (500_000, 300), self._clock),
                "pages": RateLimit("pages", (10_000, 300), self._clock),
            }
            self.requests.clear()

    def start(self) -> Self:
        """Open both ports."""
        self._listeners = {"hub": Listener("hub", self._answer), "cdn": Listener("cdn", self._answer)}
        return self

    def close(self) -> None:
        """Close both ports and every connection, and raise what went wrong inside the server, if anything did."""
        listeners = list(self._listeners.values())
        self._listeners = {}
        for listener in listeners:
            listener.stop()
        errors = [error for listener in listeners for error in listener.errors]
        if errors:
            raise BaseExceptionGroup("the test Hub failed", errors)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def endpoint(self) -> str:
        """What HF_ENDPOINT must be."""
        return self._listeners["hub"].url

    @property
    def cdn_endpoint(self) -> str:
        """The other origin, which serves LFS files at /cdn/{model_id}/{path}."""
        return self._listeners["cdn"].url

    def environment(self, cache: Path) -> dict[str, str]:
        """Return the variables that point a child process at this Hub and at an own cache folder."""
        return {
            "HF_ENDPOINT": self.endpoint,
            "HF_HOME": str(cache),
            "HF_HUB_DISABLE_XET": "1",
            "HF_HUB_DISABLE_TELEMETRY": "1",
            "HF_HUB_DISABLE_PROGRESS_BARS": "1",
            "NO_PROXY": "127.0.0.1",
            "no_proxy": "127.0.0.1",
        }

    @property
    def quota(self) -> tuple[int, int]:
        """Requests and seconds of the "api" window; setting it starts a new window."""
        return self._limits["api"].quota

    @quota.setter
    def quota(self, quota: tuple[int, int]) -> None:
        self.set_quota("api", quota)

    def set_quota(self, bucket: str, quota: tuple[int, int]) -> None:
        """Set requests and seconds of the "api", "resolvers" or "pages" bucket and start a new window."""
        with self._lock:
            self._limits[bucket] = RateLimit(bucket, quota, self._clock)

    def fail(
        self,
        path_prefix: str,
        *,
        kind: FaultKind = "status",
        status: int = 503,
        times: int | None = 1,
        skip: int = 0,
        method: str | None = None,
        headers: Mapping[str, str] | None = None,
        body: bytes | str | None = None,
        seconds: float = 30,
        after: int | None = None,
    ) -> None:
        """Let the next requests fail whose path, with its query, starts with a prefix, on either port.

        Args:
            path_prefix: "/api/models?", "/api/models/acme/tiny-bert", "/cdn/acme/tiny-bert/model.safetensors"…
            kind: "status" answers `status`, `headers` and `body`; "reset" cuts the connection without an answer;
                "stall" waits `seconds` before it answers, or in the middle of the body if `after` is given;
                "truncate" ends the connection `after` bytes of the body (half of it by default); "bad-json" is a
                200 with broken JSON. The last two leave HEAD requests alone.
            status: The HTTP status of kind "status".
            times: How many requests fail; None is all of them.
            skip: How many matching requests are let through first.
            method: Only this HTTP method.
            headers: Added to the answer of "status" and "bad-json", in place of those of the same name.
            body: The body of "status" and "bad-json"; a JSON error by default.
            seconds: How long "stall" waits; closing the server ends the wait.
            after: Bytes of the body that are sent before "stall" or "truncate" strikes.

        """
        text = body.encode() if isinstance(body, str) else body
        fault = Fault(path_prefix, kind, status, times, skip, method, headers or {}, text, seconds, after)
        with self._lock:
            self._faults.append(fault)

    def _answer(self, request: Request) -> tuple[Response, Fault | None]:
        with self._lock:
            self.requests.append(request)
            fault = next((fault for fault in self._faults if fault.claims(request)), None)
            if request.origin == "cdn":
                return (fault and fault.replacement()) or self._answer_cdn(request), fault
            bucket = "api" if request.path.startswith("/api/") else "pages"
            if "/resolve/" in request.path or request.path.startswith("/api/resolve-cache/"):
                bucket = "resolvers"
            limit = self._limits[bucket]
            allowed = limit.take()
            response = (fault and fault.replacement()) or (
                self._route(request)
                if allowed
                else error_response(429, "We had to rate limit your IP. Sign in to continue using our service.")
            )
            own = {name.lower() for name in response.headers}
            response.headers |= {name: value for name, value in limit.headers().items() if name.lower() not in own}
            return response, fault

    def _answer_cdn(self, request: Request) -> Response:
        if request.method == "PUT":
            return self.datasets.take_upload(request)
        sha256 = request.query.get("sha256", [""])[-1]
        file = self._blobs.get(sha256) or self.datasets.large_file(sha256)
        return Response(403, {}, b"AccessDenied") if file is None else files.serve(file, request)

    def _route(self, request: Request) -> Response:
        if (about_data := self.datasets.answer(request, self.cdn_endpoint)) is not None:
            return about_data
        if request.path == "/api/models":
            return self._list.page(request, self.endpoint)
        if request.path == "/api/whoami-v2":
            return error_response(401, "Invalid username or password.")
        for pattern, answer in (
            (_RESOLVE_CACHE, self._answer_file),
            (_RESOLVE, self._answer_file),
            (_MODEL, self._answer_model),
        ):
            match = pattern.fullmatch(request.path)
            if match is not None:
                model = self._find(match, request)
                return model if isinstance(model, Response) else answer(model, match, request)
        return error_response(404, "Sorry, we can't find the page you are looking for.")

    def _find(self, match: re.Match[str], request: Request) -> Model | Response:
        """Find a model by its name, redirect from an old or differently capitalised one, or say it is missing."""
        model_id = unquote(match["id"])
        model = self._lookup(model_id)
        if model is None or (model.row.get("private") and request.token not in model.granted):
            if request.token is not None:
                return error_response(404, "Repository not found", "RepoNotFound")
            answer = json_response({"error": "Invalid username or password."}, 401)
            answer.headers |= {"X-Error-Code": "RepoNotFound"} if self.friendly_401 else {}
            return answer
        if model.model_id != model_id:
            path = f"{request.path[: match.start('id')]}{quote(model.model_id)}{request.path[match.end('id') :]}"
            place = request._replace(path=path).target
            return Response(307, {"Location": place}, f"Temporary Redirect. Redirecting to {place}".encode())
        if model.row.get("disabled"):
            return error_response(403, "Access to this resource is disabled.")
        return model

    def _answer_model(self, model: Model, match: re.Match[str], request: Request) -> Response:
        verb = match["verb"]
        if verb == "refs":
            return files.refs(model.refs, pull_requests="include_prs" in request.query)
        revision = unquote(match["revision"] or "main")
        commit = model.find(revision)
        if commit is None:
            return error_response(404, f"Invalid rev id: {revision}", "RevisionNotFound")
        if verb == "tree":
            return files.tree(commit, unquote(match["path"] or ""), request, self.endpoint)
        if verb == "paths-info":
            return files.paths_info(commit, request)
        try:
            fields = model_fields(request.query)
        except BadQueryError as error:
            return error_response(error.status, str(error))
        row = {**model.row, "sha": commit.sha}
        if commit.files:
            row["siblings"] = commit.siblings(blobs="blobs" in request.query)
        shown = show(row, fields)
        if "securityStatus" in request.query:
            shown["securityRepoStatus"] = {"scansDone": True, "filesWithIssues": []}
        return json_response(shown)

    def _answer_file(self, model: Model, match: re.Match[str], request: Request) -> Response:
        if model.row.get("gated") and request.token not in model.granted:
            start = f"Access to model {model.model_id} is restricted"
            if request.token is None:
                return error_response(401, f"{start}. You must be authenticated to access it.", "GatedRepo")
            return error_response(403, f"{start} and you are not in the authorized list.", "GatedRepo")
        revision, path = unquote(match["revision"]), unquote(match["path"])
        commit = model.find(revision)
        if commit is None:
            return error_response(404, f"Invalid rev id: {revision}", "RevisionNotFound")
        if not request.path.startswith("/api/"):
            return files.resolve(model.model_id, commit, revision, path, self.cdn_endpoint)
        file = commit.files.get(path)
        return files.entry_not_found(commit) if file is None else files.serve(file, request, commit)
