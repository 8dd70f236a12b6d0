"""The parent's half of the warm importer: one process imports torch and transformers, each model gets a fork of it.

A fork takes milliseconds where a new interpreter takes seconds, and is as separate: a session of its own, its own
limits, and it dies with this process. Only Linux forks safely after such imports, and not with a graphics card in use;
elsewhere every model gets an interpreter of its own.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
from types import TracebackType
from typing import IO, Any, Self

from zukan.errors import TrialCrashed
from zukan.trial.process import Process, Start, child_environment, spawn

_PATIENCE_SECONDS = 10.0
"""After which an importer that does not answer is killed with all it forked."""
_LAST_BYTES = 4096


def can_fork(device: str | None, accelerator: str | None) -> bool:
    """Tell whether workers for this device may be forked here."""
    on_cpu = device == "cpu" if device is not None else accelerator is None
    return sys.platform == "linux" and on_cpu


class Importer:
    """Starts workers quickly, one after another; a context manager that leaves nothing running."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._channel: socket.socket | None = None
        self._errors: IO[bytes] | None = None
        self._last: _Forked | None = None
        self._number = 0

    def __enter__(self) -> Self:
        self._open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Kill the importer and what it forked."""
        if self._last is not None:
            self._last.kill()
            self._last = None
        self.kill()
        self._process = None
        for resource in (self._channel, self._errors):
            if resource is not None:
                resource.close()
        self._channel = self._errors = None

    def start(self) -> tuple[Process, int]:
        """Ask for a worker; the importer may still be importing. The worker before must have ended.

        Raises:
            TrialCrashed: The importer cannot be started.

        """
        if self._last is not None and self._last.returncode is None:
            raise TrialCrashed("", "the importer forks one model at a time")
        if self._channel is None or self._process is None or self._process.poll() is not None:
            self.close()
            channel = self._open()
        else:
            channel = self._channel
        self._number += 1
        (stdin, ours_in), (ours_events, events), (ours_errors, errors) = os.pipe(), os.pipe(), os.pipe()
        # One that is just dying is noticed by the worker, which never comes to life.
        with contextlib.suppress(OSError):
            message = json.dumps({"fork": self._number}).encode()
            socket.send_fds(channel, [message], [stdin, events, errors])
        os.close(stdin)
        os.close(events)
        self._last = _Forked(self, self._number, os.fdopen(ours_in, "wb"), os.fdopen(ours_errors, "rb", 0), errors)
        return self._last, ours_events

    def _open(self) -> socket.socket:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the importer
        try:
            self._process = subprocess.Popen(
                # -P: a folder named torch in the working directory must not be imported.
                [sys.executable, "-P", "-m", "zukan.trial.zygote", str(theirs.fileno()), str(os.getpid())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self._errors,
                env=child_environment(),
                pass_fds=(theirs.fileno(),),
                start_new_session=True,
            )
        except OSError as error:
            ours.close()
            self._errors.close()
            raise TrialCrashed("", f"the child process cannot be started: {error}") from error
        finally:
            theirs.close()
        self._channel = ours
        return ours

    def receive(self, seconds: float) -> dict[str, Any] | None:
        """Return its next message, None where none comes in time; `{}` means that it is gone."""
        if self._channel is None:
            return {}
        # Not select(): that knows no descriptor above 1023, and a long-lived program may have as many files open.
        poll = select.poll()
        poll.register(self._channel, select.POLLIN)
        if not poll.poll(seconds * 1_000):
            return None
        try:
            data = self._channel.recv(256)
        except OSError:
            data = b""
        message: dict[str, Any] = json.loads(data) if data else {}
        if "exit" in message:
            with contextlib.suppress(OSError):
                self._channel.send(json.dumps({"seen": message["worker"]}).encode())
        return message

    def kill(self) -> int:
        """End it, if it still runs, and return how it ended."""
        if self._process is None:
            return -signal.SIGKILL
        if self._process.poll() is None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
        return self._process.wait()

    def last_words(self) -> bytes:
        """Return the end of what it wrote to its standard error."""
        if self._errors is None:
            return b""
        self._errors.seek(0)
        return self._errors.read()[-_LAST_BYTES:]


class _Forked:
    """A worker that the importer forks: what `subprocess.Popen` is for a spawned one."""

    def __init__(
        self, importer: Importer, number: int, stdin: IO[bytes], stderr: IO[bytes], write_end_of_stderr: int
    ) -> None:
        self.stdin: IO[bytes] | None = stdin
        self.stderr: IO[bytes] | None = stderr
        self.pid = 0
        self.returncode: int | Any = None
        self._importer = importer
        self._number = number
        self._write_end = write_end_of_stderr

    def poll(self) -> int | None:
        """Take in what the importer has said since, and return how the worker ended, None while it runs."""
        while self.returncode is None and (message := self._importer.receive(0)) is not None:
            self._take(message)
        return None if self.returncode is None else int(self.returncode)

    def wait(self) -> int:
        """Wait for the worker's end: it has been killed, or was not forked yet and will find its input closed."""
        if self.returncode is None and self.stdin is not None:
            with contextlib.suppress(OSError):
                self.stdin.close()
        if self.poll() is None and not self.pid:
            self._end(-signal.SIGKILL)
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while self.returncode is None:
            message = self._importer.receive(max(0.0, deadline - time.monotonic()))
            if message is None:
                self._end(self._importer.kill())
            else:
                self._take(message)
        return int(self.returncode)

    def kill(self) -> None:
        """Kill it with its group, if it still runs."""
        if self.poll() is None and self.pid:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGKILL)
        self.wait()

    def _take(self, message: dict[str, Any]) -> None:
        if not message:
            # The importer is gone, and the worker with it.
            code = self._importer.kill()
            with contextlib.suppress(OSError):
                os.write(self._write_end, self._importer.last_words())
            self._end(code)
        elif message["worker"] != self._number:
            return  # An earlier one, which nobody waited for.
        elif "exit" in message:
            self._end(int(message["exit"]))
        else:
            self.pid = int(message["pid"])

    def _end(self, code: int) -> None:
        self.returncode = code
        self.pid = 0
        os.close(self._write_end)


def starter(importer: Importer | None) -> Start:
    """Return how workers are started: by the importer, or each as an interpreter of its own."""
    return spawn if importer is None else importer.start
