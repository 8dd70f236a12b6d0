"""Runs the worker as a child process: starts it, feeds it one job, watches time and memory, and always ends it.

The child is the leader of its own session, so that it and whatever it starts can be killed together. It dies with this
process too: it watches its standard input, and on Linux the kernel tells it.
"""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Protocol, Self

from zukan.child import child_environment as own_environment
from zukan.errors import OutOfMemory, TrialCrashed, TrialTimeout

POLL_SECONDS = 0.05
_TAIL_BYTES = 8192
_VMSTAT = Path("/proc/vmstat")

_FORCED = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "DISABLE_SAFETENSORS_CONVERSION": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "PYTHONIOENCODING": "utf-8",
}
_DEFAULTS = {
    # Threads that spin at barriers make a shared machine up to twelve times slower.
    "OMP_WAIT_POLICY": "PASSIVE",
    "TOKENIZERS_PARALLELISM": "false",
    "TRANSFORMERS_VERBOSITY": "error",
}
# The child is offline and may run a repository's code: it has no use for the user's tokens.
_REMOVED = ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "HUGGINGFACE_HUB_TOKEN", "RAY_AUTH_TOKEN")


@dataclass
class Memory:
    """Peaks of the child's memory; None where the system does not tell."""

    resident: int | None = None
    private: int | None = None
    file: int | None = None
    """Of mapped files: weights and libraries."""

    def raise_to(self, resident: int | None, private: int | None, file: int | None = None) -> None:
        """Take a reading into account."""
        if resident is not None:
            self.resident = max(self.resident or 0, resident)
        if private is not None:
            self.private = max(self.private or 0, private)
        if file is not None:
            self.file = max(self.file or 0, file)


class Process(Protocol):
    """What a started worker is to this module: a `subprocess.Popen`, or a process that another one forked."""

    pid: int
    """Also the id of its group; 0 while it is not known."""
    stdin: IO[bytes] | None
    stderr: IO[bytes] | None

    @property
    def returncode(self) -> int | Any:
        """How it ended, as `subprocess` says it; None while it runs."""

    def poll(self) -> int | None:
        """Look whether it has ended, and return how."""

    def wait(self) -> int:
        """Wait for its end; its group has been killed."""


Start = Callable[[], tuple[Process, int]]
"""Starts a worker; returns it and the descriptor that its messages come from."""


def spawn() -> tuple[Process, int]:
    """Start a worker as a new interpreter.

    Raises:
        TrialCrashed: It cannot be started.

    """
    events, write_end = os.pipe()
    try:
        process = subprocess.Popen(
            # -P: a folder named torch in the working directory must not be imported.
            [sys.executable, "-P", "-m", "zukan.trial.worker", str(write_end), str(os.getpid())],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env=child_environment(),
            pass_fds=(write_end,),
            start_new_session=True,
        )
    except OSError as error:
        os.close(events)
        raise TrialCrashed("", f"the child process cannot be started: {error}") from error
    finally:
        os.close(write_end)
    return process, events


