"""What a running trial tells its caller, so that someone can show progress."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Phase = Literal["resolve", "announce", "download", "import", "load", "run", "answer", "notice"]


@dataclass(frozen=True, slots=True)
class TrialEvent:
    """One step of a trial, or one more piece of a download; `announce` says what will be downloaded.

    `answer` says how many pieces of a streamed answer have come.
    """

    phase: Phase
    message: str = ""
    done_bytes: int | None = None
    total_bytes: int | None = None
    """Both only while downloading; an announcement has the total."""


EventCallback = Callable[[TrialEvent], None]


def ignore(_event: TrialEvent) -> None:
    """Take an event and do nothing: the default callback."""
