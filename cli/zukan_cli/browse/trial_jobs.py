"""The trials started from a page: one runs at a time in a thread, the others wait, and each can be watched."""

from __future__ import annotations

import secrets
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock, Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zukan.outcomes import TrialRequest, TrialResult
    from zukan.trial import TrialEvent

MOST_WAITING = 4
_MOST_KEPT = 50


class TooManyTrialsError(Exception):
    """As many trials wait as may."""


class StoppedError(Exception):
    """Who started the trial stopped it."""


@dataclass(slots=True, eq=False)
class TrialJob:
    """One trial: what was asked, how far it is, what came of it."""

    request: TrialRequest
    name: str = field(default_factory=lambda: secrets.token_urlsafe(9))
    phase: str = "begin"
    """`wait` for another one, `begin`, a phase of `TrialEvent`, or `done`."""
    done_bytes: int | None = None
    total_bytes: int | None = None
    notices: list[str] = field(default_factory=list)
    result: TrialResult | None = None
    error: BaseException | None = None
    is_stopped: bool = False
    """Whether it shall end, or did, because somebody said so."""

    @property
    def address(self) -> str:
        """Where it is watched, and stopped."""
        return f"/trial/{self.name}"

    @property
    def is_over(self) -> bool:
        """Whether there is nothing to wait for any more."""
        return self.phase == "done"

    def check(self) -> None:
        """Break off here if it shall end.

        Raises:
            StoppedError: It shall.

        """
        if self.is_stopped:
            raise StoppedError

    def follow(self, event: TrialEvent) -> None:
        """Take note of what the trial does now.

        Raises:
            StoppedError: It shall end.

        """
        self.check()
        if event.phase == "notice":
            self.notices.append(event.message)
            return
        if event.phase == "announce":
            return
        self.phase = event.phase
        self.done_bytes, self.total_bytes = event.done_bytes, event.total_bytes


Run = Callable[["TrialRequest", Callable[["TrialEvent"], None], Callable[[], None]], "TrialResult"]


class TrialJobs:
    """Starts trials and keeps the latest of them."""

    def __init__(self, run: Run) -> None:
        """Take the function that runs one trial and tells how far it is."""
        self._run = run
        self._jobs: dict[str, TrialJob] = {}
        self._waiting: deque[TrialJob] = deque()
        self._running: TrialJob | None = None
        self._lock = Lock()

    def start(self, request: TrialRequest) -> TrialJob:
        """Start a trial, or let it wait for the one that runs.

        Raises:
            TooManyTrialsError: Enough are waiting.

        """
        job = TrialJob(request)
        with self._lock:
            if len(self._waiting) >= MOST_WAITING:
                raise TooManyTrialsError
            over = [name for name, other in self._jobs.items() if other.is_over]
            for name in over[: max(0, len(self._jobs) - _MOST_KEPT)]:
                del self._jobs[name]
            self._jobs[job.name] = job
            if self._running is None:
                self._running = job
                Thread(target=self._work, name="trials", daemon=True).start()
            else:
                job.phase = "wait"
                self._waiting.append(job)
        return job

    def stop(self, name: str) -> None:
        """Have a trial end, and its process; one that waits never begins, and makes room."""
        with self._lock:
            job = self._jobs.get(name)
            if job is None or job.is_over:
                return
            job.is_stopped = True
            if job in self._waiting:
                self._waiting.remove(job)
                job.error, job.phase = StoppedError(), "done"

    def get(self, name: str) -> TrialJob | None:
        """Return a trial by its name."""
        return self._jobs.get(name)

    def unfinished(self) -> list[TrialJob]:
        """Return the trial that runs and those that wait for it, in order."""
        with self._lock:
            return [*([self._running] if self._running else []), *self._waiting]

    def _work(self) -> None:
        while (job := self._running) is not None:
            try:
                job.check()
                job.phase = "begin"
                job.result = self._run(job.request, job.follow, job.check)
            except BaseException as error:  # noqa: BLE001 (whatever it is, the page says it, and the next one begins)
                job.error = error
            with self._lock:
                job.phase = "done"
                self._running = self._waiting.popleft() if self._waiting else None