class Child:
    """One worker process, for one model; a context manager that leaves nothing running."""

    def __init__(self, *, memory_limit_bytes: int | None = None, start: Start | None = None) -> None:
        self.memory = Memory()
        self.phase = "import"
        """What the child was last known to be doing: `import`, `load` or `run`."""
        self._memory_limit = memory_limit_bytes
        self._oom_kills = _oom_kill_count()
        self._early: list[Mapping[str, Any]] = []
        self._tail = bytearray()
        self._pending = bytearray()
        self._ended = False
        self._process, self._events = (start or spawn)()
        os.set_blocking(self._events, False)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._events, selectors.EVENT_READ, self._pending)
        if self._process.stderr is not None:
            os.set_blocking(self._process.stderr.fileno(), False)
            self._selector.register(self._process.stderr, selectors.EVENT_READ, self._tail)

    @property
    def pid(self) -> int:
        """Its process id, which is also that of its group."""
        return self._process.pid

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Kill it if it still runs, and free the pipes."""
        self._kill()
        self._selector.close()
        os.close(self._events)
        for pipe in (self._process.stdin, self._process.stderr):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()

    def run(
        self,
        job: Mapping[str, Any],
        *,
        model_id: str,
        timeout_seconds: float,
        on_message: Callable[[Mapping[str, Any]], None],
        on_poll: Callable[[], None] | None = None,
    ) -> None:
        """Send the job, and pass on every message until the child ends or says `done` or `error`.

        `on_poll` is called many times a second meanwhile; what it raises ends the child.

        Raises:
            TrialTimeout: It took longer than `timeout_seconds` from now.
            OutOfMemory: It passed the memory limit, or the system killed it.
            TrialCrashed: It ended without an answer.

        """
        self._send(job)
        deadline = time.monotonic() + timeout_seconds
        while True:
            for message in self._take(POLL_SECONDS):
                self.phase = str(message.get("phase", self.phase))
                on_message(message)
                if message.get("event") in ("done", "error"):
                    self._poll_memory()
                    return
            if on_poll is not None:
                on_poll()
            if self._process.poll() is not None and not self._readable():
                raise self._verdict(model_id)
            self._poll_memory()
            if self._memory_limit is not None and (self.memory.private or 0) > self._memory_limit:
                self._kill()
                raise OutOfMemory(model_id, self.memory.private, self.phase, "it passed the memory limit")
            if time.monotonic() > deadline:
                self._kill()
                raise TrialTimeout(model_id, timeout_seconds, self.phase)

    def failure(self, model_id: str) -> Mapping[str, Any] | None:
        """Return the error message of a child that could not even import; cheap enough to ask while downloading.

        Raises:
            TrialCrashed: It is gone without a message.
            OutOfMemory: The system killed it.

        """
        self._early.extend(self._messages(0))
        error = next((message for message in self._early if message.get("event") == "error"), None)
        if error is None and self._process.poll() is not None and not self._readable():
            raise self._verdict(model_id)
        return error

    def stderr_tail(self) -> str:
        """Return the end of what the child wrote to its standard error."""
        return bytes(self._tail[-_TAIL_BYTES:]).decode("utf-8", "replace").strip()

    def _send(self, job: Mapping[str, Any]) -> None:
        if self._process.stdin is None:
            return
        # A child that is already gone is reported by its exit code, which says more than a broken pipe.
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.write(json.dumps(job).encode() + b"\n")
            self._process.stdin.flush()

    def _take(self, timeout: float) -> list[Mapping[str, Any]]:
        """Return the messages that have come since the last look, those first that `failure` put aside."""
        if self._early:
            early, self._early = self._early, []
            return early
        return self._messages(timeout)

    def _messages(self, timeout: float) -> list[Mapping[str, Any]]:
        self._read(timeout)
        *lines, rest = bytes(self._pending).split(b"\n")
        self._pending[:] = rest
        messages: list[Mapping[str, Any]] = []
        for line in lines:
            with contextlib.suppress(ValueError):
                message = json.loads(line)
                if isinstance(message, dict):
                    messages.append(message)
        return messages

    def _readable(self) -> bool:
        return self._read(0) or b"\n" in self._pending

    def _read(self, timeout: float) -> bool:
        """Read what both pipes hold; return whether there was anything."""
        if not self._selector.get_map():
            time.sleep(timeout)
            return False
        any_data = False
        for key, _ in self._selector.select(timeout):
            data = os.read(key.fd, 65536)
            if data:
                any_data = True
                key.data.extend(data)
            else:
                self._selector.unregister(key.fileobj)
        del self._tail[:-_TAIL_BYTES]
        return any_data

    def _poll_memory(self) -> None:
        if not self.pid:
            return
        try:
            status = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii", errors="replace")
        except OSError:
            return
        self.memory.raise_to(*read_status(status))

    def _verdict(self, model_id: str) -> TrialCrashed | OutOfMemory:
        """Say why a child that nobody killed is gone."""
        code = self._process.returncode
        if code == -signal.SIGKILL and _oom_kill_count() > self._oom_kills:
            return OutOfMemory(
                model_id,
                self.memory.resident,
                self.phase,
                "the operating system ran out of memory and killed it",
            )
        how = f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
        lines = self.stderr_tail().splitlines()[-3:]
        return TrialCrashed(
            model_id, f"{how} while in phase {self.phase}" + "".join(f"; {line.strip()}" for line in lines)
        )

    def _kill(self) -> None:
        if self._ended:
            return  # Its number may be another's by now.
        self._ended = True
        # Also when the leader is gone: what it started may live on in its group.
        if self.pid:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGKILL)
        self._process.wait()


def child_environment() -> dict[str, str]:
    """Return the environment of the worker."""
    environment = {name: value for name, value in own_environment().items() if name not in _REMOVED}
    for name, value in _DEFAULTS.items():
        environment.setdefault(name, value)
    environment.update(_FORCED)
    return environment


def read_status(status: str) -> tuple[int | None, int | None, int | None]:
    """Return the peak resident, the present private and file-backed bytes from the text of /proc/PID/status."""
    fields = dict(line.split(":", 1) for line in status.splitlines() if ":" in line)
    values = (fields.get(name, "").split() for name in ("VmHWM", "RssAnon", "RssFile"))
    resident, private, file = (int(value[0]) * 1024 if value else None for value in values)
    return resident, private, file


def _oom_kill_count() -> int:
    try:
        lines = _VMSTAT.read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("oom_kill ")), 0)
