"""Runs one model on one input in a child process: `run_trial(TrialRequest(...))` is all there is to know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from zukan.trial.builtin import BUILTIN, Builtin
    from zukan.trial.events import EventCallback, TrialEvent
    from zukan.trial.run import SUPPORTED_TASKS, run_trial

__all__ = ["BUILTIN", "SUPPORTED_TASKS", "Builtin", "EventCallback", "TrialEvent", "run_trial"]

_HOMES = {
    "BUILTIN": "builtin",
    "Builtin": "builtin",
    "EventCallback": "events",
    "TrialEvent": "events",
    "SUPPORTED_TASKS": "run",
    "run_trial": "run",
}


def __getattr__(name: str) -> Any:
    # Lazy: the child imports this package too, and must not pay for the parent's half of it.
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415

    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
