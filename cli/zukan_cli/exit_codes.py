"""The exit codes: the command line's contract with scripts."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """What the exit code of every command means."""

    OK = 0
    FAILURE = 1
    """Anything that fits no other code."""
    USAGE = 2
    """A wrong option, or an unknown model, task, family, language or format, or an empty input."""
    HUB = 3
    """The Hub, a provider or a server of models cannot be reached, refuses, or asks to wait."""
    ACCESS = 4
    """No such repository or revision on the Hub, or it is gated; a provider that wants a token or to be paid."""
    CATALOGUE = 5
    """The catalogue file is missing, damaged, newer than this zukan, locked or read-only, or the disk is full."""
    MODEL = 6
    """This model cannot be tried: no weights, refused pickle, remote code, wrong task, no memory for it, a large
    download without `--yes`, or not served where it was asked for."""
    EXTRA = 7
    """A package is not installed."""
    TRIAL = 8
    """The trial was started and failed: could not load, ran out of time or memory, crashed, broke off."""
    CLUSTER = 9
    """The Ray cluster of a comparison cannot be reached, runs other versions, or was lost."""
    INTERRUPTED = 130
    """Ctrl-C."""
