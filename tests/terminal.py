"""Runs the command line on a pseudo-terminal, as somebody who types."""

from __future__ import annotations

import contextlib
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from types import TracebackType
from typing import Self

from conftest import child_environment

_MARKS = re.compile(r"\x1b\[[0-9;?]{0,20}[A-Za-z]|\r")


class Terminal:
    """One command whose input, output and errors are a terminal."""

    def __init__(self, *arguments: str, environment: dict[str, str] | None = None) -> None:
        ours, theirs = pty.openpty()
        self._ours = ours
        self._text = ""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "zukan_cli", *arguments],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env=child_environment() | {"COLUMNS": "140", "TERM": "dumb"} | (environment or {}),
            start_new_session=True,
        )
        os.close(theirs)

    @property
    def code(self) -> int:
        """The exit code, once it has ended."""
        return self.process.wait(10)

    def interrupt(self, seconds: float = 60) -> str:
        """Press Ctrl-C until the command ends, and return what is shown.

        Python waits for a line in `select`; a signal that comes just before is kept until there is a line. Who sees
        nothing happen presses again.
        """
        deadline = time.monotonic() + seconds
        while self.process.poll() is None and time.monotonic() < deadline:
            os.kill(self.process.pid, signal.SIGINT)
            self.read_to_end(min(10.0, deadline - time.monotonic()))
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(1)
        return self._text

    def write(self, text: str) -> None:
        """Type something."""
        os.write(self._ours, text.encode())

    def read_until(self, words: str, seconds: float = 60) -> str:
        """Return what is shown up to these words, once they are there."""
        deadline = time.monotonic() + seconds
        while words not in self._text:
            if time.monotonic() > deadline or not self._read(deadline - time.monotonic()):
                raise AssertionError(f"no {words!r} in {self._text!r}")
        shown, self._text = self._text.split(words, 1)
        return shown

    def read_to_end(self, seconds: float = 60) -> str:
        """Return what is shown until the command ends."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and self._read(deadline - time.monotonic()):
            pass
        return self._text

    def _read(self, seconds: float) -> bool:
        if not select.select([self._ours], [], [], max(0.0, seconds))[0]:
            return False
        try:
            data = os.read(self._ours, 65536)
        except OSError:
            # How Linux says that the other end is closed.
            return False
        self._text += _MARKS.sub("", data.decode("utf-8", "replace"))
        return bool(data)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._ours)
