"""The parent's half of a cluster: starts the driver, sends the order, takes what comes, and leaves nothing running."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType
from typing import Self

from zukan.child import child_environment
from zukan.cluster.messages import LOCAL, Connected, Ended, Message, Order
from zukan.errors import ClusterLost, ClusterUnreachable, MissingExtra, TrialCrashed
from zukan.trial.tables import is_installed

_CONNECT_SECONDS = 40.0
_START_SECONDS = 120.0
"""For a cluster that is started here, on a machine that has much else to do."""
_PATIENCE_SECONDS = 15.0
"""For a driver that takes its cluster down."""
_POLL_SECONDS = 0.2
_LONGEST_FOLDER = 40
"""Ray makes sockets below the folder, whose paths may have 107 characters."""
_TOKENS = ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "HUGGINGFACE_HUB_TOKEN")
_PREFIX = "zukan-ray-"
_LAST_BYTES = 4096
_LOG_PREFIX = re.compile(r"^\[[^\]]*\]( \S+:\d+:)? ?")
"""Time, process and place in Ray's own source."""


def require_ray() -> None:
    """Check that Ray is installed, without importing it.

    Raises:
        MissingExtra: It is not.

    """
    if not is_installed("ray"):
        raise MissingExtra("ray", '"ray[client]"')


class Link:
    """The driver of one cluster; a context manager that leaves nothing running."""

    def __init__(self, address: str) -> None:
        """Take what `ray.init` takes, or `local` for a cluster on this machine that is taken down at the end."""
        self.address = address
        self._process: subprocess.Popen[bytes] | None = None
        self._connection: Connection | None = None
        self._folder: Path | None = None
        self._connected = False

    def __enter__(self) -> Self:
        self._open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _open(self) -> None:
        roomy = len(tempfile.gettempdir()) <= _LONGEST_FOLDER
        base = Path(tempfile.gettempdir() if roomy else "/tmp")  # noqa: S108
        _sweep(base)
        self._folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-", dir=base))
        ours, theirs = socket.socketpair()
        arguments = [str(theirs.fileno()), self.address, str(self._folder)]
        try:
            with (self._folder / "stderr").open("wb") as errors:
                self._process = subprocess.Popen(
                    # -P: a folder named ray in the working directory must not be imported.
                    [sys.executable, "-P", "-m", "zukan.cluster.driver", *arguments],
                    stdin=subprocess.DEVNULL,
                    stdout=errors,
                    stderr=errors,
                    env=_environment(self.address),
                    pass_fds=(theirs.fileno(),),
                    start_new_session=True,
                )
        except OSError as error:
            raise TrialCrashed("", f"the child process cannot be started: {error}") from error
        finally:
            theirs.close()
        self._connection = Connection(ours.detach())

    def connected(self) -> Connected:
        """Wait until the cluster is reached.

        Raises:
            ClusterError: It is not.

        """
        patience = _START_SECONDS if self.address == LOCAL else _CONNECT_SECONDS
        deadline = time.monotonic() + patience
        while (message := self._receive()) is None:
            if time.monotonic() > deadline:
                raise ClusterUnreachable(self.address, f"no answer within {patience:.0f} s")
        if isinstance(message, Connected):
            self._connected = True
            return message
        error = message.error if isinstance(message, Ended) else None
        raise error or ClusterUnreachable(self.address, "the driver ended")

    def run(self, order: Order) -> Iterator[Message]:
        """Have an order run, and yield what is told of it.

        Raises:
            ClusterError: It cannot go on; what was yielded stands.

        """
        if self._connection is None:
            raise ClusterLost(self.address, "it was closed")
        self._connection.send(order)
        while True:
            message = self._receive()
            if isinstance(message, Ended):
                if message.error is not None:
                    raise message.error
                return
            if message is not None:
                yield message

    def close(self) -> None:
        """Take the cluster down that was started here, leave any other, and end the driver."""
        if self._process is not None:
            self._end(self._process)
            self._process = None
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            # One that is only connecting sits in Ray's own code, which hears no signal.
            process.wait(_PATIENCE_SECONDS if self._connected else 2.0)
        # A cluster that was started here is in the driver's group.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def _receive(self) -> Message | None:
        """Return the next message, None where none comes in time.

        Raises:
            ClusterError: The driver is gone.

        """
        if self._connection is None:
            raise ClusterLost(self.address, "it was closed")
        try:
            if not self._connection.poll(_POLL_SECONDS):
                return None
            message: Message = self._connection.recv()
        except (EOFError, OSError) as error:
            kind = ClusterLost if self._connected else ClusterUnreachable
            raise kind(self.address, self._last_words()) from error
        return message

    def _last_words(self) -> str:
        """Return the last line that the driver wrote, as the reason of its end."""
        if self._folder is None:
            return ""
        try:
            text = (self._folder / "stderr").read_bytes()[-_LAST_BYTES:].decode("utf-8", "replace")
        except OSError:
            return ""
        if "connect to GCS" in text:
            return "its head node does not answer"
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        return _LOG_PREFIX.sub("", lines[-1])[:200] if lines else "its driver ended"


def _sweep(base: Path) -> None:
    """Remove the folders of processes that were killed."""
    for folder in base.glob(f"{_PREFIX}*-*"):
        owner = folder.name.removeprefix(_PREFIX).partition("-")[0]
        if owner.isdigit():
            try:
                os.kill(int(owner), 0)
            except ProcessLookupError:
                shutil.rmtree(folder, ignore_errors=True)
            except OSError:
                continue  # somebody else's


def _environment(address: str) -> dict[str, str]:
    """Return the driver's environment.

    A cluster of our own reports nothing to anyone, and only it and its driver have the key to it. The user's token goes
    another way: what a driver has in its environment, a cluster that it starts may show.
    """
    environment = {name: value for name, value in child_environment().items() if name not in _TOKENS}
    if address == LOCAL:
        environment["RAY_USAGE_STATS_ENABLED"] = "0"
        environment["RAY_AUTH_MODE"] = "token"
        environment["RAY_AUTH_TOKEN"] = secrets.token_hex(32)
        environment.pop("RAY_ADDRESS", None)
    return environment
