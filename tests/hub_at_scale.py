"""A loopback Hub for crawl tests: hundreds of thousands of models that change, quotas and a storm of faults.

In a process of its own, so that a crawl does not share its interpreter:

    with RunningHub(models=200_000, seed=7) as hub:
        hub.control(churn=0.005, faults={"rate": 0.1})
        subprocess.run([...], env={"HF_ENDPOINT": hub.endpoint})

It answers `GET /api/models` and `GET /api/models/{id}`. Outside quota, churn and faults are `GET /_state`, `GET /_rows`
(every row with all its fields, JSON lines), `GET /_redirects` and `POST /_control`; see `HubAtScale.control`.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import subprocess
import sys
import traceback
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlencode

from hub_at_scale_models import given_rows, synthetic_rows
from hub_at_scale_server import HubAtScale

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from hub_server_rows import Row

__all__ = ["HubAtScale", "RunningHub", "list_url"]


class RunningHub:
    """A Hub at scale in a process of its own, as a context manager; the methods control it over HTTP."""

    def __init__(
        self, *, models: int | None = None, seed: int = 7, source: Path | None = None, gzip: bool = False
    ) -> None:
        self.endpoint = ""
        self._command = [sys.executable, str(Path(__file__).resolve()), "--seed", str(seed)]
        self._command += [] if models is None else ["--models", str(models)]
        self._command += [] if source is None else ["--from", str(source)]
        self._command += ["--gzip"] if gzip else []
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            self.__exit__()
        self.endpoint = json.loads(line)["endpoint"]
        return self

    def __exit__(self, *_: object) -> None:
        """End the process; it fails if anything inside it did, which its standard error tells."""
        if self._process is not None:
            process, self._process = self._process, None
            process.communicate(timeout=60)
            assert process.returncode == 0, f"the Hub at scale ended with {process.returncode}"

    def _get(self, path: str) -> Any:
        with self._opener.open(self.endpoint + path, timeout=60) as answer:
            return json.load(answer)

    def state(self) -> dict[str, Any]:
        """Return `HubAtScale.state`."""
        return dict(self._get("/_state"))

    def redirects(self) -> dict[str, str]:
        """Return the `_id` that each former name, in lower case, leads to."""
        return dict(self._get("/_redirects"))

    def rows(self) -> Iterator[Row]:
        """Yield every row with all fields that the list shows, by ascending `_id`."""
        with self._opener.open(f"{self.endpoint}/_rows", timeout=60) as answer:
            yield from map(json.loads, answer)

    def control(self, **settings: Any) -> dict[str, Any]:
        """Call `HubAtScale.control`."""
        request = urllib.request.Request(f"{self.endpoint}/_control", json.dumps(settings).encode())
        with self._opener.open(request, timeout=60) as answer:
            return dict(json.load(answer))

    def change(self, number: int) -> list[Row]:
        """Give that many models a new commit; return the `_id` and `id` of each."""
        return list(self.control(change=number)["change"])

    def rename(self, number: int) -> list[Row]:
        """Rename that many models; return `_id`, `id` and the `old` name of each."""
        return list(self.control(rename=number)["rename"])

    def delete(self, number: int) -> list[Row]:
        """Delete that many models; return the `_id` and `id` of each."""
        return list(self.control(delete=number)["delete"])

    def add(self, number: int) -> list[Row]:
        """Add that many models; return the `_id` and `id` of each."""
        return list(self.control(add=number)["add"])


def list_url(endpoint: str, **parameters: str | int | tuple[str, ...]) -> str:
    """Return the address of a list, e.g. with `sort="createdAt", direction=1, expand=("sha", "tags")`."""
    return f"{endpoint}/api/models?{urlencode(parameters, doseq=True)}"


def main() -> int:
    """Serve until standard input ends."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--models", type=int)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--from", type=Path, dest="source", help="JSON lines of the Hub's rows")
    parser.add_argument("--gzip", action="store_true")
    options = parser.parse_args()
    gc.disable()
    rows: Iterable[Row]
    if options.source is None:
        rows = synthetic_rows(200_000 if options.models is None else options.models, options.seed)
    else:
        rows = given_rows(options.source, options.models)
    hub = HubAtScale(rows, seed=options.seed, gzip=options.gzip).start()
    # Millions of objects that never die need no visits of the collector.
    gc.freeze()
    gc.enable()
    sys.stdout.write(json.dumps({"endpoint": hub.endpoint}) + "\n")
    sys.stdout.flush()
    sys.stdin.buffer.read()
    try:
        hub.close()
    except BaseExceptionGroup:
        traceback.print_exc()
        return 1
    return 0


if __name__ == "__main__":
    code = main()
    sys.stderr.flush()
    # Freeing every row one by one would take seconds.
    os._exit(code)
