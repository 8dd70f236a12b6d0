"""Makes events of huggingface_hub's progress bars, which would otherwise be drawn on standard error."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Self

from zukan.trial.events import EventCallback, TrialEvent

EVENT_SECONDS = 0.1


@dataclass
class Progress:
    """Turns huggingface_hub's progress bars into events, a few a second."""

    on_event: EventCallback
    total: int
    done: int = 0
    message: str = ""
    last: float = field(default=0.0)

    def report(self, *, force: bool = False) -> None:
        """Send an event, unless the last one is very recent."""
        now = time.monotonic()
        if force or now - self.last >= EVENT_SECONDS:
            self.last = now
            self.on_event(TrialEvent("download", self.message, self.done, self.total or None))

    def bar_class(self) -> Any:
        """Return a class that huggingface_hub takes for tqdm."""
        progress = self

        class Bar:
            def __init__(self, *_args: object, initial: float = 0, **_kwargs: object) -> None:
                self.n = initial
                self.total: float | None = None

            def update(self, count: float | None = 1) -> None:
                self.n += count or 0
                progress.done += int(count or 0)
                progress.report()

            def update_transfer(self, count: float | None = 1) -> None:
                """Ignore bytes on the wire: with it, huggingface_hub does not make a second bar for them."""

            def __enter__(self) -> Self:
                return self

            def __exit__(self, *_error: object) -> None:
                return None

            def __getattr__(self, name: str) -> Callable[..., None]:
                # set_description, refresh, close …: nothing is drawn here.
                if name.startswith("__"):
                    raise AttributeError(name)
                return lambda *_args, **_kwargs: None

        return Bar
