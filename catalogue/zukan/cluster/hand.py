"""A worker on a node of the cluster: holds one loaded model after another, each in a trial child of its own.

Ray makes an actor of `Hand`. The model runs in the same child process as on one machine, with the same limits; the
actor's own process stays small and outlives a model that crashes.
"""

from __future__ import annotations

import contextlib
import os
import platform
from contextlib import ExitStack
from dataclasses import replace
from importlib import metadata
from pathlib import Path
from typing import Any

import zukan
from zukan import hardware as machine
from zukan.cluster.messages import Access, Begun, Failed, Loaded, ModelOrder
from zukan.comparison import Input
from zukan.errors import ZukanError
from zukan.outcomes import TrialResult
from zukan.trial.importer import Importer, can_fork, starter
from zukan.trial.process import Start
from zukan.trial.session import Session, open_session
from zukan.trial.source import cache_directory
from zukan.trial.tables import require_packages


class Hand:
    """One worker. Its methods return a `Failed` for what zukan raises, so that Ray's own errors are Ray's own."""

    def __init__(self, access: Access, node_id: str | None = None) -> None:
        """Take how files are got, and how the node is called where Ray cannot be asked."""
        self._access = access
        self._node_id = node_id
        self._importer: Importer | None = None
        self._of_model = ExitStack()
        self._session: Session | None = None
        self._repeat = False
        _take_access(access)

    def begin(self) -> Begun | Failed:
        """Say where this is and what runs here."""
        try:
            require_packages()
        except ZukanError as error:
            return Failed(error, self._machine())
        return Begun(platform.node(), self._node_id or _node_id(), versions())

    def load(self, order: ModelOrder) -> Loaded | Failed:
        """Load a model in the place of the one before, downloading what this node's cache lacks."""
        self.leave()
        request = order.request
        try:
            self._session = self._of_model.enter_context(
                open_session(request, database_record=order.record, start=self._start(request.device))
            )
        except ZukanError as error:
            return Failed(error, self._machine())
        self._repeat = order.repeat
        return Loaded()

    def ask(self, asked: Input) -> TrialResult | Failed:
        """Answer one input."""
        if self._session is None:
            raise RuntimeError("no model is loaded")
        self._session.reset()
        try:
            result = self._session.ask(asked, repeat=self._repeat)
        except ZukanError as error:
            return Failed(error, self._machine())
        return replace(result, hardware={**result.hardware, **self._machine()})

    def leave(self) -> None:
        """End the model's child."""
        self._session = None
        self._of_model.close()

    def _start(self, device: str | None) -> Start:
        if not can_fork(device, machine.detect().accelerator):
            return starter(None)
        if self._importer is None:
            self._importer = Importer()
            self._importer.__enter__()
        return starter(self._importer)

    def _machine(self) -> dict[str, Any]:
        """Return this machine, and whether it is the one that asks."""
        here = machine.identity() == self._access.origin
        return {**machine.detect(cache_directory())._asdict(), "here": here, "node": platform.node()}


def versions() -> dict[str, str]:
    """Return what must be the same here and there for answers to be the same."""
    found = {"zukan": zukan.__version__, "python": platform.python_version()}
    for package in ("torch", "transformers"):
        # The build for a graphics card is called another version than that for none.
        found[package] = metadata.version(package).partition("+")[0]
    return found


def _take_access(access: Access) -> None:
    """Set what huggingface_hub and our downloads read; the trial's children get no token."""
    if access.endpoint:
        os.environ["HF_ENDPOINT"] = access.endpoint
    if access.token:
        os.environ["HF_TOKEN"] = access.token
    os.environ["HF_HUB_DISABLE_PROGRESS_BARS"] = "1"
    if Path(access.cache).is_dir() and os.access(access.cache, os.W_OK):
        os.environ["HF_HUB_CACHE"] = access.cache
    with contextlib.suppress(OSError):
        os.chdir(access.folder)


def _node_id() -> str:
    import ray  # noqa: PLC0415 (only where Ray runs it)

    return str(ray.get_runtime_context().get_node_id())
