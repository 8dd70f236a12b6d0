"""What the parent, the driver and the workers of a cluster tell each other; pickled from one process to the next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from zukan.comparison import Input
from zukan.errors import ZukanError
from zukan.outcomes import TrialRequest, TrialResult
from zukan.schema import ModelRecord

LOCAL = "local"
"""The address that stands for a cluster on this machine, started for one comparison."""


@dataclass(frozen=True, slots=True)
class Access:
    """How a worker gets a model's files where its node has none."""

    endpoint: str | None
    """Of the Hub, None = the usual one."""
    token: str | None = field(repr=False)
    """The user's; it goes from process to process and into no environment that Ray shows."""
    cache: str
    """The asking machine's cache: used by nodes that see the same folder, the others use their own."""
    folder: str
    """The asking process's: relative paths start there, where a node sees it."""
    origin: str
    """`zukan.hardware.identity` of the asking machine."""


@dataclass(frozen=True, slots=True)
class ModelOrder:
    """One model and what it shall be asked."""

    number: int
    """Its place among the models."""
    request: TrialRequest
    """Its present name, its revision pinned, its task."""
    record: ModelRecord | None
    """The catalogue's row of it."""
    questions: tuple[tuple[int, Input], ...]
    """Places and inputs."""
    need_bytes: int | None
    """Estimated peak memory of a trial; None = not known."""
    repeat: bool = False
    """Whether an answer is timed several times."""


@dataclass(frozen=True, slots=True)
class Order:
    """All that is to be run."""

    models: tuple[ModelOrder, ...]
    access: Access


# --- what workers answer ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Begun:
    """A worker that is ready for a model."""

    node: str
    """The name of its machine."""
    node_id: str
    """What Ray calls the node."""
    versions: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Loaded:
    """A model that waits for inputs."""


@dataclass(frozen=True, slots=True)
class Failed:
    """An error in the place of an answer."""

    error: ZukanError
    hardware: Mapping[str, Any] = field(default_factory=dict)


# --- what the driver tells the parent -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Connected:
    """The cluster was reached."""

    nodes: int
    cores: int
    cards: int


@dataclass(frozen=True, slots=True)
class Placed:
    """A worker begins to load a model."""

    number: int
    node: str


@dataclass(frozen=True, slots=True)
class Told:
    """One answer, or the error that there was instead."""

    number: int
    place: int
    result: TrialResult | None = None
    error: ZukanError | None = None
    hardware: Mapping[str, Any] = field(default_factory=dict)
    """Of the machine where it failed."""


@dataclass(frozen=True, slots=True)
class Noted:
    """Something that a user should know."""

    text: str


@dataclass(frozen=True, slots=True)
class Ended:
    """There is nothing more to come."""

    error: ZukanError | None = None


Message = Connected | Placed | Told | Noted | Ended
